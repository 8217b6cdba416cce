import { sql } from 'drizzle-orm';
import type { Scope } from '../auth/scope';
import { inScopeOnce } from '../db/scoped';
import type { CampaignId, SenderId } from '../ids';

/*
 * Whose turn it is under a limit so slow that batches wait long for each message: by batches alone, a campaign of many would hold
 * all places for as long as fifty messages take. So of campaigns that share the sender, those which sent last ask last.
 */

/** Further ahead nobody looks for recipients who are due. */
const lookedAt = 200;

/** How many campaigns that share a sender have sent nothing since this one did, and have somebody to write to now. */
export async function campaignsBefore(
  scope: Scope,
  { senderId, campaignId }: { senderId: SenderId; campaignId: CampaignId },
  servedAt = 0,
): Promise<number> {
  const { workspaceId } = scope;
  const lastSent = (id: ReturnType<typeof sql>) => sql`coalesce((
    select d.sent_at from deliveries d
    where d.workspace_id = ${workspaceId} and d.campaign_id = ${id} and d.sent_at is not null
    order by d.sent_at desc limit 1), 'epoch')`;
  const [row] = await inScopeOnce<{ before: number }>(
    scope,
    sql`
    with me as materialized (
      select greatest(${lastSent(sql`${campaignId}::uuid`)}, to_timestamp(${servedAt / 1000}::float8)) as served
    )
    select count(*)::int as before from campaigns o, me
    where o.workspace_id = ${workspaceId} and o.sender_id = ${senderId} and o.status = 'sending' and o.id <> ${campaignId}
      and ${lastSent(sql`o.id`)} < me.served
      -- One that waits for a limit of its own can use no turn.
      and not exists (select from throttles t where t.workspace_id = ${workspaceId} and t.id = o.id
        and greatest(t.second_tat, t.minute_tat, t.hour_tat, t.day_tat) > clock_timestamp())
      and exists (
        select from (
          select d.state, d.retry_at from deliveries d
          where d.workspace_id = ${workspaceId} and d.campaign_id = o.id and d.state in ('queued', 'sending', 'retrying')
          order by d.batch limit ${lookedAt}
        ) open where open.state <> 'sending' and (open.retry_at is null or open.retry_at <= clock_timestamp()))`,
  );
  return row?.before ?? 0;
}
