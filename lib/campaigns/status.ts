import { and, eq, inArray, sql } from 'drizzle-orm';
import type { Scope } from '../auth/scope';
import { campaigns } from '../db/schema/campaigns';
import { deliveries } from '../db/schema/deliveries';
import { inScope, type ScopedTx } from '../db/scoped';
import { ok } from '../errors';
import type { CampaignId } from '../ids';
import { launchCampaign as launchJob } from '../jobs/definitions';
import { enqueue } from '../jobs/queue';
import { enqueueBatches, openBatches, takeTurn } from './batches';
import { type Changed, changeStatus, statusOf } from './change-status';
import { completeIfDone } from './complete';
import { forgetQuiet } from './wake';

/** Stops claiming further recipients. What is on the wire goes out. `problem` tells a person why the system did it. */
export function pauseCampaign(scope: Scope, id: CampaignId, problem: string | null = null): Promise<Changed> {
  const detail = problem === null ? {} : { problem };
  return inScope(scope, (tx) => changeStatus(tx, scope, id, 'pause', { set: { problem }, detail }));
}

/** Goes on where the campaign was paused. */
export function resumeCampaign(scope: Scope, id: CampaignId): Promise<Changed> {
  return inScope(scope, async (tx) => {
    const resumed = await changeStatus(tx, scope, id, 'resume', { set: { problem: null } });
    if (!resumed.ok) return resumed;
    await forgetQuiet(tx, scope, id);
    await wakeCampaign(tx, scope, id);
    await completeIfDone(tx, scope, id);
    return ok({ status: (await statusOf(tx, scope, id)) ?? resumed.value.status });
  });
}

/** Ends a campaign. Whoever was not written to yet becomes `cancelled`, and who is in doubt stays so; what is on the wire goes out and is counted. */
export function cancelCampaign(scope: Scope, id: CampaignId): Promise<Changed> {
  return inScope(scope, async (tx) => {
    const set = { problem: null, held: false, completedAt: new Date() };
    const cancelled = await changeStatus(tx, scope, id, 'cancel', { set });
    if (!cancelled.ok) return cancelled;
    await tx
      .update(deliveries)
      .set({
        state: sql`(case when ${deliveries.replayId} is null then 'cancelled' else 'unconfirmed' end)::delivery_state`,
        ...{ retryAt: null, replayId: null },
      })
      .where(
        and(
          eq(deliveries.workspaceId, scope.workspaceId),
          eq(deliveries.campaignId, id),
          inArray(deliveries.state, ['queued', 'retrying']),
        ),
      );
    return cancelled;
  });
}

/** Jobs for everything that a sending campaign still has to do. One too many does no harm. */
export async function wakeCampaign(tx: ScopedTx, scope: Scope, id: CampaignId): Promise<void> {
  const { workspaceId } = scope;
  const [campaign] = await tx
    .select({ planned: campaigns.planned })
    .from(campaigns)
    .where(and(eq(campaigns.workspaceId, workspaceId), eq(campaigns.id, id)));
  if (!campaign) return;
  if (campaign.planned === null) await enqueue(tx, launchJob, [{ workspaceId, campaignId: id }]);
  const open = await openBatches(tx, scope, id);
  await takeTurn(tx, scope, id, open[0] ?? 0);
  await enqueueBatches(tx, scope, id, open);
}
