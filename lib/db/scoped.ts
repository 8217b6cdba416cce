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
 * Runs one statement in a transaction of its own that sees the rows of the scope's workspace only. All of it is sent in one
 * piece: it costs one round trip, and a process that is stopped in the middle leaves no transaction open and no row locked.
 */
export async function inScopeOnce<Row extends Record<string, unknown>>(
  scope: Workspace,
  statement: SQL,
): Promise<Row[]> {
  const { sql: text, params } = dialect.sqlToQuery(statement);
  const connection = await unsafeDatabase().$client.reserve();
  try {
    const [begun, scoped, rows, committed] = await Promise.allSettled([
      connection`begin`,
      connection`select set_config('app.workspace_id', ${scope.workspaceId}, true)`,
      connection.unsafe<Row[]>(text, params.map(parameter), { prepare: true }),
      connection`commit`,
    ]);
    for (const result of [begun, scoped, rows, committed])
      if (result.status === 'rejected') throw result.reason;
    return rows.status === 'fulfilled' ? [...rows.value] : [];
  } finally {
    connection.release();
  }
}

/** Runs `work` in a transaction that sees one user's memberships: how a session finds its workspaces. */
export function asUser<Value>(userId: UserId, work: (tx: Transaction) => Promise<Value>): Promise<Value> {
  return unsafeDatabase().transaction(async (tx) => {
    await tx.execute(sql`select set_config('app.user_id', ${userId}, true)`);
    return work(tx);
  });
}
