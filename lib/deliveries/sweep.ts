import { and, eq, lt, sql } from 'drizzle-orm';
import { forgetOldAnswers } from '../api/idempotency';
import { mintSystemScope, type Scope } from '../auth/scope';
import { enqueueBatches, openBatches } from '../campaigns/batches';
import { completeIfDone } from '../campaigns/complete';

import { unsafeDatabase } from '../db/client';
import { campaigns } from '../db/schema/campaigns';
import { workers } from '../db/schema/operation';
import { workspaces } from '../db/schema/workspaces';
import { inScope, inScopeOnce, type ScopedTx } from '../db/scoped';
import type { DeliveryState } from '../db/states';
import type { CampaignId } from '../ids';
import { launchCampaign as launchJob } from '../jobs/definitions';
import { liveCampaignJobs } from '../jobs/live';
import { enqueue } from '../jobs/queue';
import { announceCampaign } from '../live/announce';
import { log } from '../log';
import type { Claims } from './claim';
import type { Engine } from './engine';
import { retries } from './outcome';
import { endReplays } from './replays';
import { hasArrived } from './settle';
import { sendReturned } from './soft-bounces';

/** Any number of its own: one worker sweeps a workspace, the others leave it alone meanwhile. */
const sweepLock = 7_205_759_405;

/**
 * What keeps campaigns going when a worker died: ends claims that ran out, starts what has work and no job, completes what
 * is done. Safe at any time, in any number.
 */
export async function sweepAll(engine: Sweeping): Promise<void> {
  const all = await unsafeDatabase().select({ id: workspaces.id }).from(workspaces);
  for (const { id } of all) {
    const scope = mintSystemScope(id);
    await sweep(scope, engine);
    await forgetOldAnswers(scope);
  }
}

/**
 * Forgets workers that nobody has heard of for a day, and what they had handed over. Only after many sweeps: after a long
 * time without power their claims are still open, and that record is what keeps their messages from being sent again.
 */
export async function forgetDeadWorkers(): Promise<void> {
  await unsafeDatabase().delete(workers).where(lt(workers.seenAt, sql`now() - interval '1 day'`));
}

type Sweeping = Pick<Engine, 'claims' | 'life'>;

export async function sweep(scope: Scope, { claims, life }: Sweeping): Promise<void> {
  await reap(scope, claims, life.id);
  await cancelLeftOver(scope);
  await endReplays(scope);
  await sendReturned(scope);
  const sending = await inScope(scope, (tx) =>
    tx
      .select({ id: campaigns.id, planned: campaigns.planned })
      .from(campaigns)
      .where(and(eq(campaigns.workspaceId, scope.workspaceId), eq(campaigns.status, 'sending'))),
  );
  for (const campaign of sending)
    await inScope(scope, async (tx) => {
      const [turn] = await tx.execute<{ mine: boolean }>(
        sql`select pg_try_advisory_xact_lock(${sweepLock}::bigint + hashtext(${campaign.id})) as mine`,
      );
      if (turn?.mine) await revive(tx, scope, campaign);
    });
}

/**
 * Claims whose worker is gone. What it had written down as handed over may have gone out: it waits for its request to be sent
 * again, if it was one that can be; else it becomes `unconfirmed`, or is sent again where the workspace wants that. Nothing of the rest has: it waits on as if it had never been claimed. Claims
 * of this very process that it knows nothing of are such whose answer never came, and were handed to nobody.
 */
