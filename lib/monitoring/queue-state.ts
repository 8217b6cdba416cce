import { and, asc, eq, gt, sql } from 'drizzle-orm';
import { deliveryShapes, sumOf } from '../analytics/delivery-counts';
import type { Scope } from '../auth/scope';
import { unsafeDatabase } from '../db/client';
import { campaigns } from '../db/schema/campaigns';
import { workers } from '../db/schema/operation';
import type { ScopedTx } from '../db/scoped';

/** What waits in a workspace to be sent. */
export type QueueState = {
  /** Messages of campaigns that are being sent. */
  waiting: number;
  /** Since when the campaign that waits longest has been going out. */
  oldestSince: Date | null;
};

/** From the counts of the ledger: a million who wait take no longer than one. */
export async function queueState(tx: ScopedTx, scope: Scope): Promise<QueueState> {
  const sending = await tx
    .select({ id: campaigns.id, startedAt: campaigns.startedAt })
    .from(campaigns)
    .where(and(eq(campaigns.workspaceId, scope.workspaceId), eq(campaigns.status, 'sending')))
    .orderBy(asc(campaigns.startedAt));
  if (sending.length === 0) return { waiting: 0, oldestSince: null };
  const shapes = await deliveryShapes(
    tx,
    scope,
    sending.map(({ id }) => id),
  );
  const open = shapes.filter(({ state }) => ['queued', 'sending', 'retrying'].includes(state));
  const oldest = sending.find(({ id }) => sumOf(open, ({ campaignId }) => campaignId === id) > 0);
  return { waiting: sumOf(open, () => true), oldestSince: oldest?.startedAt ?? null };
}

/** Worker processes whose sign of life still holds. */
export async function workersAlive(): Promise<number> {
  const rows = await unsafeDatabase()
    .select({ id: workers.id })
    .from(workers)
    .where(gt(workers.aliveUntil, sql`clock_timestamp()`));
  return rows.length;
}
