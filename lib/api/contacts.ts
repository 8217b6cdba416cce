import { z } from 'zod';
import { AttributeName } from '../contacts/attributes';
import { ContactInput } from '../contacts/contact-input';
import type { Contact } from '../contacts/find-contact';
import type { WholeContact } from '../contacts/page-contacts';
import { suppressionReasons } from '../db/states';
import { ListId } from '../ids';
import { cleanText } from '../text';
import { pageQuery, Time } from './shapes';

export const ContactAnswer = z
  .object({
    id: z.uuid(),
    email: z.string().nullable(),
    phone: z.string().nullable().describe('E.164'),
    firstName: z.string(),
    lastName: z.string(),
    country: z.string().nullable().describe('ISO 3166-1 alpha-2'),
    timeZone: z.string().nullable().describe('IANA'),
    attributes: z.record(z.string(), z.unknown()),
    emailSubscribed: z.boolean(),
    smsSubscribed: z.boolean(),
    tracking: z.boolean().describe('False: nothing that they open or click is recorded.'),
    suppression: z
      .enum(suppressionReasons)
      .nullable()
      .describe('Why nothing is sent to the address, whatever its owner agreed to.'),
    listIds: z.array(z.uuid()).describe('The lists that it is on, of those that the key sees.'),
    code: z
      .string()
      .describe('Personal: 12 characters of Crockford’s base 32. Its page is at /q/ and the code.'),
    createdAt: Time,
    updatedAt: Time,
  })
  .meta({ id: 'Contact' });

export const contactAnswer = ({ lists, ...contact }: Contact): WholeContact => ({
  ...contact,
  listIds: lists.map(({ id }) => id),
});

const Attributes = z
  .record(
    AttributeName,
    z.union([cleanText().max(2000, 'Use at most 2,000 characters.'), z.number(), z.boolean(), z.null()]),
  )
  .refine((attributes) => Object.keys(attributes).length <= 200, 'Use at most 200 attributes.');

const { email, phone, firstName, lastName, timeZone, emailSubscribed, tracking } = ContactInput.shape;

const fields = {
  email: email.nullable().optional(),
  phone: phone.nullable().optional().describe('With + and the country, or as dialled in the workspace’s.'),
  firstName: firstName.optional(),
  lastName: lastName.optional(),
  timeZone: timeZone.nullable().optional().describe('IANA, such as Europe/Berlin.'),
  emailSubscribed: emailSubscribed.optional(),
  smsSubscribed: z.boolean().optional(),
  tracking: tracking.describe('False: nothing that they open or click is recorded.'),
};
const listIds = z.array(ListId).max(100);

export const NewContact = z.strictObject({
  ...fields,
  attributes: Attributes.optional(),
  listIds: listIds.optional(),
});

export const ContactChanges = z.strictObject({
  ...fields,
  attributes: Attributes.optional().describe('Only these are changed; one that is null goes.'),
  listIds: listIds.optional().describe('The lists that it shall be on, of those that the key sees.'),
});

export const ContactQuery = z.strictObject({
  email: z.string().max(320).optional().describe('The contact with this address.'),
  listId: ListId.optional().describe('The contacts of this list.'),
  ...pageQuery,
});
