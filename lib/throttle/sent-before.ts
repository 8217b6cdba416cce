import { type SQL, sql } from 'drizzle-orm';
import type { Scope } from '../auth/scope';
import type { CampaignId, SenderId } from '../ids';
import type { PacedWindow } from './pace';

/** Further ahead nobody looks for what is claimed: batches are taken in their order, and wait for their retries in it. */
const lookedAt = 2000;

/**
 * Where a window stands, as if it had counted what a sender or a campaign has sent: what the ledger tells of the last window, and
 * what is claimed and may be on its way. Of what is refused or in doubt the ledger keeps no time. When more was sent than the
 * limit allows, nobody waits for longer than until all of it has left the window.
 */
export function afterSent(
  { workspaceId }: Scope,
  id: SenderId | CampaignId,
  { most, span, burst, step }: PacedWindow,
  weight: number,
): SQL {
  const seconds = (count: number) => sql`make_interval(secs => ${count}::float8)`;
  const theirs = sql`select c.id from campaigns c
    where c.workspace_id = ${workspaceId} and (c.id = ${id}::uuid or c.sender_id = ${id}::uuid)`;
  return sql`coalesce((
    select least(
      max(last.at + last.place * ${seconds(weight * step)}),
      max(last.at) + ${seconds(span + (burst - 1) * step)})
    from (
      select all_sent.at, row_number() over (order by all_sent.at desc) as place
      from (
        (select sent.at from (${theirs}) c cross join lateral (
          select d.sent_at as at from deliveries d
          where d.workspace_id = ${workspaceId} and d.campaign_id = c.id and d.sent_at > now() - ${seconds(span)}
          order by d.sent_at desc limit ${most}
        ) sent)
        union all
        (select clock_timestamp() from (${theirs}) c cross join lateral (
          select d.state from deliveries d
          where d.workspace_id = ${workspaceId} and d.campaign_id = c.id and d.state in ('queued', 'sending', 'retrying')
          order by d.batch limit ${lookedAt}
        ) open where open.state = 'sending')
      ) all_sent
      order by all_sent.at desc limit ${most}
    ) last
    having count(*) > 0
  ), 'epoch')`;
}
