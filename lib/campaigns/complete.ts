import { and, count, eq, sql } from 'drizzle-orm';
import type { Scope } from '../auth/scope';
import { campaigns } from '../db/schema/campaigns';
import { deliveries } from '../db/schema/deliveries';
import { inScope, inScopeOnce, type ScopedTx } from '../db/scoped';
import { type DeliveryState, endStates } from '../db/states';
import type { CampaignId } from '../ids';
import { log } from '../log';
import { changeStatus, statusOf } from './change-status';

/** Looks from the last batch on, which is the last to be sent: the others have left many dead entries in the index. */
const nobodyLeft = (scope: Scope, id: CampaignId) => sql`${campaigns.planned} is not null and (
  select 1 from deliveries d
  where d.workspace_id = ${scope.workspaceId} and d.campaign_id = ${id}
    and d.state in ('queued', 'sending', 'retrying')
  order by d.batch desc limit 1) is null`;

/** The same for somebody who has just ended a batch, mostly one of many: a single statement unless it was the last. */
export async function completeAfterBatch(scope: Scope, id: CampaignId): Promise<void> {
  const done = await inScopeOnce(
    scope,
    sql`select 1 as done from ${campaigns}
      where ${campaigns.workspaceId} = ${scope.workspaceId} and ${campaigns.id} = ${id}
        and ${campaigns.status} = 'sending' and ${nobodyLeft(scope, id)}`,
  );
  if (done.length > 0) await inScope(scope, (tx) => completeIfDone(tx, scope, id));
}

/**
 * Completes a campaign whose whole audience is in the ledger and has ended. Checks first that
 * planned = sent + failed + skipped + unconfirmed + cancelled; an equation that fails is a bug, and is left to be seen.
 */
export async function completeIfDone(tx: ScopedTx, scope: Scope, id: CampaignId): Promise<boolean> {
  const [campaign] = await tx
    .select({ planned: campaigns.planned })
    .from(campaigns)
    .where(
      and(
        eq(campaigns.workspaceId, scope.workspaceId),
        eq(campaigns.id, id),
        eq(campaigns.status, 'sending'),
        nobodyLeft(scope, id),
      ),
    );
  if (!campaign) return false;
  // Somebody may be put back into the queue at this moment. They hold this lock, and then are seen by what follows.
  await statusOf(tx, scope, id, true);
  const states = await countStates(tx, scope, id);
  if (states.queued + states.sending + states.retrying > 0) return false;
  const ended = endStates.reduce((sum, state) => sum + states[state], 0);
  if (ended !== campaign.planned) {
    log.error({ campaign: id, planned: campaign.planned, ...states }, 'the ledger does not add up');
    return false;
  }
  const set = { completedAt: new Date(), problem: null };
  const completed = await changeStatus(tx, scope, id, 'complete', { set, detail: states });
  return completed.ok;
}

/** Rows of the ledger by state, from the rows themselves: an index-only count. */
async function countStates(
  tx: ScopedTx,
  scope: Scope,
  id: CampaignId,
): Promise<Record<DeliveryState, number>> {
  const counts: Record<DeliveryState, number> = {
    queued: 0,
    sending: 0,
    retrying: 0,
    sent: 0,
    failed: 0,
    skipped: 0,
    unconfirmed: 0,
    cancelled: 0,
  };
  const rows = await tx
    .select({ state: deliveries.state, n: count() })
    .from(deliveries)
    .where(and(eq(deliveries.workspaceId, scope.workspaceId), eq(deliveries.campaignId, id)))
    .groupBy(deliveries.state);
  for (const row of rows) counts[row.state] = row.n;
  return counts;
}
