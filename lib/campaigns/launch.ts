import { and, eq, sql } from 'drizzle-orm';
import type { Scope } from '../auth/scope';
import { campaigns } from '../db/schema/campaigns';
import { deliveries } from '../db/schema/deliveries';
import { inScope, type ScopedTx } from '../db/scoped';
import type { CampaignStatus, Channel } from '../db/states';
import { violatesUnique } from '../db/violation';
import { env } from '../env';
import { type CampaignId, ContactId, type ListId } from '../ids';
import { addressOf, contactById, nextContacts, nextWithLists, skipReason } from './audience';
import { enqueueBatches, refreshStatistics, takeTurn } from './batches';
import { completeIfDone } from './complete';

/** Recipients of one job, 50 unless somebody has set it. Workers may differ: the ledger says who is in which batch. */
export const batchSize = () => env().BATCH_SIZE;

/** Small first, so that the first message leaves at once; then large, so that a million is copied soon. */
const chunkSizes = () => [1, 10, 100].map((batches) => batches * batchSize());

/**
 * Whether an address of a chunk can be in the ledger already, as when it is somebody else's by now. To expect it costs each
 * row another look into the index and an entry in the log, so that it is done only where it has turned out so.
 */
type Addresses = 'new' | 'some known';

/** Where the launch stands. Known to the process that copies, and read anew by one that takes over. */
type Progress = { cursor: ContactId | null; nextBatch: number };

/**
 * Copies the audience of a campaign into the ledger, chunk by chunk; each with its jobs and the cursor in one transaction.
 * Stopped or killed, it goes on behind the last whole chunk. Answers whether it came to the end.
 */
export async function runLaunch(
  scope: Scope,
  campaignId: CampaignId,
  signal: AbortSignal,
  sizes: readonly number[] = chunkSizes(),
): Promise<boolean> {
  let progress: Progress | undefined;
  for (let chunk = 0; !signal.aborted; chunk++) {
    const size = sizes[Math.min(chunk, sizes.length - 1)] ?? batchSize();
    const known = progress;
    const copy = (addresses: Addresses) =>
      inScope(scope, (tx) => copyChunk(tx, scope, campaignId, { size, known, addresses }));
    progress = await copy('new').catch((error: unknown) => {
      if (!violatesUnique(error, 'deliveries_address')) throw error;
      return copy('some known');
    });
    if (!progress) return true;
  }
  return false;
}

/** Undefined: there is nothing left to copy. */
async function copyChunk(
  tx: ScopedTx,
  scope: Scope,
  campaignId: CampaignId,
  { size, known, addresses }: { size: number; known: Progress | undefined; addresses: Addresses },
): Promise<Progress | undefined> {
  const campaign = await lockCampaign(tx, scope, campaignId);
  if (!campaign || campaign.planned !== null || campaign.status === 'draft') return undefined;
  // Somebody else has copied meanwhile: their batch numbers are in the ledger and not in this process.
  const progress =
    known && known.cursor === campaign.cursor
      ? known
      : { cursor: campaign.cursor, nextBatch: await firstFreeBatch(tx, scope, campaignId) };
  // One that the version before has begun goes on without.
  if (!campaign.audience && campaign.cursor === null)
    campaign.audience = await freezeAudience(tx, scope, campaignId);
  const chunk = await insertChunk(tx, scope, campaignId, campaign, { progress, size, addresses });
  if (chunk.cursor === null) {
    await fixPlanned(tx, scope, campaignId);
    return undefined;
  }
  await tx
    .update(campaigns)
    .set({ launchCursor: chunk.cursor })
    .where(and(eq(campaigns.workspaceId, scope.workspaceId), eq(campaigns.id, campaignId)));
  const batches = chunk.lastBatch === null ? 0 : chunk.lastBatch - progress.nextBatch + 1;
  if (batches > 0 && campaign.status === 'sending') {
    if (progress.nextBatch === 0) await takeTurn(tx, scope, campaignId, 0);
    const numbers = Array.from({ length: batches }, (_, n) => progress.nextBatch + n);
    await enqueueBatches(tx, scope, campaignId, numbers);
  }
  await refreshStatistics(tx, (progress.nextBatch + batches) * batchSize());
  return { cursor: chunk.cursor, nextBatch: progress.nextBatch + batches };
}

type Launching = {
  channel: Channel;
  status: CampaignStatus;
  planned: number | null;
  cursor: ContactId | null;
  audience: ListId[] | null;
};

/** The lock makes two launches of one campaign take turns, and lets neither overlook that it was cancelled. */
async function lockCampaign(tx: ScopedTx, scope: Scope, id: CampaignId): Promise<Launching | undefined> {
  const [row] = await tx
    .select({
      channel: campaigns.channel,
      status: campaigns.status,
      planned: campaigns.planned,
      cursor: campaigns.launchCursor,
      audience: campaigns.audience,
    })
    .from(campaigns)
    .where(and(eq(campaigns.workspaceId, scope.workspaceId), eq(campaigns.id, id)))
    .for('no key update');
  return row;
}

