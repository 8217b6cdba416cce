import { sql } from 'drizzle-orm';
import type { Scope } from '../auth/scope';
import type { DeliveryEvent } from '../campaigns/stats';
import { type Page, turnedPage, turnOf } from '../db/page';
import { inScope } from '../db/scoped';
import type { CampaignId, DeliveryId } from '../ids';
import { type DeliveryRow, deliveriesOf, eventColumns } from './deliveries';

export type SentFilter = {
  /** The first and the last day on which they were sent, on the workspace's calendar: 2030-01-31. */
  from: string;
  until: string;
  /** What has happened since, whenever. */
  event?: DeliveryEvent;
  cursor?: string | null;
  limit?: number;
};

export type SentRow = DeliveryRow & { campaign: { id: CampaignId; name: string } };

/** Messages of all campaigns that were sent on some days, campaign by campaign in the order in which they went out. */
export function listSent(
  scope: Scope,
  { from, until, event, cursor, limit = 50 }: SentFilter,
): Promise<Page<SentRow>> {
  const { workspaceId } = scope;
  const turn = turnOf(cursor);
  const { id, backwards } = turn;
  const order = backwards ? sql`desc` : sql`asc`;
  const happened = event ? sql`and d.${sql.identifier(eventColumns[event].name)} is not null` : sql``;
  // The row behind which it goes on says where that is; of its campaign no message is read again.
  const onwards = backwards
    ? {
        campaigns: sql`k.id <= t.campaign_id`,
        rows: sql`(k.id, d.sent_at, d.id) < (t.campaign_id, t.sent_at, t.id)`,
      }
    : {
        campaigns: sql`k.id >= t.campaign_id`,
        rows: sql`(k.id, d.sent_at, d.id) > (t.campaign_id, t.sent_at, t.id)`,
      };
  const bound = (at: 'first' | 'last') =>
    id && backwards === (at === 'last')
      ? sql`case k.id when t.campaign_id then t.sent_at else b.${sql.raw(at)} end`
      : sql`b.${sql.raw(at)}`;
  return inScope(scope, async (tx) => {
    const found = await tx.execute<{ id: DeliveryId; campaign_id: CampaignId; name: string }>(sql`
      with b as materialized (
        select ${from}::date::timestamp at time zone time_zone as first,
          (${until}::date + 1)::timestamp at time zone time_zone - interval '1 microsecond' as last
        from workspaces where id = ${workspaceId}
      )${id ? sql`, t as materialized (select campaign_id, sent_at, id from deliveries where workspace_id = ${workspaceId} and id = ${id}::uuid)` : sql``}
      select m.id, k.id as campaign_id, k.name
      from b ${id ? sql`cross join t` : sql``} cross join campaigns k cross join lateral (
        select d.id, d.sent_at from deliveries d
        where d.workspace_id = ${workspaceId} and d.campaign_id = k.id and d.state = 'sent'
          and d.sent_at >= ${bound('first')} and d.sent_at <= ${bound('last')} ${happened} ${id ? sql`and ${onwards.rows}` : sql``}
        order by d.sent_at ${order}, d.id ${order} limit ${limit + 1}
      ) m
      where k.workspace_id = ${workspaceId} and k.started_at is not null and k.started_at <= b.last
        ${id ? sql`and ${onwards.campaigns}` : sql``}
      order by k.id ${order}, m.sent_at ${order}, m.id ${order} limit ${limit + 1}`);
    const page = turnedPage([...found], limit, turn);
    const ofCampaigns = new Map(page.rows.map((row) => [row.id, { id: row.campaign_id, name: row.name }]));
    const rows = await deliveriesOf(tx, scope, [...ofCampaigns.keys()]);
    return {
      ...page,
      rows: rows.flatMap((row) => {
        const campaign = ofCampaigns.get(row.id);
        return campaign ? [{ ...row, campaign }] : [];
      }),
    };
  });
}
