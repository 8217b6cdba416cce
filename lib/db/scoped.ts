import { type SQL, sql } from 'drizzle-orm';
import { PgDialect } from 'drizzle-orm/pg-core';
import postgres from 'postgres';
import type { ListId, UserId, WorkspaceId } from '../ids';
import { log } from '../log';
import { gaveWay } from './away';
import { type Database, unsafeDatabase, whileOpen } from './client';

export type Transaction = Parameters<Parameters<Database['transaction']>[0]>[0];

declare const scoped: unique symbol;

/** A transaction in which row-level security shows one workspace and no other. */
export type ScopedTx = Transaction & { readonly [scoped]: true };

/** What the database must know of somebody to hide what is not theirs: lib/auth/scope.ts has the whole of it. */
type Seen = {
  readonly workspaceId: WorkspaceId;
  readonly by: { readonly kind: 'system' } | { readonly kind: 'member' | 'key'; readonly id: string };
  readonly lists: 'all' | ReadonlyMap<ListId, unknown>;
};

/** The settings that the policies of ./schema.ts read. `app.lists` is empty for whoever sees all. */
const settingsOf = ({ workspaceId, by, lists }: Seen) => ({
  workspace: workspaceId,
  lists: lists === 'all' ? '' : `{${[...lists.keys()].join(',')}}`,
  principal: by.kind === 'system' ? '' : by.id,
});

/**
 * Turns a transaction into one that sees what a scope may see and no other row; the settings end with it, so that no
 * pooled connection carries them on.
 */
export async function enterScope(tx: Transaction, scope: Seen): Promise<ScopedTx> {
  const { workspace, lists, principal } = settingsOf(scope);
  await tx.execute(sql`select set_config('app.workspace_id', ${workspace}, true),
    set_config('app.lists', ${lists}, true), set_config('app.principal', ${principal}, true)`);
  return tx as ScopedTx;
}

/**
 * Lets `work` see the whole workspace within a transaction of somebody who sees some of its lists: to write rows that they
 * cannot see before they are on a list, and to find out that an address is taken. Answer nothing of what it reads.
 */
export async function unsafeAllLists<Value>(
  tx: ScopedTx,
  scope: Seen,
  work: () => PromiseLike<Value>,
): Promise<Value> {
  if (scope.lists === 'all') return work();
  await tx.execute(sql`select set_config('app.lists', '', true)`);
  const value = await work(); // when it throws, the transaction ends with the setting
  await tx.execute(sql`select set_config('app.lists', ${settingsOf(scope).lists}, true)`);
  return value;
}

/** How often a transaction begins at most. Of those that wait for each other one goes on each time. */
const mostTries = 5;

/** Of transactions that wait for each other the database ends one, of which nothing was done. It begins anew. */
async function untilItsTurn<Value>(run: () => Promise<Value>, most = mostTries): Promise<Value> {
  for (let tries = 1; ; tries++) {
    try {
      return await run();
    } catch (error) {
      if (tries >= most || !gaveWay(error)) throw error;
      log.info({ tries }, 'a transaction gave way to another, and begins anew');
    }
  }
}

/**
 * Runs `work` in one transaction that sees what the scope may see: the way to tenant tables. When the transaction has to give
 * way to another, `work` is run again: what it tells the world outside of the transaction it must be able to say twice, or else
 * `tries` is 1.
 */
export function inScope<Value>(
  scope: Seen,
  work: (tx: ScopedTx) => Promise<Value>,
  { tries = mostTries } = {},
): Promise<Value> {
  return untilItsTurn(
    () => unsafeDatabase().transaction(async (tx) => work(await enterScope(tx, scope))),
    tries,
  );
}

const dialect = new PgDialect();
const { PostgresError } = postgres;

function parameter(value: unknown): string | number | boolean | null {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return value;
  throw new TypeError(`a ${typeof value} is no parameter of a statement`);
}

/**
 * Runs one statement in a transaction of its own that sees the rows of the scope's workspace only; quicker than `inScope`
 * because all of it, from begin to commit, is one round trip. When it throws, the statement may have been done if the
 * connection was lost, as with any commit. Not `durable`: a crash of the server may undo it, unless something durable was
 * committed after it.
 */
export function inScopeOnce<Row extends Record<string, unknown>>(
  scope: Seen,
  statement: SQL,
  { durable = true } = {},
): Promise<Row[]> {
  return untilItsTurn(() => {
    const database = unsafeDatabase();
    return whileOpen(database, once<Row>(database, scope, statement, durable));
  });
}

async function once<Row extends Record<string, unknown>>(
  database: Database,
  scope: Seen,
  statement: SQL,
  durable: boolean,
): Promise<Row[]> {
  const { sql: text, params } = dialect.sqlToQuery(statement);
  const values = params.map(parameter);
  const { workspace, lists, principal } = settingsOf(scope);
  const tx = await database.$client.reserve();
  // Each begins at once, in this order; what the database refuses makes the commit behind it a rollback.
  const answers = [
    tx`begin`.execute(),
    tx`select set_config('app.workspace_id', ${workspace}, true), set_config('app.lists', ${lists}, true),
      set_config('app.principal', ${principal}, true)
      ${durable ? tx`` : tx`, set_config('synchronous_commit', 'off', true)`}`.execute(),
    tx.unsafe<Row[]>(text, values, { prepare: true }).execute(),
    tx`commit`.execute(),
  ] as const;
  // Not before all is answered: another transaction would take what is left for its own. A lost connection goes with its pool.
  void Promise.allSettled(answers).then((all) => {
    if (all.every((one) => one.status === 'fulfilled' || one.reason instanceof PostgresError)) tx.release();
  });
  const [, , rows, end] = await Promise.all(answers);
  // The driver repeats a statement whose plan is outdated, and then it comes behind the end: nothing was done.
  if (end.command !== 'COMMIT') throw new Error('the transaction was rolled back');
  return [...rows];
}

/** Runs `work` in a transaction that sees one user's memberships: how a session finds its workspaces. */
export function asUser<Value>(userId: UserId, work: (tx: Transaction) => Promise<Value>): Promise<Value> {
  return unsafeDatabase().transaction(async (tx) => {
    await tx.execute(sql`select set_config('app.user_id', ${userId}, true)`);
    return work(tx);
  });
}
