import { z } from 'zod';
import { readAtMost } from '@/lib/read-at-most';

/** `untrack` and `track`: whether what they open and click is recorded. */
const Choice = z.enum(['unsubscribe', 'subscribe', 'untrack', 'track']);
export type Choice = z.infer<typeof Choice>;

const mostBytes = 64 * 1024;

/**
 * What a POST asks for. Whatever the body says or fails to say, somebody who posts to an unsubscribe link wants to
 * leave; only the buttons of our own page say otherwise. More than 64 kB is not read.
 */
export async function readChoice(request: Request): Promise<Choice> {
  const body = await readAtMost(request, mostBytes);
  if (body === undefined) return 'unsubscribe';
  try {
    const headers = { 'Content-Type': request.headers.get('content-type') ?? '' };
    const form = await new Response(body, { headers }).formData();
    return Choice.safeParse(form.get('choice')).data ?? 'unsubscribe';
  } catch {
    return 'unsubscribe'; // no form at all
  }
}
