/** A client hears the answer only after it could send what it has to say: so much of it is read, and thrown away. */
const patience = 16;

/** The bytes of a request; undefined when they are more than `most`. */
export async function readAtMost(
  request: Request,
  most: number,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  let chunks: Uint8Array[] = [];
  let bytes = 0;
  const reader = request.body?.getReader();
  while (reader) {
    const { done, value } = await reader.read();
    if (done) break;
    bytes += value.byteLength;
    if (bytes <= most) chunks.push(value);
    else chunks = [];
    if (bytes > most * patience) {
      await reader.cancel();
      break;
    }
  }
  return bytes > most ? undefined : new Uint8Array(Buffer.concat(chunks));
}

/** A client hears the answer to an upload only after it could send all of it, so what nobody read is read here. */
export async function readAway(body: ReadableStream | null): Promise<void> {
  await body?.pipeTo(new WritableStream()).catch(() => undefined); // the sender left, or another reader has it
}
