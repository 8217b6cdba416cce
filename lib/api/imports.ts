import { z } from 'zod';
import { importStatuses } from '../db/states';
import { env } from '../env';
import { ListId } from '../ids';
import type { Import } from '../imports/imports';
import { Time } from './shapes';

export const ImportQuery = z.strictObject({
  listId: ListId.optional().describe('The list that the contacts are put on.'),
  fileName: z.string().max(200).optional().describe('By which people find the import again.'),
});

export const ImportAnswer = z
  .object({
    id: z.uuid(),
    status: z.enum(importStatuses),
    rows: z.int().describe('Lines that were read so far.'),
    created: z.int(),
    updated: z.int(),
    duplicates: z.int().describe('Lines whose address was on an earlier line.'),
    invalid: z.int().describe('Lines that made no contact.'),
    errorsUrl: z
      .string()
      .describe('Duplicate and invalid lines with the reason, as CSV; asked with the same key.'),
    problem: z.string().nullable().describe('Why the whole file was refused.'),
    listId: z.uuid().nullable(),
    createdAt: Time,
    finishedAt: Time.nullable(),
  })
  .meta({ id: 'Import' });

export const importAnswer = (found: Import): z.output<typeof ImportAnswer> => ({
  ...found,
  errorsUrl: `${env().APP_URL}/api/v1/imports/${found.id}/errors`,
});
