import { gt, sql } from 'drizzle-orm';
import type { Scope } from '../auth/scope';
import { unsafeDatabase } from '../db/client';
import { workers } from '../db/schema/operation';
import type { ScopedTx } from '../db/scoped';

/** What waits in a workspace to be sent. */
export type QueueState = {
  /** Messages of campaigns that are being sent. */
  waiting: number;
  /** Since when the campaign that waits longest has been going out. */
  oldestSince: Date | null;
};

/** Counted from the ledger, by the index of what is open. */
export async function queueState(tx: ScopedTx, { workspaceId }: Scope): Promise<QueueState> {
  const [row] = await tx.execute<{ waiting: number; oldest: string | null }>(sql`
    select coalesce(sum(open.n), 0)::int as waiting, min(k.started_at) filter (where open.n > 0)::text as oldest
    from campaigns k cross join lateral (
      select count(*) as n from deliveries d
      where d.workspace_id = ${workspaceId} and d.campaign_id = k.id and d.state in ('queued', 'sending', 'retrying')
    ) open
    where k.workspace_id = ${workspaceId} and k.status = 'sending'`);
  return { waiting: row?.waiting ?? 0, oldestSince: row?.oldest ? new Date(row.oldest) : null };
}

/** Worker processes whose sign of life still holds. */
export async function workersAlive(): Promise<number> {
  const rows = await unsafeDatabase()
    .select({ id: workers.id })
    .from(workers)
    .where(gt(workers.aliveUntil, sql`clock_timestamp()`));
  return rows.length;
}
