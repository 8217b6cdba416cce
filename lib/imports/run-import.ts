import { and, eq, sql } from 'drizzle-orm';
import { audit } from '../auth/audit';
import type { Scope } from '../auth/scope';
import { type ImportSettings, importRejections, imports, workspaces } from '../db/schema';
import { inScope, type ScopedTx } from '../db/scoped';
import type { ImportId, ListId } from '../ids';
import { runImport as runImportJob } from '../jobs/definitions';
import { enqueue } from '../jobs/queue';
import { CsvReader, type CsvRecord } from './csv-reader';
import { FileVanished, readText, removeFile } from './import-file';
import { type ContactRow, contactReader } from './read-contact';
import type { Rejection } from './reasons';
import { writeContacts } from './write-chunk';

/** Rows of one transaction: what a crash makes a worker do again. */
const chunkRows = 5000;
/** Rows of many kilobytes make smaller chunks, so that memory stays flat. In characters. */
const chunkLength = 4_000_000;

type Running = {
  scope: Scope;
  importId: ImportId;
  listId: ListId | null;
  settings: ImportSettings;
  country: string;
  /** Records that are committed. */
  rows: number;
};

type Rejected = { row: number; reason: Rejection; values: string[] };

/** Rows of the file in its order, read and judged, but not yet written. */
class Chunk {
  readonly contacts = new Map<string, ContactRow>();
  readonly values = new Map<number, string[]>();
  readonly rejected: Rejected[] = [];
  rows = 0;
  length = 0;

  add(row: number, record: CsvRecord, read: ContactRow | Rejection): void {
    this.rows++;
    for (const field of record.fields) this.length += field.length;
    if (typeof read === 'string') this.rejected.push({ row, reason: read, values: record.fields });
    else if (this.contacts.has(read.email))
      this.rejected.push({ row, reason: 'duplicate', values: record.fields });
    else {
      this.contacts.set(read.email, read);
      this.values.set(row, record.fields);
    }
  }

  get isFull(): boolean {
    return this.rows >= chunkRows || this.length >= chunkLength;
  }
}

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
  const running = await takeUp(scope, importId);
  if (typeof running === 'string') return running;
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

async function takeUp(scope: Scope, importId: ImportId): Promise<Running | 'ended' | 'waiting'> {
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
    const { settings, rows, listId } = mine.row;
    return { scope, importId, listId, settings, country: mine.country, rows };
  });
}

async function readFile(running: Running, signal: AbortSignal): Promise<ImportOutcome> {
  const { settings, importId } = running;
  const read = contactReader(settings, running.country);
  const reader = new CsvReader(settings.delimiter);
  let headerSeen = !settings.header;
  let row = 0;
  let chunk = new Chunk();
  let bytes = 0;
  // The next chunk is read while the database writes this one.
  let writing: Promise<boolean> = Promise.resolve(true);

  async function flush(): Promise<boolean> {
    const full = chunk;
    const bytesRead = bytes;
    chunk = new Chunk();
    if (!(await writing)) return false;
    writing = writeChunk(running, full, bytesRead);
    writing.catch(() => undefined); // it is awaited with the next one, or at the end
    return true;
  }

  async function take(records: CsvRecord[]): Promise<ImportOutcome | undefined> {
    for (const record of records) {
      if (!headerSeen) {
        headerSeen = true;
        continue;
      }
      row++;
      if (row <= running.rows) continue;
      chunk.add(row, record, read(record, row));
      if (!chunk.isFull) continue;
      if (!(await flush())) return 'ended';
      if (signal.aborted) return (await writing) ? 'stopped' : 'ended';
    }
    return undefined;
  }

  const skipTo = running.rows;
  for await (const piece of readText(importId, settings.encoding)) {
    bytes = piece.bytesRead;
    const outcome = await take(reader.push(piece.text));
    if (outcome) return outcome;
    if (signal.aborted && row < skipTo) return 'stopped';
  }
  const outcome = await take(reader.end());
  if (outcome) return outcome;
  if (chunk.rows > 0 && !(await flush())) return 'ended';
  if (!(await writing)) return 'ended';
  await finish(running, {});
  return 'ended';
}

/** False: the import was cancelled meanwhile, or another worker has taken it up. */
async function writeChunk(running: Running, chunk: Chunk, bytesRead: number): Promise<boolean> {
  const { scope, importId, listId, settings } = running;
  const done = await inScope(scope, async (tx) => {
    // The row of the import is the fence: whoever does not find the counter where they left it is not alone.
    const [fence] = await tx
      .select({
        rows: imports.rows,
        // A lost commit only means that a restarted import reads this chunk again: rows and counters go together.
        commits: sql`set_config('synchronous_commit', 'off', true)`,
      })
      .from(imports)
      .where(
        and(
          eq(imports.workspaceId, scope.workspaceId),
          eq(imports.id, importId),
          eq(imports.status, 'running'),
        ),
      )
      .for('update');
    if (fence?.rows !== running.rows) return false;
    const target = {
      workspaceId: scope.workspaceId,
      importId,
      listId,
      asksConsent: settings.columns.includes('email_consent'),
    };
    const written = await writeContacts(tx, target, [...chunk.contacts.values()]);
    const again = written.duplicates.map(
      (row): Rejected => ({ row, reason: 'duplicate', values: chunk.values.get(row) ?? [] }),
    );
    const rejected = [...chunk.rejected, ...again];
    await writeRejections(tx, running, rejected);
    const duplicates = rejected.filter(({ reason }) => reason === 'duplicate').length;
    await tx
      .update(imports)
      .set({
        rows: sql`${imports.rows} + ${chunk.rows}`,
        created: sql`${imports.created} + ${written.created}`,
        updated: sql`${imports.updated} + ${written.updated}`,
        duplicates: sql`${imports.duplicates} + ${duplicates}`,
        invalid: sql`${imports.invalid} + ${rejected.length - duplicates}`,
        bytesRead,
      })
      .where(and(eq(imports.workspaceId, scope.workspaceId), eq(imports.id, importId)));
    return true;
  });
  if (done) running.rows += chunk.rows;
  return done;
}

async function writeRejections(
  tx: ScopedTx,
  { scope, importId }: Running,
  rejected: Rejected[],
): Promise<void> {
  if (rejected.length === 0) return;
  const json = JSON.stringify(
    rejected.map(({ row, reason, values }) => ({
      row,
      reason,
      values: values.map((value) => value.replaceAll('\0', '␀')),
    })),
  );
  await tx.execute(sql`
    insert into ${importRejections} (workspace_id, import_id, row, reason, values)
    select ${scope.workspaceId}::uuid, ${importId}::uuid, row, reason, values
    from json_to_recordset(${json}::text::json) as x(row int, reason text, values jsonb)`);
}

async function finish(running: Running, { problem = null }: { problem?: string | null }): Promise<void> {
  const { scope, importId } = running;
  await inScope(scope, async (tx) => {
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
    if (!ended) return;
    const { rows, created, updated, duplicates, invalid } = ended;
    const counts = { rows, created, updated, duplicates, invalid };
    await audit(tx, scope, problem === null ? 'import.completed' : 'import.failed', importId, counts);
  });
  await removeFile(importId);
}
