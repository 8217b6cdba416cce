import { type SQL, sql } from 'drizzle-orm';
import { PgDialect } from 'drizzle-orm/pg-core';
import type { UserId, WorkspaceId } from '../ids';
import { type Database, unsafeDatabase } from './client';

export type Transaction = Parameters<Parameters<Database['transaction']>[0]>[0];

declare const scoped: unique symbol;

/** A transaction in which row-level security shows one workspace and no other. */
export type ScopedTx = Transaction & { readonly [scoped]: true };

type Workspace = { readonly workspaceId: WorkspaceId };

/** Turns a transaction into one that sees a workspace's rows; the setting ends with it, so that no pooled connection carries it on. */
export async function enterScope(tx: Transaction, scope: Workspace): Promise<ScopedTx> {
  await tx.execute(sql`select set_config('app.workspace_id', ${scope.workspaceId}, true)`);
  return tx as ScopedTx;
}

/** Runs `work` in one transaction that sees the rows of the scope's workspace only: the way to tenant tables. */
export function inScope<Value>(scope: Workspace, work: (tx: ScopedTx) => Promise<Value>): Promise<Value> {
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
  scope: Workspace,
  statement: SQL,
  { durable = true } = {},
): Promise<Row[]> {
  const { sql: text, params } = dialect.sqlToQuery(statement);
  let rows: Row[] = [];
  await unsafeDatabase().$client.begin(async (tx) => {
    const [, found] = await Promise.all([
      durable
        ? tx`select set_config('app.workspace_id', ${scope.workspaceId}, true)`
        : tx`select set_config('app.workspace_id', ${scope.workspaceId}, true), set_config('synchronous_commit', 'off', true)`,
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
