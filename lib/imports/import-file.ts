import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { env } from '../env';
import { fail, ok, type Result } from '../errors';
import type { ImportId } from '../ids';
import { type Encoding, Utf8Check } from './encoding';
import { type Sample, sampleBytes } from './recognise';

export const maxFileBytes = 2 * 1024 ** 3;
/** Small enough that whatever else the process does between two pieces hardly waits: about a millisecond of reading contacts. */
const pieceBytes = 8_192;

const tooLarge = () =>
  fail(
    'too_large',
    'The file is larger than 2 GB. Split it into several files and import them one after the other.',
  );

const directory = () => join(env().DATA_DIR, 'imports');
const pathOf = (id: ImportId) => join(directory(), `${id}.csv`);

const errorCode = (error: unknown) => (error instanceof Error && 'code' in error ? error.code : undefined);

/** Why the file could not be written, for a person; undefined for what is no fault of the disk. */
function diskProblem(
  error: unknown,
): { ok: false; problem: { code: 'unavailable'; message: string } } | undefined {
  const code = errorCode(error);
  const messages: Record<string, string> = {
    ENOSPC:
      'The disk of this server is full, so the file was not stored. Free some space and upload it again.',
    EROFS:
      'The data directory of this server is read-only. Make DATA_DIR writable and upload the file again.',
    EACCES:
      'This server may not write to its data directory. Make DATA_DIR writable and upload the file again.',
    EPERM:
      'This server may not write to its data directory. Make DATA_DIR writable and upload the file again.',
  };
  const message = typeof code === 'string' ? messages[code] : undefined;
  return message === undefined ? undefined : { ok: false, problem: { code: 'unavailable', message } };
}

/**
 * Streams an upload to the disk. Until it is whole it has another name, so that a broken upload leaves no file that an
 * import could read.
 */
export async function storeFile(
  id: ImportId,
  body: ReadableStream<Uint8Array>,
  announcedBytes: number | null,
  limit = maxFileBytes,
): Promise<Result<{ bytes: number; isUtf8: boolean }>> {
  if (announcedBytes !== null && announcedBytes > limit) return tooLarge();
  const partial = `${pathOf(id)}.part`;
  const utf8 = new Utf8Check();
  let bytes = 0;
  async function* measured() {
    const reader = body.getReader();
    try {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        bytes += value.length;
        if (bytes > limit) return;
        const piece = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
        utf8.add(piece);
        yield piece;
      }
    } finally {
      reader.releaseLock(); // not cancelled: the rest must still come in before the sender hears the answer
    }
  }
  try {
    await mkdir(directory(), { recursive: true });
    await pipeline(measured(), createWriteStream(partial, { mode: 0o600 }));
    if (bytes <= limit) {
      await rename(partial, pathOf(id));
      return ok({ bytes, isUtf8: utf8.isValid() });
    }
    await rm(partial, { force: true });
    return tooLarge();
  } catch (error) {
    await rm(partial, { force: true }).catch(() => undefined);
    const problem = diskProblem(error);
    if (problem) return problem;
    const gone = ['ERR_STREAM_PREMATURE_CLOSE', 'ECONNRESET', 'ABORT_ERR'].includes(String(errorCode(error)));
    if (gone || (error instanceof Error && error.name === 'AbortError'))
      return fail('invalid', 'The upload was interrupted. Nothing was stored; upload the file again.');
    throw error;
  }
}

export const removeFile = (id: ImportId): Promise<void> => rm(pathOf(id), { force: true });

const dayMs = 24 * 60 * 60 * 1000;

/** Removes what uploads left behind whose process was killed: unfinished files that nobody wrote to for a day. */
export async function removeAbandonedParts(now = Date.now()): Promise<void> {
  const names = await readdir(directory()).catch(() => []);
  for (const name of names.filter((each) => each.endsWith('.part'))) {
    const path = join(directory(), name);
    // Another process may be faster.
    const written = await stat(path).catch(() => undefined);
    if (written && written.mtimeMs < now - dayMs) await rm(path, { force: true });
  }
}

/** The beginning of a stored file; undefined when it is no longer there. */
export async function readSample(id: ImportId, isUtf8: boolean): Promise<Sample | undefined> {
  try {
    await using file = await open(pathOf(id));
    const { size } = await file.stat();
    const bytes = Buffer.alloc(Math.min(size, sampleBytes));
    await file.read(bytes, 0, bytes.length, 0);
    return { bytes, whole: size <= sampleBytes, isUtf8 };
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

export class FileVanished extends Error {}

/** The text of a stored file in pieces, with the bytes read so far. Throws FileVanished when it is not there. */
export async function* readText(
  id: ImportId,
  encoding: Encoding,
): AsyncGenerator<{ text: string; bytesRead: number }> {
  const decoder = new TextDecoder(encoding);
  let bytesRead = 0;
  try {
    for await (const piece of createReadStream(pathOf(id), { highWaterMark: pieceBytes })) {
      const bytes: Buffer = piece;
      bytesRead += bytes.length;
      yield { text: decoder.decode(bytes, { stream: true }), bytesRead };
    }
  } catch (error) {
    if (errorCode(error) === 'ENOENT') throw new FileVanished();
    throw error;
  }
  yield { text: decoder.decode(), bytesRead };
}
