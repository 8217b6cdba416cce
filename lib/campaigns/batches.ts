import { and, eq, inArray, isNotNull, sql } from 'drizzle-orm';
import type { Scope } from '../auth/scope';
import { campaigns } from '../db/schema/campaigns';
import { deliveries } from '../db/schema/deliveries';
import type { ScopedTx } from '../db/scoped';
import type { CampaignId } from '../ids';
import { sendBatch } from '../jobs/definitions';
import { firstWaiting } from '../jobs/live';
import { enqueue } from '../jobs/queue';

/*
 * Campaigns that share a sender take turns, batch by batch, however long they are and whenever they began: start-time fair
 * queueing. A job's priority is how far its campaign has come; one that begins, or goes on after a pause, begins where the
 * others are.
 */

/** Lets a campaign begin with this batch where its sender's other campaigns are now. Before its jobs are added. */
export async function takeTurn(
  tx: ScopedTx,
  scope: Scope,
  id: CampaignId,
  firstBatch: number,
): Promise<void> {
  const mine = and(eq(campaigns.workspaceId, scope.workspaceId), eq(campaigns.id, id));
  const [campaign] = await tx.select({ senderId: campaigns.senderId }).from(campaigns).where(mine);
  const priority = await firstWaiting(tx, sendBatch, campaign?.senderId ?? id);
  await tx
    .update(campaigns)
    .set({ turn: -priority - firstBatch })
    .where(mine);
}

/** Adds jobs for batches of a campaign. One too many does no harm. */
export async function enqueueBatches(
  tx: ScopedTx,
  scope: Scope,
  id: CampaignId,
  batches: number[],
): Promise<void> {
  if (batches.length === 0) return;
  const { workspaceId } = scope;
  const [campaign] = await tx
    .select({ senderId: campaigns.senderId, turn: campaigns.turn })
    .from(campaigns)
    .where(and(eq(campaigns.workspaceId, workspaceId), eq(campaigns.id, id)));
  if (!campaign) return;
  await enqueue(
    tx,
    sendBatch,
    batches.map((batch) => ({ workspaceId, campaignId: id, batch })),
    {
      group: { id: campaign.senderId ?? id },
      priority: ({ batch }) => -(campaign.turn + batch),
    },
  );
}

/** The batches that have somebody left to write to. */
export async function openBatches(tx: ScopedTx, scope: Scope, id: CampaignId): Promise<number[]> {
  const rows = await tx
    .selectDistinct({ batch: deliveries.batch })
    .from(deliveries)
    .where(
      and(
        eq(deliveries.workspaceId, scope.workspaceId),
        eq(deliveries.campaignId, id),
        inArray(deliveries.state, ['queued', 'retrying']),
        isNotNull(deliveries.batch),
      ),
    )
    .orderBy(deliveries.batch);
  return rows.flatMap((row) => (row.batch === null ? [] : [row.batch]));
}

/** Refreshes the planner's statistics of a ledger that has outgrown them: without, it may take any index for a row. */
export async function refreshStatistics(tx: ScopedTx, rows: number): Promise<void> {
  const [known] = await tx.execute<{ rows: number }>(
    sql`select reltuples::float8 as rows from pg_class where oid = 'deliveries'::regclass`,
  );
  if (known && known.rows < rows / 10) await tx.execute(sql`analyze deliveries`);
}