/** Keeps in which order its lists are, by which the ledger says through which of them each was reached. */
async function freezeAudience(tx: ScopedTx, scope: Scope, id: CampaignId): Promise<ListId[] | null> {
  const [row] = await tx
    .update(campaigns)
    .set({
      audience: sql`(select array_agg(l.list_id order by l.list_id) from campaign_lists l
        where l.workspace_id = ${scope.workspaceId} and l.campaign_id = ${id})`,
    })
    .where(and(eq(campaigns.workspaceId, scope.workspaceId), eq(campaigns.id, id)))
    .returning({ audience: campaigns.audience });
  return row?.audience ?? null;
}

async function firstFreeBatch(tx: ScopedTx, scope: Scope, id: CampaignId): Promise<number> {
  const [row] = await tx
    .select({ last: sql<number | null>`max(${deliveries.batch})` })
    .from(deliveries)
    .where(and(eq(deliveries.workspaceId, scope.workspaceId), eq(deliveries.campaignId, id)));
  return (row?.last ?? -1) + 1;
}

async function insertChunk(
  tx: ScopedTx,
  scope: Scope,
  campaignId: CampaignId,
  { channel, status, audience }: Launching,
  { progress, size, addresses }: { progress: Progress; size: number; addresses: Addresses },
): Promise<{ cursor: ContactId | null; lastBatch: number | null }> {
  const { workspaceId } = scope;
  const state = status === 'cancelled' ? 'cancelled' : 'queued';
  const [row] = await tx.execute<{ cursor: string | null; last_batch: number | null }>(sql`
    with audience as materialized (${
      audience
        ? nextWithLists(scope, audience, progress.cursor, size)
        : sql`select contact_id, null::bigint as lists from (${nextContacts(scope, campaignId, progress.cursor, size)}) n`
    }),
    found as materialized (
      select c.id, nullif(${addressOf(channel)}, '') as address, ${skipReason(channel)} as reason, a.lists
      from audience a cross join lateral (${contactById(scope, sql`a.contact_id`)}) c
    ),
    judged as materialized (${channel === 'email' ? sql`select * from found` : oncePerNumber(scope, campaignId)}),
    inserted as (
      insert into deliveries (workspace_id, id, campaign_id, contact_id, channel, address, state, reason, lists, batch)
      select ${workspaceId}, uuid_v7(), ${campaignId}, id, ${channel}::channel, address,
        (case when reason is null then ${state} else 'skipped' end)::delivery_state, reason, lists,
        case when reason is null then ${progress.nextBatch}::int +
          ((count(*) filter (where reason is null) over (order by id rows unbounded preceding) - 1) / ${batchSize()}::int)::int end
      from judged order by id
      ${addresses === 'new' ? sql`` : sql`on conflict on constraint deliveries_address do nothing`}
      returning batch
    )
    select (select contact_id from audience order by contact_id desc limit 1) as cursor,
      (select max(batch) from inserted) as last_batch`);
  const cursor = row?.cursor ? ContactId.parse(row.cursor) : null;
  return { cursor, lastBatch: row?.last_batch ?? null };
}

/**
 * Several people may have one phone number: one of them who agreed is written to there, and the others are skipped, without
 * it: the ledger has each address once.
 */
const oncePerNumber = ({ workspaceId }: Scope, campaignId: CampaignId) => sql`
  select id, case when reason is null and taken or reason is not null and (known or wanted) then null else address end as address,
    case when reason is null and taken then 'duplicate' else reason end as reason, lists
  from (
    select *, known or row_number() over (partition by address, reason is null order by id) > 1 as taken,
      reason is not null and (row_number() over (partition by address, reason is null order by id) > 1 or exists (
        select from contacts o where o.workspace_id = ${workspaceId} and o.phone = found.address collate "default"
          and o.id <> found.id and (o.sms_subscribed or o.sms_unsubscribed_at is not null))) as wanted
    from (
      select *, exists (
        select from deliveries d where d.workspace_id = ${workspaceId} and d.campaign_id = ${campaignId}
          and d.channel = 'sms' and d.address = found.address) as known
      from found
    ) found
  ) f`;

async function fixPlanned(tx: ScopedTx, scope: Scope, id: CampaignId): Promise<void> {
  await tx
    .update(campaigns)
    .set({
      planned: sql`(select count(*) from deliveries d
        where d.workspace_id = ${scope.workspaceId} and d.campaign_id = ${id})`,
    })
    .where(and(eq(campaigns.workspaceId, scope.workspaceId), eq(campaigns.id, id)));
  await completeIfDone(tx, scope, id);
}
