import type { Scope } from '../auth/scope';
import type { ImportId } from '../ids';
import { findImport, receiveImport } from './imports';
import { type ImportChoices, startImport } from './start-import';

const streamOf = (bytes: Uint8Array) =>
  new ReadableStream<Uint8Array>({
    start(controller) {
      if (bytes.length > 0) controller.enqueue(bytes);
      controller.close();
    },
  });

/** Uploads a file as a browser would. */
export const upload = (scope: Scope, content: string | Uint8Array, fileName = 'contacts.csv') => {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  return receiveImport(scope, { fileName, body: streamOf(bytes), announcedBytes: bytes.length });
};

/** Uploads a file and starts it with what was recognised, except for `changes`. The job is enqueued, not run. */
export async function started(
  scope: Scope,
  content: string | Uint8Array,
  changes: Partial<ImportChoices> = {},
): Promise<ImportId> {
  const received = await upload(scope, content);
  if (!received.ok) throw new Error(received.problem.message);
  const found = await findImport(scope, received.value.id);
  if (!found.ok || !found.value.settings) throw new Error('the upload was not kept');
  const { encoding, delimiter, header, columns } = found.value.settings;
  const result = await startImport(scope, received.value.id, {
    encoding,
    delimiter,
    header,
    columns,
    list: null,
    ...changes,
  });
  if (!result.ok) throw new Error(result.problem.message);
  return result.value.id;
}
