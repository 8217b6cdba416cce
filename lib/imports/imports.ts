import { and, desc, eq, inArray, lt, sql } from 'drizzle-orm';
import { audit } from '../auth/audit';
import { keyOf, type Scope, userOf } from '../auth/scope';
import { imports } from '../db/schema/imports';
import { lists } from '../db/schema/lists';
import { inScope } from '../db/scoped';
import type { ImportStatus } from '../db/states';
import { fail, notFound, ok, type Result } from '../errors';
import { ImportId, newId } from '../ids';
import { readSample, removeFile, storeFile } from './import-file';
import { type Choice, type Recognised, recognise } from './recognise';

/** Uploads that nobody started are kept this long. */
const keepUploads = sql`interval '7 days'`;

/**
 * Takes an upload in, streamed, and looks at what it is. A file that cannot be a list of contacts is refused and not
 * kept. Answers the id under which it waits for its start.
 */
export async function receiveImport(
  scope: Scope,
  upload: { fileName: string; body: ReadableStream<Uint8Array>; announcedBytes: number | null },
): Promise<Result<{ id: ImportId }>> {
  await forgetOldUploads(scope);
  const id = newId(ImportId);
  const stored = await storeFile(id, upload.body, upload.announcedBytes);
  if (!stored.ok) return stored;
  const { bytes, isUtf8 } = stored.value;
  try {
    const received = await enterUpload(scope, id, { fileName: upload.fileName, bytes, isUtf8 });
    if (!received.ok) await removeFile(id);
    return received;
  } catch (error) {
    await removeFile(id).catch(() => undefined); // a file that nothing names would stay for ever
    throw error;
  }
}

async function enterUpload(
  scope: Scope,
  id: ImportId,
  { fileName, bytes, isUtf8 }: { fileName: string; bytes: number; isUtf8: boolean },
): Promise<Result<{ id: ImportId }>> {
  const sample = await readSample(id, isUtf8);
  const recognised = sample ? recognise(sample) : vanished();
  if (!recognised.ok) return recognised;
  await inScope(scope, async (tx) => {
    await tx.insert(imports).values({
      workspaceId: scope.workspaceId,
      id,
      createdBy: userOf(scope),
      createdByKey: keyOf(scope),
      fileName: fileName.replace(/\p{C}/gu, '').slice(0, 200) || 'contacts.csv',
      bytes,
      settings: recognised.value.settings,
    });
    await audit(tx, scope, 'import.uploaded', id, { bytes });
  });
  return ok({ id });
}

const vanished = () => fail('not_found', 'The uploaded file is no longer on this server. Upload it again.');

/** Reads an uploaded file's beginning again, with what a person chose differently. Changes nothing. */
export async function previewImport(
  scope: Scope,
  id: ImportId,
  choice: Choice = {},
): Promise<Result<Recognised>> {
  const found = await findImport(scope, id);
  if (!found.ok) return found;
  if (found.value.status !== 'uploaded') return fail('conflict', 'This import was started already.');
  const stored = found.value.settings;
  // What was recognised over the whole file at the upload counts more than the beginning that is read now.
  const sample = await readSample(id, stored?.encoding === 'utf-8');
  if (!sample) return vanished();
  return recognise(sample, { ...choice, encoding: choice.encoding ?? stored?.encoding });
}

export type Import = typeof imports.$inferSelect & { listName: string | null; waiting: boolean };

const columns = {
  row: imports,
  listName: lists.name,
  waiting: sql<boolean>`${imports.status} = 'running' and exists (
    select 1 from imports earlier where earlier.workspace_id = ${imports.workspaceId} and earlier.status = 'running'
    and (earlier.started_at, earlier.id) < (${imports.startedAt}, ${imports.id}))`,
};

/** One import with its counters as they are now. */
export async function findImport(scope: Scope, id: ImportId): Promise<Result<Import>> {
  const [found] = await inScope(scope, (tx) =>
    tx
      .select(columns)
      .from(imports)
      .leftJoin(lists, and(eq(lists.workspaceId, imports.workspaceId), eq(lists.id, imports.listId)))
      .where(and(eq(imports.workspaceId, scope.workspaceId), eq(imports.id, id))),
  );
  return found ? ok({ ...found.row, listName: found.listName, waiting: found.waiting }) : notFound('import');
}

/** The newest imports, at most `limit`. */
export async function listImports(scope: Scope, limit = 20): Promise<Import[]> {
  const found = await inScope(scope, (tx) =>
    tx
      .select(columns)
      .from(imports)
      .leftJoin(lists, and(eq(lists.workspaceId, imports.workspaceId), eq(lists.id, imports.listId)))
      .where(eq(imports.workspaceId, scope.workspaceId))
      .orderBy(desc(imports.id))
      .limit(limit),
  );
  return found.map(({ row, listName, waiting }) => ({ ...row, listName, waiting }));
}

const cancellable: ImportStatus[] = ['uploaded', 'running'];

/** Stops an import behind the chunk that is being written, or throws an upload away. What was imported stays. */
export async function cancelImport(scope: Scope, id: ImportId): Promise<Result<undefined>> {
  const result = await inScope(scope, async (tx): Promise<Result<undefined>> => {
    const [found] = await tx
      .select({ status: imports.status, rows: imports.rows })
      .from(imports)
      .where(and(eq(imports.workspaceId, scope.workspaceId), eq(imports.id, id)))
      .for('update');
    if (!found) return notFound('import');
    if (!cancellable.includes(found.status)) return fail('conflict', 'This import has ended already.');
    await tx
      .update(imports)
      .set({ status: 'cancelled', finishedAt: sql`now()` })
      .where(and(eq(imports.workspaceId, scope.workspaceId), eq(imports.id, id)));
    await audit(tx, scope, 'import.cancelled', id, { rows: found.rows });
    return ok();
  });
  if (result.ok) await removeFile(id);
  return result;
}

async function forgetOldUploads(scope: Scope): Promise<void> {
  const old = await inScope(scope, async (tx) => {
    const forgotten = await tx
      .update(imports)
      .set({ status: 'cancelled', finishedAt: sql`now()` })
      .where(
        and(
          eq(imports.workspaceId, scope.workspaceId),
          inArray(imports.status, ['uploaded']),
          lt(imports.createdAt, sql`now() - ${keepUploads}`),
        ),
      )
      .returning({ id: imports.id });
    for (const { id } of forgotten) await audit(tx, scope, 'import.forgotten', id);
    return forgotten;
  });
  for (const { id } of old) await removeFile(id);
}
