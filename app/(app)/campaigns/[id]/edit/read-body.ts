import type { z } from 'zod';
import { fail, type Result } from '@/lib/errors';
import { readAtMost } from '@/lib/read-at-most';

const mostBytes = 4_000_000;

function readJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}

/** The JSON of a request, at most 4 MB, checked; what is wrong with it, by field. */
export async function readBody<Schema extends z.ZodType>(
  request: Request,
  schema: Schema,
): Promise<Result<z.output<Schema>>> {
  const bytes = await readAtMost(request, mostBytes);
  if (!bytes)
    return fail(
      'too_large',
      'This message is larger than 4 MB. Shorten it, and upload its images instead of pasting them into it.',
    );
  const parsed = schema.safeParse(readJson(bytes));
  if (parsed.success) return { ok: true, value: parsed.data };
  const fields: Record<string, string> = {};
  for (const issue of parsed.error.issues) {
    const path = issue.path.filter((part) => part !== 'changes');
    fields[path[0] === 'content' ? 'body' : String(path[0] ?? 'request')] ??= issue.message;
  }
  return fail('invalid', Object.values(fields)[0] ?? 'This request cannot be read.', { fields });
}