async function reap(scope: Scope, claims: Claims, workerId: string): Promise<void> {
  const { workspaceId } = scope;
  const mine = await inScopeOnce<{ id: string; fence: number }>(
    scope,
    sql`
    select id, fence from deliveries
    where workspace_id = ${workspaceId} and state = 'sending' and claimed_by = ${workerId}
      and campaign_id = any(array(${underWay(scope)}))`,
  );
  const orphans = mine.filter(({ fence }) => !claims.isOpen(fence));
  const reaped = await inScopeOnce<{ state: DeliveryState; campaign: CampaignId }>(
    scope,
    sql`
    with dead as materialized (
      select d.id, d.replay_id is not null or d.claimed_by is null or exists (
        select from handovers h
        where h.worker_id = d.claimed_by and h.fence = d.fence and d.id = any(h.delivery_ids)) as handed
      from deliveries d
      where d.workspace_id = ${workspaceId} and d.state = 'sending' and d.campaign_id = any(array(${underWay(scope)}))
        and (
          (d.claimed_by is null and d.lease_until < clock_timestamp())
          -- Under that fence: this process may have claimed it anew since.
          or d.id = any(${`{${orphans.map(({ id }) => id).join(',')}}`}::uuid[])
            and d.fence = any(${`{${orphans.map(({ fence }) => fence).join(',')}}`}::int[])
          -- By the time before this statement looked: what a worker has written by then, it sees.
          or not exists (select from workers w where w.id = d.claimed_by and w.alive_until > now())
            and d.claimed_by is not null)
      for no key update of d skip locked
    ), reaped as (
      update deliveries d set claimed_by = null, lease_until = null,
        state = (case
          when ${hasArrived} then 'sent'
          when d.replay_id is not null and k.status <> 'cancelled' then 'retrying'
          when not handed and k.status = 'cancelled' then 'cancelled'
          when not handed then 'queued'
          when w.unconfirmed_policy = 'send_again' and d.attempts <= ${retries}::int and k.status <> 'cancelled' then 'retrying'
          else 'unconfirmed' end)::delivery_state,
        reason = case when handed and not ${hasArrived} then 'in_doubt' end,
        sent_at = case when ${hasArrived} then clock_timestamp() end,
        attempts = d.attempts - case when handed then 0 else 1 end,
        retry_at = null,
        replay_id = case when k.status <> 'cancelled' and not ${hasArrived} then d.replay_id end
      from dead, campaigns k, workspaces w
      where d.workspace_id = ${workspaceId} and d.id = any(array(select id from dead)) and d.id = dead.id
        and k.workspace_id = ${workspaceId} and k.id = d.campaign_id and w.id = ${workspaceId}
      returning d.id, d.attempts, d.state, d.campaign_id, handed
    ), kept as (
      insert into delivery_attempts (workspace_id, id, delivery_id, attempt, reason, detail)
      select ${workspaceId}, uuid_v7(), id, attempts, 'in_doubt',
        'The worker that sent it ended before the provider’s answer was written down.' from reaped where handed
    )
    select state, campaign_id as campaign from reaped`,
  );
  if (reaped.length === 0) return;
  for (const id of new Set(reaped.map(({ campaign }) => campaign))) announceCampaign(id);
  const unconfirmed = reaped.filter(({ state }) => state === 'unconfirmed').length;
  log.warn(
    { workspace: workspaceId, claims: reaped.length, unconfirmed },
    'claims were left by their worker',
  );
}

/** Who was settled to wait on while the campaign was cancelled, neither of the two seeing the other. */
async function cancelLeftOver(scope: Scope): Promise<void> {
  const { workspaceId } = scope;
  await inScopeOnce(
    scope,
    sql`
    update deliveries d set retry_at = null, replay_id = null,
      state = (case when d.replay_id is null then 'cancelled' else 'unconfirmed' end)::delivery_state
    where d.workspace_id = ${workspaceId} and d.state in ('queued', 'retrying') and d.campaign_id = any(array(
      select k.id from campaigns k where k.workspace_id = ${workspaceId} and k.status = 'cancelled'
        and k.completed_at > now() - interval '1 day'))`,
  );
}

const underWay = ({ workspaceId }: Scope) => sql`select k.id from campaigns k
  where k.workspace_id = ${workspaceId} and k.status in ('sending', 'paused', 'cancelled')`;

async function revive(
  tx: ScopedTx,
  scope: Scope,
  { id, planned }: Pick<typeof campaigns.$inferSelect, 'id' | 'planned'>,
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
  await enqueueBatches(tx, scope, id, stranded);
}
