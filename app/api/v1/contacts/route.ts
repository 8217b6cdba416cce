import { ContactAnswer, ContactQuery, contactAnswer, NewContact } from '@/lib/api/contacts';
import { apiRoute } from '@/lib/api/route';
import { pageOf } from '@/lib/api/shapes';
import { mergeAttributes } from '@/lib/contacts/attributes';
import { createContact } from '@/lib/contacts/edit-contact';
import { findContact } from '@/lib/contacts/find-contact';
import { pageOfContacts } from '@/lib/contacts/page-contacts';
import { fail, ok } from '@/lib/errors';

export const GET = apiRoute(
  {
    tag: 'Contacts',
    summary: 'Contacts, the newest first',
    permission: 'contacts:read',
    query: ContactQuery,
    status: 200,
    answer: pageOf(ContactAnswer),
  },
  async ({ scope, query }) => {
    const page = await pageOfContacts(scope, query);
    return page.ok ? ok({ data: page.value.rows, nextCursor: page.value.next }) : page;
  },
);

export const POST = apiRoute(
  {
    tag: 'Contacts',
    summary: 'Add a contact',
    description:
      'With an e-mail address or a phone number. A key that sees single lists names at least one that it may change.',
    permission: 'contacts:write',
    body: NewContact,
    example: { email: 'ann@example.com', firstName: 'Ann', attributes: { city: 'Berlin' } },
    status: 201,
    answer: ContactAnswer,
    conflict: 'a contact has that address already; "details.id" is the contact’s, if the key sees it',
  },
  async ({ scope, body: { attributes, ...body } }) => {
    const made = await createContact(scope, { ...body, attributes: mergeAttributes({}, attributes ?? {}) });
    if (made.ok) {
      const contact = await findContact(scope, made.value.id);
      return contact.ok ? ok(contactAnswer(contact.value)) : contact;
    }
    const { code, message, fields = {} } = made.problem;
    const { contactId, ...rest } = fields;
    return fail(code, message, { fields: { ...rest, ...(contactId && { id: contactId }) } });
  },
);
