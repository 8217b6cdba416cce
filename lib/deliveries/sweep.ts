import { and, eq, sql } from 'drizzle-orm';
import { mintSystemScope, type Scope } from '../auth/scope';
import { completeIfDone } from '../campaigns/complete';
import { openBatches } from '../campaigns/status';
import { unsafeDatabase } from '../db/client';
import { campaigns, workspaces } from '../db/schema';
import { inScope, type ScopedTx } from '../db/scoped';
import { launchCampaign as launchJob, sendBatch } from '../jobs/definitions';
import { liveCampaignJobs } from '../jobs/live';
import { enqueue } from '../jobs/queue';
import { log } from '../log';

/** Any number of its own: one worker sweeps a workspace, the others leave it alone meanwhile. */
const sweepLock = 7_205_759_405;

/**
 * What keeps campaigns going when a worker died: ends claims that ran out, starts what has work and no job, completes what
 * is done. Safe at any time, in any number.
 */
export async function sweepAll(): Promise<void> {
  const all = await unsafeDatabase().select({ id: workspaces.id }).from(workspaces);
  for (const { id } of all) await sweep(mintSystemScope(id));
}

export async function sweep(scope: Scope): Promise<void> {
  const sending = await inScope(scope, async (tx) => {
    await reap(tx, scope);
    return tx
      .select({ id: campaigns.id, planned: campaigns.planned, senderId: campaigns.senderId })
      .from(campaigns)
      .where(and(eq(campaigns.workspaceId, scope.workspaceId), eq(campaigns.status, 'sending')));
  });
  for (const campaign of sending)
    await inScope(scope, async (tx) => {
      const [turn] = await tx.execute<{ mine: boolean }>(
        sql`select pg_try_advisory_xact_lock(${sweepLock}::bigint + hashtext(${campaign.id})) as mine`,
      );
      if (turn?.mine) await revive(tx, scope, campaign);
    });
}

/**
 * A claim that ran out belonged to a worker that is gone. It wrote down no difference between "composed" and "handed over",
 * so its messages may have gone out: they become `unconfirmed`, and nobody gets a second one.
 */
async function reap(tx: ScopedTx, scope: Scope): Promise<void> {
  const { workspaceId } = scope;
  const reaped = await tx.execute<{ campaign_id: string }>(sql`
    with reaped as (
      update deliveries d set state = 'unconfirmed', reason = 'in_doubt', lease_until = null
      where d.workspace_id = ${workspaceId} and d.state = 'sending' and d.lease_until < clock_timestamp()
        and d.campaign_id = any(array(
          select k.id from campaigns k
          where k.workspace_id = ${workspaceId} and k.status in ('sending', 'paused', 'cancelled')))
      returning d.id, d.campaign_id, d.attempts
    ), kept as (
      insert into delivery_attempts (workspace_id, id, delivery_id, attempt, reason, detail)
      select ${workspaceId}, uuid_v7(), id, attempts, 'in_doubt',
        'The worker that sent it ended before the provider’s answer was written down.' from reaped
    )
    select campaign_id from reaped`);
  if (reaped.length > 0)
    log.warn({ workspace: workspaceId, unconfirmed: reaped.length }, 'claims ran out: their worker is gone');
}

async function revive(
  tx: ScopedTx,
  scope: Scope,
  { id, planned, senderId }: Pick<typeof campaigns.$inferSelect, 'id' | 'planned' | 'senderId'>,
): Promise<void> {
  if (await completeIfDone(tx, scope, id)) return;
  const { workspaceId } = scope;
  const live = await liveCampaignJobs(tx, id);
  if (planned === null && !live.launching) {
    log.warn({ campaign: id }, 'a launch had no job; it goes on');
    await enqueue(tx, launchJob, [{ workspaceId, campaignId: id }]);
  }
  const stranded = (await openBatches(tx, scope, id)).filter((batch) => !live.batches.has(batch));
  if (stranded.length === 0) return;
  log.warn({ campaign: id, batches: stranded.length }, 'batches had work and no job; they go on');
  await enqueue(
    tx,
    sendBatch,
    stranded.map((batch) => ({ workspaceId, campaignId: id, batch })),
    { group: { id: senderId ?? id } },
  );
}
