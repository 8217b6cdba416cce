import { expect, test } from 'vitest';
import { z } from 'zod';
import { ContactId } from '../ids';
import { inputWords } from './input-words';

const said = (schema: z.ZodType, input: unknown) => {
  const parsed = schema.safeParse(input, { error: inputWords });
  return parsed.success ? undefined : parsed.error.issues[0]?.message;
};

test.each([
  [z.object({ name: z.string() }), {}, 'This is needed.'],
  [z.string(), 4, 'This must be text.'],
  [z.int(), 'four', 'This must be a number.'],
  [z.int(), 4.5, 'This must be a whole number.'],
  [z.array(z.string()), {}, 'This must be a list.'],
  [z.strictObject({}), [], 'This must be an object.'],
  [z.enum(['email', 'sms']), 'fax', 'This must be one of "email", "sms".'],
  [z.literal('immediate'), 'now', 'This must be "immediate".'],
  [ContactId, 'none', 'This is no id.'],
  [z.string().min(1), '', 'This must not be empty.'],
  [z.string().max(3), 'four', 'This must have at most 3 characters.'],
  [z.array(z.string()).min(1), [], 'This must have at least 1 entry.'],
  [z.int().max(500), 501, 'This must be at most 500.'],
  [z.string().max(3, 'Three are enough.'), 'four', 'Three are enough.'],
])('%#: says what is wrong in plain words', (schema, input, words) => {
  expect(said(schema, input)).toBe(words);
});
