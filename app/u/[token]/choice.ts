const mostBytes = 64 * 1024;

/**
 * What a POST asks for. Whatever the body says or fails to say, somebody who posts to an unsubscribe link wants to
 * leave; only the button of our own page says otherwise. More than 64 kB is not read.
 */
export async function readChoice(request: Request): Promise<'unsubscribe' | 'subscribe'> {
  const body = await readBody(request);
  if (body === undefined) return 'unsubscribe';
  try {
    const headers = { 'Content-Type': request.headers.get('content-type') ?? '' };
    const form = await new Response(body, { headers }).formData();
    return form.get('choice') === 'subscribe' ? 'subscribe' : 'unsubscribe';
  } catch {
    return 'unsubscribe'; // no form at all
  }
}

async function readBody(request: Request): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  const reader = request.body?.getReader();
  while (reader) {
    const { done, value } = await reader.read();
    if (done) break;
    bytes += value.byteLength;
    if (bytes > mostBytes) {
      await reader.cancel();
      return undefined;
    }
    chunks.push(value);
  }
  return new Uint8Array(Buffer.concat(chunks));
}
