import { type SQL, sql } from 'drizzle-orm';
import { PgDialect } from 'drizzle-orm/pg-core';
import type { ListId, UserId, WorkspaceId } from '../ids';
import { type Database, unsafeDatabase } from './client';

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

/** Runs `work` in one transaction that sees what the scope may see: the way to tenant tables. */
export function inScope<Value>(scope: Seen, work: (tx: ScopedTx) => Promise<Value>): Promise<Value> {
  return unsafeDatabase().transaction(async (tx) => work(await enterScope(tx, scope)));
}

const dialect = new PgDialect();

function parameter(value: unknown): string | number | boolean | null {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return value;
  throw new TypeError(`a ${typeof value} is no parameter of a statement`);
}

/**
 * Runs one statement in a transaction of its own that sees the rows of the scope's workspace only; quicker than `inScope`
 * by a round trip. Not `durable`: a crash of the server may undo it, unless something durable was committed after it.
 */
export async function inScopeOnce<Row extends Record<string, unknown>>(
  scope: Seen,
  statement: SQL,
  { durable = true } = {},
): Promise<Row[]> {
  const { sql: text, params } = dialect.sqlToQuery(statement);
  let rows: Row[] = [];
  await unsafeDatabase().$client.begin(async (tx) => {
    const { workspace, lists, principal } = settingsOf(scope);
    const [, found] = await Promise.all([
      tx`select set_config('app.workspace_id', ${workspace}, true), set_config('app.lists', ${lists}, true),
        set_config('app.principal', ${principal}, true)
        ${durable ? tx`` : tx`, set_config('synchronous_commit', 'off', true)`}`,
      tx.unsafe<Row[]>(text, params.map(parameter), { prepare: true }),
    ]);
    rows = [...found];
  });
  return rows;
}

/** Runs `work` in a transaction that sees one user's memberships: how a session finds its workspaces. */
export function asUser<Value>(userId: UserId, work: (tx: Transaction) => Promise<Value>): Promise<Value> {
  return unsafeDatabase().transaction(async (tx) => {
    await tx.execute(sql`select set_config('app.user_id', ${userId}, true)`);
    return work(tx);
  });
}
