import { z } from 'zod';
import { cleanText } from '../text';

const timeZones = new Set([...Intl.supportedValuesOf('timeZone'), 'UTC']);

const oneLine = (max: number, missing: string) =>
  cleanText()
    .trim()
    .min(1, missing)
    .max(max, `Use at most ${max} characters.`)
    .refine((value) => !/[\r\n]/.test(value), 'Use a single line.');

/** What a workspace says of itself: name and postal address stand in every message's footer. */
export const WorkspaceProfile = z.object({
  name: oneLine(100, 'Enter the name that your readers know.'),
  postalAddress: cleanText()
    .trim()
    .min(1, 'Enter a postal address: the law asks for one in every campaign.')
    .max(300),
  country: z.string().regex(/^[A-Z]{2}$/, 'Choose a country.'),
  timeZone: z.string().refine((zone) => timeZones.has(zone), 'Choose a time zone.'),
});
export type WorkspaceProfile = z.infer<typeof WorkspaceProfile>;
