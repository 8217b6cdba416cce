import { type SQL, sql } from 'drizzle-orm';
import type { Scope } from '../auth/scope';
import { inScope } from '../db/scoped';
import type { CampaignId } from '../ids';
import { log } from '../log';

/**
 * A query of how many messages of a campaign were sent, delivered and bounced in which minute (`at, sent, delivered, bounced`),
 * exactly as the ledger has it: what a worker has added up, and what none has yet.
 */
export const deliveryMoments = ({ workspaceId }: Scope, id: CampaignId): SQL => sql`
  select at, sum(sent)::int as sent, sum(delivered)::int as delivered, sum(bounced)::int as bounced from (
    select at, sent, delivered, bounced from delivery_moments
    where workspace_id = ${workspaceId} and campaign_id = ${id}
    union all
    select to_timestamp(key::bigint), (value ->> 0)::int, (value ->> 1)::int, (value ->> 2)::int
    from delivery_deltas cross join lateral jsonb_each(moments)
    where workspace_id = ${workspaceId} and campaign_id = ${id}
  ) kept group by 1 having (sum(sent), sum(delivered), sum(bounced)) <> (0, 0, 0)`;

/**
 * Holds what is kept of the moments of a campaign against its ledger, and answers how many are wrong; these are logged and made
 * right, as `mendCounts` does it.
 */
export async function mendMoments(scope: Scope, id: CampaignId): Promise<number> {
  const { workspaceId } = scope;
  const [row] = await inScope(scope, (tx) =>
    tx.execute<{ n: number }>(sql`
      with wrong as (
        select minute, array[sum(sent), sum(delivered), sum(bounced)] as counts from (
          select m.minute, m.n_sent as sent, m.n_delivered as delivered, m.n_bounced as bounced
          from deliveries d cross join lateral moments_of(d.state, d.sent_at, d.delivered_at, d.bounced_at) m
          where d.workspace_id = ${workspaceId} and d.campaign_id = ${id}
          union all
          select extract(epoch from at)::bigint, -sent, -delivered, -bounced from (${deliveryMoments(scope, id)}) kept
        ) each_one group by 1 having array[sum(sent), sum(delivered), sum(bounced)] <> array[0, 0, 0]::bigint[]
      ), mended as (
        insert into delivery_deltas (workspace_id, campaign_id, id, shapes, domains, moments)
        select ${workspaceId}, ${id}, uuid_v7(), '{}', '{}', jsonb_object_agg(minute, counts) from wrong having count(*) > 0
      )
      select count(*)::int as n from wrong`),
  );
  const differences = row?.n ?? 0;
  if (differences > 0)
    log.error(
      { campaign: id, differences },
      'counts over time were not what the ledger says; they are made right',
    );
  return differences;
}
