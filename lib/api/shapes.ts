import { z } from 'zod';
import { cursorId } from '../db/page';

/* What the shapes of several routes are made of. */

/** A moment: ISO 8601 in UTC outside, a Date inside. */
export const Time = z.codec(z.iso.datetime(), z.date(), {
  decode: (text) => new Date(text),
  encode: (date) => date.toISOString(),
});

export const pageOf = <Row extends z.ZodType>(row: Row) =>
  z.object({
    data: z.array(row),
    /** For `cursor`; null on the last page. */
    nextCursor: z.string().nullable().describe('For the next page; null on the last one.'),
  });

export const pageQuery = {
  cursor: z
    .string()
    .max(500)
    .refine((text) => cursorId(text) !== undefined, 'Take a cursor from "nextCursor" of the page before.')
    .optional()
    .describe('The "nextCursor" of the page before.'),
  limit: z.coerce.number<string>().int().min(1).max(100).default(50).describe('Rows of a page, 1 to 100.'),
};

export const ErrorAnswer = z
  .object({
    error: z.object({
      code: z.enum([
        'invalid',
        'unauthenticated',
        'forbidden',
        'not_found',
        'conflict',
        'too_large',
        'rate_limited',
        'unavailable',
      ]),
      message: z.string().describe('What happened and what to do, for a person.'),
      details: z
        .record(z.string(), z.string())
        .optional()
        .describe('A sentence for each field, by its name.'),
    }),
  })
  .meta({ id: 'Error' });
