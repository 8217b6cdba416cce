import { sql } from 'drizzle-orm';
import { mintSystemScope, type Scope } from '../auth/scope';
import { unsafeDatabase } from '../db/client';
import { workspaces } from '../db/schema/workspaces';
import { inScope } from '../db/scoped';
import { CampaignId } from '../ids';
import { log } from '../log';
import { mendMoments } from './delivery-moments';

/** Older campaigns change only now and then, by a person who unsubscribes. */
const recentDays = 40;

/** Holds what is kept of the counts of each of the latest campaigns against its ledger. False: it was stopped. */
export async function reviewAllCounts(stop: AbortSignal): Promise<boolean> {
  const all = await unsafeDatabase().select({ id: workspaces.id }).from(workspaces);
  for (const { id } of all) {
    const scope = mintSystemScope(id);
    const recent = await inScope(scope, (tx) =>
      tx.execute<{ id: string }>(sql`
        select id from campaigns where workspace_id = ${scope.workspaceId}
          and started_at > now() - make_interval(days => ${recentDays}) order by id`),
    );
    for (const campaign of recent) {
      if (stop.aborted) return false;
      const id = CampaignId.parse(campaign.id);
      await mendCounts(scope, id);
      await mendMoments(scope, id);
    }
  }
  return true;
}

/**
 * Holds the counts of a campaign against its ledger, and answers how many are wrong; these are logged and made right. Nobody has
 * to wait meanwhile: one statement sees the ledger and what is kept of it at the same moment, and what is missing is appended
 * like any other change.
 */
export async function mendCounts(scope: Scope, id: CampaignId): Promise<number> {
  const { workspaceId } = scope;
  const [row] = await inScope(scope, (tx) =>
    tx.execute<{ n: number }>(sql`
      with ledger as materialized (
        select lists, quarter, state, coalesce(reason, '') as reason, flags, domain, count(*) as n from (
          select lists, delivery_quarter(state, sent_at) as quarter, state, reason,
            delivery_flags(contact_id, accepted_at, delivered_at, deferred_at, bounced_at, complained_at, opened_at, clicked_at,
              unsubscribed_at, code_opened_at, code_scanned_at, redeemed_at) as flags,
            case when channel = 'email' and contact_id is not null then split_part(address, '@', 2) end as domain
          from deliveries where workspace_id = ${workspaceId} and campaign_id = ${id}
        ) d group by 1, 2, 3, 4, 5, 6
      ), shapes as (
        select key, sum(n) as n from (
          select concat_ws('|', part, state, reason, flags) as key, n
          from ledger cross join lateral delivery_parts(lists, quarter) part
          union all
          select concat_ws('|', part, state, reason, flags), -n from delivery_rollups
          where workspace_id = ${workspaceId} and campaign_id = ${id}
          union all
          select key, -value::bigint from delivery_deltas cross join lateral jsonb_each_text(shapes)
          where workspace_id = ${workspaceId} and campaign_id = ${id}
        ) s group by 1 having sum(n) <> 0
      ), domains as (
        select domain, array[sum(planned), sum(sent), sum(failed), sum(bounced), sum(opened), sum(clicked)] as counts from (
          select domain, n as planned, n * (state = 'sent')::int as sent, n * (state = 'failed')::int as failed,
            n * (flags & 16 > 0)::int as bounced, n * (flags & 64 > 0)::int as opened, n * (flags & 128 > 0)::int as clicked
          from ledger where domain is not null
          union all
          select domain, -planned, -sent, -failed, -bounced, -opened, -clicked from delivery_domains
          where workspace_id = ${workspaceId} and campaign_id = ${id}
          union all
          select key, -(value ->> 0)::int, -(value ->> 1)::int, -(value ->> 2)::int, -(value ->> 3)::int, -(value ->> 4)::int,
            -(value ->> 5)::int
          from delivery_deltas cross join lateral jsonb_each(domains)
          where workspace_id = ${workspaceId} and campaign_id = ${id}
        ) d group by 1 having array[sum(planned), sum(sent), sum(failed), sum(bounced), sum(opened), sum(clicked)]
          <> array[0, 0, 0, 0, 0, 0]::numeric[]
      ), wrong as (
        select (select count(*) from shapes) + (select count(*) from domains) as n
      ), mended as (
        insert into delivery_deltas (workspace_id, campaign_id, id, shapes, domains, moments)
        select ${workspaceId}, ${id}, uuid_v7(), coalesce((select jsonb_object_agg(key, n) from shapes), '{}'),
          coalesce((select jsonb_object_agg(domain, counts) from domains), '{}'), '{}'
        from wrong where n > 0
      )
      select n::int as n from wrong`),
  );
  const differences = row?.n ?? 0;
  if (differences > 0)
    log.error({ campaign: id, differences }, 'counts were not what the ledger says; they are made right');
  return differences;
}
