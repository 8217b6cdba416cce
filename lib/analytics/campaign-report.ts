import { type SQL, sql } from 'drizzle-orm';
import type { Scope } from '../auth/scope';
import { inScope, type ScopedTx } from '../db/scoped';
import type { Channel } from '../db/states';
import { notFound, ok, type Result } from '../errors';
import type { CampaignId } from '../ids';
import { shownLink } from '../messages/links';
import { deliveryMoments } from './delivery-moments';

/** What was done by people, with what machines did beside it. `people` and `machinePeople`: each recipient once. */
export type Reaction = { people: number; human: number; machine: number; machinePeople: number };

export type LinkReport = Reaction & { link: number; url: string };

export type Span = 'minute' | 'hour' | 'day';
/** `at`: when it begins. Each message counts when it went out; each person where they opened or clicked for the first time. */
export type Moment = {
  at: string;
  sent: number;
  delivered: number;
  bounced: number;
  opened: number;
  clicked: number;
};

export type CampaignReport = {
  /** Text messages are clicked, and nobody knows of one that it was opened. */
  channel: Channel;
  /** False: it went out before links were kept, or to nobody who may be tracked, and nothing came. */
  tracked: boolean;
  opens: Reaction;
  clicks: Reaction;
  links: LinkReport[];
  span: Span;
  moments: Moment[];
};

const none: Reaction = { people: 0, human: 0, machine: 0, machinePeople: 0 };
/** Of hours of minutes, then days of hours, no more than a person can look at. */
const mostMinutes = 3 * 60;
const mostHours = 4 * 24;
const mostMoments = 400;

/** How a campaign went, by link and by time, from the counts alone: no event and no delivery is read. */
export function campaignReport(scope: Scope, id: CampaignId): Promise<Result<CampaignReport>> {
  return inScope(scope, async (tx) => {
    const [campaign] = await tx.execute<{
      channel: Channel;
      links: string[] | null;
      time_zone: string;
      minutes: number | null;
    }>(sql`
      select k.channel, k.compiled -> 'links' as links, w.time_zone,
        extract(epoch from greatest((select max(r.at) from tracking_rollups r
          where r.workspace_id = k.workspace_id and r.campaign_id = k.id and r.grain = 'minute'),
          (select max(m.at) from (${deliveryMoments(scope, id)}) m)) - k.started_at)::float8 / 60 as minutes
      from campaigns k join workspaces w on w.id = k.workspace_id
      where k.workspace_id = ${scope.workspaceId} and k.id = ${id}`);
    if (!campaign) return notFound('campaign');
    const totals = await readTotals(tx, scope, id);
    const of = (kind: string, link: number): Reaction => totals.get(`${kind} ${link}`) ?? none;
    const span = spanOf(campaign.minutes ?? 0);
    return ok({
      channel: campaign.channel,
      tracked: campaign.links !== null || totals.size > 0,
      opens: of('open', 0),
      clicks: of('click', 0),
      links: (campaign.links ?? [])
        .map((url, index) => ({ link: index + 1, url: shownLink(url), ...of('click', index + 1) }))
        .sort((a, b) => b.people - a.people || b.human - a.human || a.link - b.link),
      span,
      moments: await readMoments(tx, scope, id, span, campaign.time_zone),
    });
  });
}

function spanOf(minutes: number): Span {
  if (minutes <= mostMinutes) return 'minute';
  return minutes <= mostHours * 60 ? 'hour' : 'day';
}

async function readTotals(
  tx: ScopedTx,
  { workspaceId }: Scope,
  id: CampaignId,
): Promise<Map<string, Reaction>> {
  const rows = await tx.execute<Reaction & { kind: string; link: number }>(sql`
    select kind, link, people, human, machine, machine_people as "machinePeople" from tracking_rollups
    where workspace_id = ${workspaceId} and campaign_id = ${id} and grain = 'all'`);
  return new Map(rows.map(({ kind, link, ...reaction }) => [`${kind} ${link}`, reaction]));
}

/** Without gaps, from the start of the campaign to what happened last; days are those of the workspace. */
async function readMoments(
  tx: ScopedTx,
  scope: Scope,
  id: CampaignId,
  span: Span,
  zone: string,
): Promise<Moment[]> {
  const { workspaceId } = scope;
  // A day is counted by the clocks of its place, which may make it longer; an hour is an hour.
  const byClock = (at: SQL) => (span === 'day' ? sql`${at} at time zone ${zone}` : at);
  const first = byClock(sql`date_trunc(${span}, k.started_at, ${zone})`);
  const last = byClock(sql`(select max(at) from counted)`);
  const rows = await tx.execute<Moment>(sql`
    with counted as (
      select date_trunc(${span}, at, ${zone}) as at, sum(sent)::int as sent, sum(delivered)::int as delivered,
        sum(bounced)::int as bounced, sum(opened)::int as opened, sum(clicked)::int as clicked
      from (
        select at, sent, delivered, bounced, 0 as opened, 0 as clicked from (${deliveryMoments(scope, id)}) m
        union all
        select at, 0, 0, 0, case kind when 'open' then people else 0 end, case kind when 'click' then people else 0 end
        from tracking_rollups
        where workspace_id = ${workspaceId} and campaign_id = ${id} and link = 0
          and grain = ${span === 'minute' ? 'minute' : 'quarter'}
      ) each_one
      group by 1
    )
    select to_char(s.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as at,
      coalesce(c.sent, 0) as sent, coalesce(c.delivered, 0) as delivered, coalesce(c.bounced, 0) as bounced,
      coalesce(c.opened, 0) as opened, coalesce(c.clicked, 0) as clicked
    from (
      select ${span === 'day' ? sql`g.at at time zone ${zone}` : sql`g.at`} as at from campaigns k
      cross join lateral generate_series(${first}, ${last}, ${`1 ${span}`}::interval) g(at)
      where k.workspace_id = ${workspaceId} and k.id = ${id}
      limit ${mostMoments}
    ) s
    left join counted c on c.at = s.at
    order by s.at`);
  return [...rows];
}

/** Where a link of a campaign leads. */
export async function linkUrl(scope: Scope, id: CampaignId, link: number): Promise<string | undefined> {
  const [row] = await inScope(scope, (tx) =>
    tx.execute<{ url: string | null }>(sql`
      select compiled -> 'links' ->> ${link - 1}::int as url from campaigns
      where workspace_id = ${scope.workspaceId} and id = ${id}`),
  );
  return row?.url ? shownLink(row.url) : undefined;
}
