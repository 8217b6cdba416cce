import { and, eq, sql } from 'drizzle-orm';
import { audit } from '../auth/audit';
import { may } from '../auth/policy';
import { scopeOfOrderer } from '../auth/principals';
import { grants, type Scope } from '../auth/scope';
import { imports } from '../db/schema/imports';
import { workspaces } from '../db/schema/workspaces';
import { inScope } from '../db/scoped';
import type { ApiKeyId, ImportId, UserId } from '../ids';
import { runImport as runImportJob } from '../jobs/definitions';
import { enqueue } from '../jobs/queue';
import { log } from '../log';
import { Chunk, type Running, startWriting, type Writing } from './chunk';
import { CsvReader, type CsvRecord } from './csv-reader';
import { FileVanished, readText, removeFile } from './import-file';
import { contactReader } from './read-contact';

export type ImportOutcome =
  /** Nothing more to do: finished, failed, cancelled, or another worker has it. */
  | 'ended'
  /** Told to stop; the job must be taken up again and continues behind the last chunk. */
  | 'stopped'
  /** Another import of this workspace came first. Two at once could not tell whose duplicate a row is. */
  | 'waiting';

/**
 * Reads the file of a started import into contacts, chunk by chunk, each in one transaction with the counters. Killed at
 * any moment and run again, it continues behind the last committed chunk and counts the same.
 */
export async function runImport(
  scope: Scope,
  importId: ImportId,
  signal: AbortSignal,
): Promise<ImportOutcome> {
  const taken = await takeUp(scope, importId);
  if (taken === 'ended') await removeFile(importId); // it may not have been possible when the import ended
  if (typeof taken === 'string') return taken;
  const importer = await scopeOfOrderer(scope, taken.orderer);
  const running: Running = { ...taken, importer: importer ?? scope };
  if (
    !importer ||
    !may(importer, 'contacts:write') ||
    (taken.listId && !grants(importer, taken.listId, 'edit'))
  ) {
    const problem =
      'Whoever started this import may no longer change its list. Import the file again yourself.';
    await finish(running, { problem });
    return 'ended';
  }
  try {
    return await readFile(running, signal);
  } catch (error) {
    if (!(error instanceof FileVanished)) throw error;
    await finish(running, {
      problem:
        'The uploaded file is no longer on this server. Upload it again; rows that were imported before are recognised and updated.',
    });
    return 'ended';
  }
}

const lookAgainMs = 2000;
/** For fewer it is not worth having PostgreSQL look through a sample of all, which takes up to a second. */
const manyContacts = 1000;

/** The job's verb: runs the import, or looks again later while another one is in front. False: stopped before the end. */
export async function continueImport(
  scope: Scope,
  importId: ImportId,
  signal: AbortSignal,
): Promise<boolean> {
  const outcome = await runImport(scope, importId, signal);
  if (outcome === 'waiting') {
    const payload = { workspaceId: scope.workspaceId, importId };
    await inScope(scope, (tx) =>
      enqueue(tx, runImportJob, [payload], { startAfter: new Date(Date.now() + lookAgainMs) }),
    );
  }
  return outcome !== 'stopped';
}

type Taken = Omit<Running, 'importer'> & { orderer: { user: UserId | null; key: ApiKeyId | null } };

async function takeUp(scope: Scope, importId: ImportId): Promise<Taken | 'ended' | 'waiting'> {
  return inScope(scope, async (tx) => {
    const queue = await tx
      .select({ row: imports, country: workspaces.country })
      .from(imports)
      .innerJoin(workspaces, eq(workspaces.id, imports.workspaceId))
      .where(and(eq(imports.workspaceId, scope.workspaceId), eq(imports.status, 'running')))
      .orderBy(imports.startedAt, imports.id);
    const mine = queue.find(({ row }) => row.id === importId);
    if (!mine?.row.settings) return 'ended';
    if (queue[0] !== mine) return 'waiting';
    const { settings, rows, listId, createdBy, createdByKey } = mine.row;
    const orderer = { user: createdBy, key: createdByKey };
    return { scope, importId, listId, settings, country: mine.country, rows, orderer };
  });
}

