import { z } from 'zod';
import { providerNames } from '../db/states';
import { wireAddress } from '../providers/address';
import { cleanText } from '../text';
import { LimitsInput } from './limits';

const oneLine = (text: string) => !/\p{Cc}/u.test(text);

const address = (wrong: string) =>
  cleanText()
    .trim()
    .max(320, 'Use at most 320 characters.')
    .refine((text) => wireAddress(text) !== null && /\.[^.@]+$/.test(text), wrong);

const name = cleanText()
  .trim()
  .min(1, 'Give it a name that you will recognise.')
  .max(100, 'Use at most 100 characters.')
  .refine(oneLine, 'Use a single line.');

const EmailSenderDetails = z.object({
  channel: z.literal('email'),
  name,
  fromName: cleanText()
    .trim()
    .min(1, 'Enter the name that readers will see.')
    .max(200, 'Use at most 200 characters.')
    .refine(oneLine, 'Use a single line.'),
  fromEmail: address('Enter an address like news@example.com.'),
  replyTo: cleanText()
    .trim()
    .transform((text) => text || null)
    .pipe(address('Enter an address like office@example.com, or leave it empty.').nullable()),
  ...LimitsInput.shape,
});

/** From whom text messages come stands in the provider's settings. */
const TextSenderDetails = z.object({ channel: z.literal('sms'), name, ...LimitsInput.shape });

/** What a person says of a sender, apart from its provider's settings. */
export const SenderDetails = z.discriminatedUnion('channel', [EmailSenderDetails, TextSenderDetails]);
export type SenderDetails = z.output<typeof SenderDetails>;

/** The provider's settings as the form holds them, well-formed so that they can be kept; its own schema checks them (lib/providers/registry.ts). */
export const ProviderSettings = z.record(
  z.string(),
  z.union([
    z
      .string()
      .max(2000)
      .overwrite((text) => text.toWellFormed()),
    z.number(),
    z.boolean(),
  ]),
);
export type ProviderSettings = z.output<typeof ProviderSettings>;

export const ProviderChoice = z.enum(providerNames);
