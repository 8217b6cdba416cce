import { type SQL, sql } from 'drizzle-orm';
import type { Scope } from '../auth/scope';
import type { ScopedTx } from '../db/scoped';
import type { Channel, SkipReason } from '../db/states';
import type { CampaignId, ListId } from '../ids';
import { quietUntil } from './quiet-hours';

/*
 * Rows are looked up by `lateral … limit 1` where a plain join would do: for a workspace that has grown since the last
 * ANALYZE the planner expects one row, and would go through all of its contacts for each of them.
 */

/** What no mail server could take; stricter rules are the import's. */
const addressPattern = '^[^[:space:]@<>(),;:"\\[\\]\\\\]+@[^[:space:]@<>(),;:"\\[\\]\\\\]+$';

/** E.164, as importing and editing write it. */
const phonePattern = '^\\+[1-9][0-9]{6,14}$';

/** Where a contact (`c`) is written to. */
export const addressOf = (channel: Channel): SQL =>
  channel === 'email' ? sql`c.email` : sql`(c.phone collate "C")`;

/** Why a contact (`c`) may not be written to, or null. The address is given apart: the ledger has its own. */
export function skipReason(channel: Channel, address: SQL = addressOf(channel)): SQL {
  const invalid =
    channel === 'email'
      ? sql`length(${address}) > 320 or ${address} !~ ${addressPattern}`
      : sql`${address} !~ ${phonePattern}`;
  const agreed = channel === 'email' ? sql`c.email_subscribed` : sql`c.sms_subscribed`;
  return sql`case
    when c.id is null or ${address} is null or ${address} = '' then 'no_address'
    when ${invalid} then 'invalid_address'
    when not ${agreed} then 'unsubscribed'
    when exists (
      select 1 from suppressions s
      where s.workspace_id = c.workspace_id and s.channel = ${channel} and s.address = ${address}) then 'suppressed'
  end`;
}

/** One contact by its id, for a lateral join. */
export function contactById(scope: Scope, id: SQL): SQL {
  return sql`select * from contacts where workspace_id = ${scope.workspaceId} and id = ${id} limit 1`;
}

/** The contacts of a campaign's lists, each once, by id: `limit` of them behind `after`. Reads no more of each list. */
export const nextContacts = (
  scope: Scope,
  campaignId: CampaignId,
  after: string | null,
  limit: number,
): SQL =>
  contactsOfLists(
    scope,
    sql`select list_id from campaign_lists where workspace_id = ${scope.workspaceId} and campaign_id = ${campaignId}`,
    after,
    limit,
  );

/** The same of lists in an order: `lists` says through which of them, as bits, the last for all further ones. */
export const nextWithLists = (
  scope: Scope,
  audience: ListId[],
  after: string | null,
  limit: number,
): SQL => sql`
  select m.contact_id, bit_or(1::bigint << least(l.place - 1, ${mostLists})::int) as lists
  from unnest(${sql.param(audience)}::uuid[]) with ordinality l(list_id, place)
  cross join lateral (${membersBehind(scope, sql`l.list_id`, after, limit)}) m
  group by 1 order by 1 limit ${limit}`;

/** So many lists of a campaign are counted each by itself. */
export const mostLists = 50;

const membersBehind = ({ workspaceId }: Scope, listId: SQL, after: string | null, limit: number): SQL => sql`
  select lc.contact_id from list_contacts lc
  where lc.workspace_id = ${workspaceId} and lc.list_id = ${listId}
    and lc.contact_id > ${after ?? '00000000-0000-0000-0000-000000000000'}::uuid
  order by lc.contact_id limit ${limit}`;

/** The same of any lists; `lists` selects their `list_id`. */
export function contactsOfLists(scope: Scope, lists: SQL, after: string | null, limit: number): SQL {
  return sql`
    select distinct m.contact_id
    from (${lists}) chosen
    cross join lateral (${membersBehind(scope, sql`chosen.list_id`, after, limit)}) m
    order by m.contact_id limit ${limit}`;
}

export type Audience = { recipients: number; skipped: { reason: SkipReason; count: number }[] };

/** How many people a campaign would reach now, and how many it would not, and why. */
export async function countAudience(
  tx: ScopedTx,
  scope: Scope,
  { id, channel }: { id: CampaignId; channel: Channel },
): Promise<Audience> {
  const rows = await tx.execute<{ reason: SkipReason | null; count: number }>(sql`
    select ${channel === 'email' ? sql`reason` : sql`case when reason is null and number > 1 then 'duplicate' else reason end`} as reason,
      count(*)::int as count
    from (
      select reason${channel === 'email' ? sql`` : sql`, row_number() over (partition by address, reason is null) as number`}
      from (
        select ${addressOf(channel)} as address, ${skipReason(channel)} as reason
        from (
          select distinct l.contact_id
          from campaign_lists cl cross join lateral (
            select lc.contact_id from list_contacts lc
            where lc.workspace_id = ${scope.workspaceId} and lc.list_id = cl.list_id
            offset 0
          ) l
          where cl.workspace_id = ${scope.workspaceId} and cl.campaign_id = ${id}
        ) m
        cross join lateral (${contactById(scope, sql`m.contact_id`)}) c
      ) judged
    ) numbered
    group by 1 order by 2 desc`);
  return {
    recipients: rows.find((row) => row.reason === null)?.count ?? 0,
    skipped: rows.flatMap(({ reason, count }) => (reason === null ? [] : [{ reason, count }])),
  };
}

/** Whether a campaign would reach at least one person now. Stops at the first. */
export async function reachesAnybody(
  tx: ScopedTx,
  scope: Scope,
  { id, channel }: { id: CampaignId; channel: Channel },
): Promise<boolean> {
  const [row] = await tx.execute<{ found: boolean }>(sql`
    select exists (
      select 1
      from campaign_lists cl cross join lateral (
        select lc.contact_id from list_contacts lc
        where lc.workspace_id = ${scope.workspaceId} and lc.list_id = cl.list_id
        offset 0
      ) l
      cross join lateral (${contactById(scope, sql`l.contact_id`)}) c
      where cl.workspace_id = ${scope.workspaceId} and cl.campaign_id = ${id}
        and ${skipReason(channel)} is null
    ) as found`);
  return row?.found ?? false;
}

/** How many of those who would get a text message have quiet hours now, by their clock or by the workspace's. */
export async function countAsleep(tx: ScopedTx, scope: Scope, id: CampaignId): Promise<number> {
  const [row] = await tx.execute<{ n: number }>(sql`
    select count(distinct c.phone)::int as n
    from campaign_lists cl
    cross join lateral (
      select lc.contact_id from list_contacts lc
      where lc.workspace_id = ${scope.workspaceId} and lc.list_id = cl.list_id
      offset 0
    ) l
    cross join lateral (${contactById(scope, sql`l.contact_id`)}) c
    join workspaces w on w.id = ${scope.workspaceId}
    where cl.workspace_id = ${scope.workspaceId} and cl.campaign_id = ${id} and ${skipReason('sms')} is null
      and ${quietUntil(sql`c.phone`)} is not null`);
  return row?.n ?? 0;
}
