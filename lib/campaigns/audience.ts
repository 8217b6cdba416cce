import { type SQL, sql } from 'drizzle-orm';
import type { Scope } from '../auth/scope';
import type { ScopedTx } from '../db/scoped';
import type { SkipReason } from '../db/states';
import type { CampaignId } from '../ids';

/** What no mail server could take; stricter rules are the import's. */
const addressPattern = '^[^[:space:]@<>(),;:"\\[\\]\\\\]+@[^[:space:]@<>(),;:"\\[\\]\\\\]+$';

/** Why a contact (`c`) may not be written to by e-mail, or null. The address is given apart: the ledger has its own. */
export function skipReason(address: SQL): SQL {
  return sql`case
    when c.id is null or ${address} is null or ${address} = '' then 'no_address'
    when length(${address}) > 320 or ${address} !~ ${addressPattern} then 'invalid_address'
    when not c.email_subscribed then 'unsubscribed'
    when exists (
      select 1 from suppressions s
      where s.workspace_id = c.workspace_id and s.channel = 'email' and s.address = ${address}) then 'suppressed'
  end`;
}

/** The contacts of a campaign's lists, each once, by id: `limit` of them behind `after`. Reads no more of each list. */
export function nextContacts(scope: Scope, campaignId: CampaignId, after: string | null, limit: number): SQL {
  return sql`
    select distinct m.contact_id
    from campaign_lists cl cross join lateral (
      select lc.contact_id from list_contacts lc
      where lc.workspace_id = ${scope.workspaceId} and lc.list_id = cl.list_id
        and lc.contact_id > ${after ?? '00000000-0000-0000-0000-000000000000'}::uuid
      order by lc.contact_id limit ${limit}
    ) m
    where cl.workspace_id = ${scope.workspaceId} and cl.campaign_id = ${campaignId}
    order by m.contact_id limit ${limit}`;
}

export type Audience = { recipients: number; skipped: { reason: SkipReason; count: number }[] };

/** How many people a campaign would reach now, and how many it would not, and why. */
export async function countAudience(tx: ScopedTx, scope: Scope, campaignId: CampaignId): Promise<Audience> {
  const rows = await tx.execute<{ reason: SkipReason | null; count: number }>(sql`
    select ${skipReason(sql`c.email`)} as reason, count(*)::int as count
    from (
      select distinct lc.contact_id
      from campaign_lists cl
      join list_contacts lc on lc.workspace_id = cl.workspace_id and lc.list_id = cl.list_id
      where cl.workspace_id = ${scope.workspaceId} and cl.campaign_id = ${campaignId}
    ) m
    join contacts c on c.workspace_id = ${scope.workspaceId} and c.id = m.contact_id
    group by 1 order by 2 desc`);
  return {
    recipients: rows.find((row) => row.reason === null)?.count ?? 0,
    skipped: rows.flatMap(({ reason, count }) => (reason === null ? [] : [{ reason, count }])),
  };
}
