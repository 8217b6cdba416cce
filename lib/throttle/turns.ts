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

/**
 * How many campaigns that share a sender have had no turn since this one had, and have somebody to write to now. `served`: when
 * campaigns were given permits, by this process' clock, in milliseconds. Of what is refused the ledger keeps no time.
 */
export async function campaignsBefore(
  scope: Scope,
  { senderId, campaignId }: { senderId: SenderId; campaignId: CampaignId },
  served: ReadonlyMap<CampaignId, number>,
): Promise<number> {
  const { workspaceId } = scope;
  const known = JSON.stringify([...served].map(([id, at]) => ({ id, at })));
  const lastTurn = (id: ReturnType<typeof sql>) => sql`coalesce(greatest((
    select d.sent_at from deliveries d
    where d.workspace_id = ${workspaceId} and d.campaign_id = ${id} and d.sent_at is not null
    order by d.sent_at desc limit 1), (select to_timestamp(s.at / 1000) from served s where s.id = ${id})), 'epoch')`;
  const [row] = await inScopeOnce<{ before: number }>(
    scope,
    sql`
    with served as materialized (
      select * from jsonb_to_recordset(${known}::text::jsonb) as s(id uuid, at float8)
    ), me as materialized (select ${lastTurn(sql`${campaignId}::uuid`)} as turn)
    select count(*)::int as before from campaigns o, me
    where o.workspace_id = ${workspaceId} and o.sender_id = ${senderId} and o.status = 'sending' and o.id <> ${campaignId}
      and ${lastTurn(sql`o.id`)} < me.turn
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
