import { z } from 'zod';
import { singleLine } from '../text';
import { normaliseEmail } from './address';

const timeZones = new Set([...Intl.supportedValuesOf('timeZone'), 'UTC']);

const name = z
  .string()
  .max(100, 'Use at most 100 characters.')
  // A name goes into headers and greetings: it is one line.
  .overwrite(singleLine);

const email = z
  .string()
  .max(320, 'This is too long for an e-mail address.')
  .transform((value, context) => {
    if (value.trim() === '') return null;
    const address = normaliseEmail(value);
    if (address) return address;
    context.addIssue({ code: 'custom', message: 'This is not an e-mail address, like ann@example.com.' });
    return z.NEVER;
  });

const emptyIsNull = (value: string) => (value.trim() === '' ? null : value.trim());

/** What a person may say of a contact. The phone is read later, when the workspace's country is known. */
export const ContactInput = z.object({
  email,
  phone: z.string().max(40, 'This is too long for a phone number.').transform(emptyIsNull),
  firstName: name,
  lastName: name,
  timeZone: z
    .string()
    .transform(emptyIsNull)
    .refine((zone) => zone === null || timeZones.has(zone), 'Choose a time zone.'),
  emailSubscribed: z.boolean(),
  smsSubscribed: z.boolean().optional(),
  tracking: z.boolean().optional(),
});
export type ContactInput = z.output<typeof ContactInput>;