async function readFile(running: Running, signal: AbortSignal): Promise<ImportOutcome> {
  const { settings, importId } = running;
  const read = contactReader(settings, running.country);
  const reader = new CsvReader(settings.delimiter);
  const skipTo = running.rows;
  let headerSeen = !settings.header;
  let row = 0;
  let chunk = new Chunk();
  let bytes = 0;
  const begun = Promise.resolve(true);
  let last: Writing = { written: begun, committed: begun };
  let lastButOne = last;

  // While a chunk is read, one is ready to be written, one is written, and one before it commits, which is when its
  // foreign keys are checked: two cores have work all the time.
  async function flush(): Promise<boolean> {
    const full = chunk;
    const bytesRead = bytes;
    chunk = new Chunk();
    if (!(await lastButOne.written)) return false;
    lastButOne = last;
    last = startWriting(running, full, bytesRead, last);
    return true;
  }

  async function take(records: CsvRecord[]): Promise<ImportOutcome | undefined> {
    for (const record of records) {
      if (!headerSeen) {
        headerSeen = true;
        continue;
      }
      row++;
      if (row <= skipTo) continue;
      chunk.add(row, record, read(record, row));
      if (!chunk.isFull) continue;
      if (!(await flush())) return 'ended';
      if (signal.aborted) return (await last.committed) ? 'stopped' : 'ended';
    }
    return undefined;
  }

  try {
    for await (const piece of readText(importId, settings.encoding)) {
      bytes = piece.bytesRead;
      const outcome = await take(reader.push(piece.text));
      if (outcome) return outcome;
      if (signal.aborted && row < skipTo) return 'stopped';
    }
    const outcome = await take(reader.end());
    if (outcome) return outcome;
    if (chunk.rows > 0 && !(await flush())) return 'ended';
  } finally {
    await last.committed; // whatever ends the reading, nothing of it is left running
  }
  if (!(await last.committed)) return 'ended';
  await finish(running, {});
  return 'ended';
}

/** Ends an import that cannot be read on, with a sentence for people. What it has written stays. */
export async function failImport(scope: Scope, importId: ImportId, problem: string): Promise<void> {
  const taken = await takeUp(scope, importId);
  if (typeof taken !== 'string') await finish(taken, { problem });
}

async function finish(
  running: Pick<Running, 'scope' | 'importId' | 'rows'>,
  { problem = null }: { problem?: string | null },
): Promise<void> {
  const { scope, importId } = running;
  const created = await inScope(scope, async (tx) => {
    const [ended] = await tx
      .update(imports)
      .set({
        status: problem === null ? 'completed' : 'failed',
        problem,
        finishedAt: sql`now()`,
        ...(problem === null ? { bytesRead: sql`${imports.bytes}` } : {}),
      })
      .where(
        and(
          eq(imports.workspaceId, scope.workspaceId),
          eq(imports.id, importId),
          eq(imports.status, 'running'),
          eq(imports.rows, running.rows),
        ),
      )
      .returning();
    if (!ended) return 0;
    const { rows, created, updated, duplicates, invalid } = ended;
    const counts = { rows, created, updated, duplicates, invalid };
    await audit(tx, scope, problem === null ? 'import.completed' : 'import.failed', importId, counts);
    return created;
  });
  await removeFile(importId);
  // Of a workspace that it has not seen the planner expects one contact: a launch would look through all for each of them.
  if (created < manyContacts) return;
  await inScope(scope, async (tx) => {
    // Somebody else may be at it, for as long as that takes.
    await tx.execute(sql`set local lock_timeout = '5s'`);
    await tx.execute(sql`analyze contacts, list_contacts`);
  }).catch((error: unknown) => log.warn({ err: error, import: importId }, 'statistics were not refreshed'));
}
