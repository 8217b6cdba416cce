import { sql } from 'drizzle-orm';
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

/** Runs `work` in a transaction that sees one user's memberships: how a session finds its workspaces. */
export function asUser<Value>(userId: UserId, work: (tx: Transaction) => Promise<Value>): Promise<Value> {
  return unsafeDatabase().transaction(async (tx) => {
    await tx.execute(sql`select set_config('app.user_id', ${userId}, true)`);
    return work(tx);
  });
}
