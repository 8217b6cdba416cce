import { and, eq, sql } from 'drizzle-orm';
import type { Scope } from '../auth/scope';
import { type ImportSettings, importRejections, imports } from '../db/schema/imports';
import { inScope, type ScopedTx } from '../db/scoped';
import type { ImportId, ListId } from '../ids';
import type { CsvRecord } from './csv-reader';
import { rowsOutOfReach } from './reach';
import type { ContactRow } from './read-contact';
import type { Rejection } from './reasons';
import { contactStatements, writeContacts } from './write-contacts';

/** Rows of one transaction: a crash makes a worker do three of them again. */
const chunkRows = 1500;
/** Rows of many kilobytes make smaller chunks, so that memory stays flat. In characters. */
const chunkLength = 4_000_000;

export type Running = {
  scope: Scope;
  /** Whoever started it: their rights decide which contacts it may change. */
  importer: Scope;
  importId: ImportId;
  listId: ListId | null;
  settings: ImportSettings;
  country: string;
  /** Records that are committed, or on their way in a transaction. */
  rows: number;
};

/** A chunk on its way into the database. False, as long as nothing failed: this import is no longer ours. */
export type Writing = {
  /** Its rows are in, and all chunks before it committed: the next one may begin. */
  written: Promise<boolean>;
  committed: Promise<boolean>;
};

type Rejected = { row: number; reason: Rejection; values: string[] };

/** Rows of the file in its order, read and judged, but not yet written. */
export class Chunk {
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

  /** Takes back a contact that was added, and keeps its row as a rejected one. */
  reject(address: string, reason: Rejection): void {
    const contact = this.contacts.get(address);
    if (!contact) return;
    this.contacts.delete(address);
    this.rejected.push({ row: contact.row, reason, values: this.values.get(contact.row) ?? [] });
  }

  get isFull(): boolean {
    return this.rows >= chunkRows || this.length >= chunkLength;
  }
}

/**
 * Writes a chunk in a transaction of its own, which writes after the ones `before` have written, and commits after they
 * have committed and only if they did.
 */
export function startWriting(running: Running, chunk: Chunk, bytesRead: number, before: Writing): Writing {
  const from = running.rows;
  running.rows += chunk.rows;
  const { promise: written, resolve, reject } = Promise.withResolvers<boolean>();
  const committed = writeChunk(running, chunk, { from, bytesRead, before, written: () => resolve(true) });
  committed.then(resolve, reject);
  written.catch(() => undefined); // it is awaited with the next chunk, or `committed` at the end
  return { written, committed };
}

type Place = { from: number; bytesRead: number; before: Writing; written: () => void };

/** False: the import was cancelled meanwhile, or another worker has taken it up; then nothing of the chunk stays. */
async function writeChunk(running: Running, chunk: Chunk, place: Place): Promise<boolean> {
  const { scope, importId, listId, settings } = running;
  return unlessTurnedBack(scope, async (tx) => {
    await Promise.all([
      // A lost commit only means that a restarted import reads this chunk again: rows and counters go together.
      tx.execute(sql`select set_config('synchronous_commit', 'off', true)`),
      tx.execute(sql`set constraints all deferred`),
    ]);
    const target = {
      workspaceId: scope.workspaceId,
      importId,
      listId,
      asksConsent: settings.columns.includes('email_consent'),
    };
    for (const [address, reason] of await rowsOutOfReach(tx, running.importer, chunk.contacts.values()))
      chunk.reject(address, reason);
    const statements = contactStatements(target, [...chunk.contacts.values()]);
    if (!(await place.before.written)) throw new TurnedBack();
    const written = await writeContacts(tx, statements);
    if (!(await place.before.committed)) throw new TurnedBack();
    place.written();
    const again = written.duplicates.map(
      (row): Rejected => ({ row, reason: 'duplicate', values: chunk.values.get(row) ?? [] }),
    );
    const rejected = [...chunk.rejected, ...again];
    const duplicates = rejected.filter(({ reason }) => reason === 'duplicate').length;
    // The row of the import is the fence: whoever does not find the counter where they left it is not alone.
    const [mine] = await tx
      .update(imports)
      .set({
        rows: place.from + chunk.rows,
        created: sql`${imports.created} + ${written.created}`,
        updated: sql`${imports.updated} + ${written.updated}`,
        duplicates: sql`${imports.duplicates} + ${duplicates}`,
        invalid: sql`${imports.invalid} + ${rejected.length - duplicates}`,
        bytesRead: place.bytesRead,
      })
      .where(
        and(
          eq(imports.workspaceId, scope.workspaceId),
          eq(imports.id, importId),
          eq(imports.status, 'running'),
          eq(imports.rows, place.from),
        ),
      )
      .returning({ id: imports.id });
    if (!mine) throw new TurnedBack();
    await writeRejections(tx, running, rejected);
  });
}

/** Thrown to roll a chunk back. */
class TurnedBack extends Error {}

async function unlessTurnedBack(scope: Scope, work: (tx: ScopedTx) => Promise<void>): Promise<boolean> {
  try {
    // The next chunk may have written by then, and waits for this one.
    await inScope(scope, work, { tries: 1 });
    return true;
  } catch (error) {
    if (error instanceof TurnedBack) return false;
    throw error;
  }
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
