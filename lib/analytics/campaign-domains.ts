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

/** How a campaign went by mail domain, the largest first and the rest together. Reads the campaign's whole ledger. */
export async function campaignDomains(scope: Scope, id: CampaignId): Promise<DomainReport[]> {
  const rows = await inScope(scope, (tx) =>
    tx.execute<DomainReport>(sql`
      with each as (
        select split_part(address, '@', 2) as domain, count(*)::int as planned,
          count(*) filter (where state = 'sent')::int as sent, count(*) filter (where state = 'failed')::int as failed,
          count(bounced_at)::int as bounced, count(opened_at)::int as opened, count(clicked_at)::int as clicked
        from deliveries
        where workspace_id = ${scope.workspaceId} and campaign_id = ${id} and address is not null and contact_id is not null
        group by 1
      ), placed as (
        select *, row_number() over (order by planned desc, domain) as place from each
      )
      select case when place <= ${most} then domain end as domain, sum(planned)::int as planned, sum(sent)::int as sent,
        sum(failed)::int as failed, sum(bounced)::int as bounced, sum(opened)::int as opened, sum(clicked)::int as clicked
      from placed group by 1 order by 1 is null, 2 desc, 1`),
  );
  return [...rows];
}
