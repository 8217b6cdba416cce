import { readAtMost } from '@/lib/read-at-most';

const mostBytes = 64 * 1024;

/**
 * What a POST asks for. Whatever the body says or fails to say, somebody who posts to an unsubscribe link wants to
 * leave; only the button of our own page says otherwise. More than 64 kB is not read.
 */
export async function readChoice(request: Request): Promise<'unsubscribe' | 'subscribe'> {
  const body = await readAtMost(request, mostBytes);
  if (body === undefined) return 'unsubscribe';
  try {
    const headers = { 'Content-Type': request.headers.get('content-type') ?? '' };
    const form = await new Response(body, { headers }).formData();
    return form.get('choice') === 'subscribe' ? 'subscribe' : 'unsubscribe';
  } catch {
    return 'unsubscribe'; // no form at all
  }
}
