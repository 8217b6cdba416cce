import type { z } from 'zod';
import { fail, type Result } from '@/lib/errors';

/** The JSON of a request, checked; what is wrong with it, by field. */
export async function readBody<Schema extends z.ZodType>(
  request: Request,
  schema: Schema,
): Promise<Result<z.output<Schema>>> {
  const raw: unknown = await request.json().catch(() => undefined);
  const parsed = schema.safeParse(raw);
  if (parsed.success) return { ok: true, value: parsed.data };
  const fields: Record<string, string> = {};
  for (const issue of parsed.error.issues) {
    const path = issue.path.filter((part) => part !== 'changes');
    fields[path[0] === 'content' ? 'body' : String(path[0] ?? 'request')] ??= issue.message;
  }
  return fail('invalid', Object.values(fields)[0] ?? 'This request cannot be read.', { fields });
}
