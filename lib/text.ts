import { z } from 'zod';

/** A text without what PostgreSQL refuses to keep, in text as in jsonb: NUL, and halves of a surrogate pair. */
export const storable = (text: string): string => text.toWellFormed().replaceAll('\0', '');

/** What turns the direction of writing round by force, and with it whatever stands behind a name on the same line. */
const turns = /[\u202a-\u202e\u2066-\u2069]/g;

/** A text on one line: composed (NFC), in the direction of its own letters, with one space for whatever stood between its words. */
export const singleLine = (text: string): string =>
  text
    .toWellFormed()
    .replace(turns, '')
    .normalize('NFC')
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim();

/** What a person typed or pasted, storable; to be followed by its own limits. Every text from outside begins with this. */
export const cleanText = () => z.string().overwrite(storable);

/** Deeper than any editor nests; every walk over a document, here and in the database, is a recursion. */
const deepest = 200;

function storableJson(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return storable(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth === 0) throw new RangeError('nested too deeply');
  if (Array.isArray(value)) return value.map((item) => storableJson(item, depth - 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [storable(key), storableJson(item, depth - 1)]),
  );
}

/** JSON of any shape whose strings, also its keys, are storable. */
export const CleanJson = z.unknown().transform((value, context) => {
  try {
    return storableJson(value, deepest);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    context.addIssue({ code: 'custom', message: 'It is nested too deeply. Take some levels out.' });
    return z.NEVER;
  }
});
