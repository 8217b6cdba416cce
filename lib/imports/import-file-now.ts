import type { Scope } from '../auth/scope';
import { inScope } from '../db/scoped';
import { fail, ok, type Result } from '../errors';
import type { ImportId, ListId } from '../ids';
import { cancelImport, findImport, receiveImport } from './imports';
import { chooseList, startImport } from './start-import';

type Order = {
  fileName: string;
  body: ReadableStream<Uint8Array>;
  announcedBytes: number | null;
  listId: ListId | null;
};

/**
 * Takes a file in and starts it with everything as it was recognised. Whether the list may be written to is looked at
 * before the file comes in; what cannot be started is not kept.
 */
export async function importFileNow(
  scope: Scope,
  { listId, ...upload }: Order,
): Promise<Result<{ id: ImportId }>> {
  const list = listId && { id: listId };
  const allowed = await inScope(scope, (tx) => chooseList(tx, scope, list));
  if (!allowed.ok) return allowed;
  const received = await receiveImport(scope, upload);
  if (!received.ok) return received;
  const { id } = received.value;
  const found = await findImport(scope, id);
  if (!found.ok) return found;
  const { settings } = found.value;
  const started = settings
    ? await startImport(scope, id, { ...settings, list })
    : fail('conflict', 'This import was forgotten meanwhile. Send the file again.');
  if (started.ok) return ok({ id });
  await cancelImport(scope, id);
  return started;
}
