import { z } from 'zod';
import { ContactAnswer, ContactChanges, contactAnswer } from '@/lib/api/contacts';
import { apiRoute } from '@/lib/api/route';
import { editContact } from '@/lib/contacts/edit-contact';
import { eraseContact } from '@/lib/contacts/erase-contact';
import { findContact } from '@/lib/contacts/find-contact';
import { ok } from '@/lib/errors';
import { ContactId } from '@/lib/ids';

const oneContact = z.object({ id: ContactId });

export const GET = apiRoute(
  {
    tag: 'Contacts',
    summary: 'One contact',
    permission: 'contacts:read',
    params: oneContact,
    status: 200,
    answer: ContactAnswer,
  },
  async ({ scope, params }) => {
    const contact = await findContact(scope, params.id);
    return contact.ok ? ok(contactAnswer(contact.value)) : contact;
  },
);

export const PATCH = apiRoute(
  {
    tag: 'Contacts',
    summary: 'Change a contact',
    description: 'Changes what is named and leaves the rest.',
    permission: 'contacts:write',
    params: oneContact,
    body: ContactChanges,
    example: { firstName: 'Anna', attributes: { city: 'Hamburg' } },
    status: 200,
    answer: ContactAnswer,
    conflict: 'another contact has that address already',
  },
  async ({ scope, params, body: { attributes, ...body } }) => {
    const edited = await editContact(scope, params.id, { ...body, attributesToMerge: attributes });
    if (!edited.ok) return edited;
    const contact = await findContact(scope, params.id);
    return contact.ok ? ok(contactAnswer(contact.value)) : contact;
  },
);

export const DELETE = apiRoute(
  {
    tag: 'Contacts',
    summary: 'Erase a contact',
    description:
      'Name, address, attributes and history go, and cannot be brought back. The records of campaigns stay without them, so that their figures still add up; whoever was still to be written to is skipped. A suppression of the address stays.',
    permission: 'contacts:write',
    params: oneContact,
    status: 204,
  },
  ({ scope, params }) => eraseContact(scope, params.id),
);
