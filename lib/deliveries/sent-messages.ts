import { sql } from 'drizzle-orm';
import type { Scope } from '../auth/scope';
import type { DeliveryEvent } from '../campaigns/stats';
import { cursorTime, type Page, timedKey, timedTurnOf, turnedPage } from '../db/page';
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

type Found = { id: DeliveryId; at: string; group: CampaignId; name: string };

export type SentRow = DeliveryRow & { campaign: { id: CampaignId; name: string } };

/** Messages of all campaigns that were sent on some days, campaign by campaign in the order in which they went out. */
export function listSent(
  scope: Scope,
  { from: firstDay, until: lastDay, event, cursor, limit = 50 }: SentFilter,
): Promise<Page<SentRow>> {
  const { workspaceId } = scope;
  const said = timedTurnOf(cursor);
  const turn = said.group ? said : timedTurnOf(null);
  const { backwards } = turn;
  const order = backwards ? sql`desc` : sql`asc`;
  const happened = event ? sql`and d.${sql.identifier(eventColumns[event].name)} is not null` : sql``;
  const from = turn.group && {
    campaign: sql`${turn.group}::uuid`,
    at: sql`${turn.at}::timestamptz`,
    id: sql`${turn.id}::uuid`,
  };
  const behind = backwards ? sql`<` : sql`>`;
  // Of the campaign that it goes on in no message is read again.
  const bound = (at: 'first' | 'last') => {
    const own = sql`b.${sql.raw(at)}`;
    if (!from || backwards !== (at === 'last')) return own;
    const nearer = backwards ? sql`least(${own}, ${from.at})` : sql`greatest(${own}, ${from.at})`;
    return sql`case k.id when ${from.campaign} then ${nearer} else ${own} end`;
  };
  return inScope(scope, async (tx) => {
    const found = await tx.execute<Found>(sql`
      with b as materialized (
        select ${firstDay}::date::timestamp at time zone time_zone as first,
          (${lastDay}::date + 1)::timestamp at time zone time_zone - interval '1 microsecond' as last
        from workspaces where id = ${workspaceId}
      )
      select m.id, ${cursorTime(sql`m.sent_at`)} as at, k.id as group, k.name
      from b cross join campaigns k cross join lateral (
        select d.id, d.sent_at from deliveries d
        where d.workspace_id = ${workspaceId} and d.campaign_id = k.id and d.state = 'sent'
          and d.sent_at >= ${bound('first')} and d.sent_at <= ${bound('last')} ${happened}
          ${from ? sql`and (k.id, d.sent_at, d.id) ${behind} (${from.campaign}, ${from.at}, ${from.id})` : sql``}
        order by d.sent_at ${order}, d.id ${order} limit ${limit + 1}
      ) m
      where k.workspace_id = ${workspaceId} and k.started_at is not null and k.started_at <= b.last
        ${from ? sql`and k.id ${behind}= ${from.campaign}` : sql``}
      order by k.id ${order}, m.sent_at ${order}, m.id ${order} limit ${limit + 1}`);
    const page = turnedPage([...found], limit, turn, timedKey);
    const ofCampaigns = new Map(page.rows.map((row) => [row.id, { id: row.group, name: row.name }]));
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
