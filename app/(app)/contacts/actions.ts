'use server';

import { refresh } from 'next/cache';
import { z } from 'zod';
import { authorizedAction } from '@/lib/action';
import { AttributeEntries, readAttributes } from '@/lib/contacts/attributes';
import { ContactInput } from '@/lib/contacts/contact-input';
import { createContact, editContact } from '@/lib/contacts/edit-contact';
import { findContact } from '@/lib/contacts/find-contact';
import { listContacts } from '@/lib/contacts/list-contacts';
import { ok } from '@/lib/errors';
import { ContactId, ListId } from '@/lib/ids';

const NewContact = ContactInput.extend({ attributes: AttributeEntries, listIds: z.array(ListId).max(100) });
const EditedContact = ContactInput.omit({ emailSubscribed: true }).extend({
  id: ContactId,
  attributes: AttributeEntries,
});

export const createContactAction = authorizedAction(
  'contacts:write',
  NewContact,
  async (scope, { attributes, ...input }) => {
    const made = await createContact(scope, { ...input, attributes: readAttributes({}, attributes) });
    if (made.ok) refresh();
    return made;
  },
);

export const editContactAction = authorizedAction(
  'contacts:write',
  EditedContact,
  async (scope, { id, attributes, ...changes }) => {
    const contact = await findContact(scope, id);
    if (!contact.ok) return contact;
    const read = readAttributes(contact.value.attributes, attributes);
    const edited = await editContact(scope, id, { ...changes, attributes: read });
    if (edited.ok) refresh();
    return edited;
  },
);

export const setConsentAction = authorizedAction(
  'contacts:write',
  z.object({ id: ContactId, emailSubscribed: z.boolean() }),
  async (scope, { id, emailSubscribed }) => {
    const edited = await editContact(scope, id, { emailSubscribed });
    if (edited.ok) refresh();
    return edited;
  },
);

/** A handful of contacts to pick from. */
export const pickContactsAction = authorizedAction(
  'contacts:read',
  z.object({ search: z.string().max(200) }),
  async (scope, { search }) => {
    const page = await listContacts(scope, { search, limit: 20 });
    return ok(
      page.rows.map(({ id, email, phone, firstName, lastName }) => ({
        id,
        email,
        phone,
        firstName,
        lastName,
      })),
    );
  },
);
