import type { z } from 'zod';

const kinds: Record<string, string> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};

/** What is wrong with an input in plain words, where its schema says nothing of its own. */
export const inputWords: z.core.$ZodErrorMap = (issue) => {
  switch (issue.code) {
    case 'invalid_type':
      if (issue.input === undefined) return 'This is needed.';
      return kinds[issue.expected] ? `This must be ${kinds[issue.expected]}.` : undefined;
    case 'invalid_value':
      return `This must be ${issue.values.length === 1 ? '' : 'one of '}${issue.values.map((value) => JSON.stringify(value)).join(', ')}.`;
    case 'invalid_union':
      return 'This has none of the forms that are described.';
    case 'invalid_format':
      return issue.format === 'uuid' ? 'This is no id.' : 'This does not have the form that is described.';
    case 'too_small':
      return issue.origin === 'string' && issue.minimum === 1
        ? 'This must not be empty.'
        : `This must ${sizeWords[issue.origin] ?? 'be'} at least ${sizeOf(issue.origin, issue.minimum)}.`;
    case 'too_big':
      return `This must ${sizeWords[issue.origin] ?? 'be'} at most ${sizeOf(issue.origin, issue.maximum)}.`;
  }
};

const sizeWords: Record<string, string> = { string: 'have', array: 'have' };
function sizeOf(origin: string, size: number | bigint): string {
  if (origin === 'string') return `${size} character${size === 1 ? '' : 's'}`;
  if (origin === 'array') return size === 1 ? '1 entry' : `${size} entries`;
  return String(size);
}
