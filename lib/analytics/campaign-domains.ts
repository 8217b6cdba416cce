import { sql } from 'drizzle-orm';
import type { Scope } from '../auth/scope';
import { inScope } from '../db/scoped';
import type { CampaignId } from '../ids';

export type DomainReport = {
  /** Null: all that are not named. */
  domain: string | null;
  planned: number;
  sent: number;
  failed: number;
  bounced: number;
  opened: number;
  clicked: number;
};

const most = 12;
/** And no smaller part of a campaign: one among many like it says nothing, and its people are too few to be found quickly. */
const leastPart = 1000;

/** The domains that the report names: whoever has an address at none of them is among all others. */
export async function namedDomains(scope: Scope, id: CampaignId): Promise<string[]> {
  return (await campaignDomains(scope, id)).flatMap(({ domain }) => domain ?? []);
}

/** How a campaign went by mail domain, the largest first and the rest together; of those who were not erased. */
export async function campaignDomains(scope: Scope, id: CampaignId): Promise<DomainReport[]> {
  const rows = await inScope(scope, (tx) =>
    tx.execute<DomainReport>(sql`
      with each as (
        select domain, sum(planned)::int as planned, sum(sent)::int as sent, sum(failed)::int as failed,
          sum(bounced)::int as bounced, sum(opened)::int as opened, sum(clicked)::int as clicked
        from (
          select domain, planned, sent, failed, bounced, opened, clicked from delivery_domains
          where workspace_id = ${scope.workspaceId} and campaign_id = ${id}
          union all
          select key collate "C", (value ->> 0)::int, (value ->> 1)::int, (value ->> 2)::int, (value ->> 3)::int,
            (value ->> 4)::int, (value ->> 5)::int
          from delivery_deltas cross join lateral jsonb_each(domains)
          where workspace_id = ${scope.workspaceId} and campaign_id = ${id}
        ) kept
        group by 1 having sum(planned) > 0
      ), placed as (
        select *, row_number() over (order by planned desc, domain) as place,
          planned * ${leastPart}::bigint >= sum(planned) over () as counts
        from each
      )
      select case when place <= ${most} and counts then domain end as domain, sum(planned)::int as planned, sum(sent)::int as sent,
        sum(failed)::int as failed, sum(bounced)::int as bounced, sum(opened)::int as opened, sum(clicked)::int as clicked
      from placed group by 1 order by min(place)`),
  );
  return [...rows];
}
