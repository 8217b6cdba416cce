import { and, eq, inArray, sql } from 'drizzle-orm';
import { mintSystemScope, type Scope } from '../auth/scope';
import { campaigns } from '../db/schema/campaigns';
import { inScope, inScopeOnce } from '../db/scoped';
import type { TrackingClass, TrackingKind } from '../db/states';
import { type CampaignId, type DeliveryId, uuidv7, type WorkspaceId } from '../ids';
import { isPersonal } from '../messages/links';
import { personalTargets } from './personal-targets';

/*
 * Group commit: what comes in while one transaction is written waits for the next, which takes all of it at once. So a
 * request waits for one commit or two, however many come at the same time, and is answered when its row is durable.
 */

/** What somebody did with a message. */
export type Seen = {
  deliveryId: DeliveryId;
  kind: TrackingKind;
  /** 0: the pixel. */
  link: number;
  class: TrackingClass;
  agent: string;
};

type Waiting = Seen & {
  at: number;
  resolve: (to: string | undefined) => void;
  reject: (error: unknown) => void;
};
type Lane = { waiting: Waiting[]; writing: boolean };

const mostAtOnce = 500;
const longestAgent = 300;
const lanes = new Map<WorkspaceId, Lane>();

/**
 * Keeps what was seen, unless the recipient or the workspace does not want it kept, and answers once it is durable: where the
 * link leads, or an empty text for the pixel. Undefined: there is no such message, or no such link in it.
 */
export function record(workspaceId: WorkspaceId, seen: Seen): Promise<string | undefined> {
  const lane = lanes.get(workspaceId) ?? { waiting: [], writing: false };
  lanes.set(workspaceId, lane);
  return new Promise((resolve, reject) => {
    lane.waiting.push({
      ...seen,
      agent: seen.agent.slice(0, longestAgent).toWellFormed(),
      at: Date.now(),
      resolve,
      reject,
    });
    if (!lane.writing) void drain(workspaceId, lane);
  });
}

async function drain(workspaceId: WorkspaceId, lane: Lane): Promise<void> {
  lane.writing = true;
  // Whatever else arrives in this turn of the loop comes along.
  await new Promise((next) => setImmediate(next));
  while (lane.waiting.length > 0) {
    const group = lane.waiting.splice(0, mostAtOnce);
    try {
      const scope = mintSystemScope(workspaceId);
      const targets = await write(scope, group);
      for (const [n, { resolve }] of group.entries()) resolve(targets[n]);
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
  }
  lanes.delete(workspaceId);
}

async function write(scope: Scope, group: Waiting[]): Promise<(string | undefined)[]> {
  const campaignsOf = await insert(scope, group);
  const links = await linksOf(scope, new Set(campaignsOf.values()));
  const targets = group.map(({ kind, link }, n) => {
    const campaignId = campaignsOf.get(n);
    if (campaignId === undefined) return undefined;
    return kind === 'open' ? '' : links.get(campaignId)?.[link - 1];
  });
  if (!targets.some((target) => target !== undefined && isPersonal(target))) return targets;
  return personalTargets(
    scope,
    group.map(({ deliveryId }, n) => ({ deliveryId, target: targets[n] })),
  );
}

/** The campaigns of those that were sent, by their places. Nothing is recorded of somebody who was erased. */
async function insert(scope: Scope, group: Waiting[]): Promise<Map<number, CampaignId>> {
  const { workspaceId } = scope;
  const seen = group.map(({ deliveryId, kind, link, class: its, agent, at }, n) => ({
    ...{ n, id: uuidv7(at), delivery_id: deliveryId, kind, link, class: its, agent },
    at: new Date(at).toISOString(),
  }));
  const rows = await inScopeOnce<{ n: number; campaign_id: CampaignId }>(
    scope,
    sql`
      with seen as materialized (
        select * from jsonb_to_recordset(${JSON.stringify(seen)}::text::jsonb) as s(
          n int, id uuid, delivery_id uuid, kind text, link smallint, class text, agent text, at timestamptz)
      ), known as materialized (
        select s.*, d.campaign_id, w.tracking and coalesce(c.tracking, false) as wanted
        from seen s
        join workspaces w on w.id = ${workspaceId}
        cross join lateral (
          select campaign_id, contact_id from deliveries
          where workspace_id = ${workspaceId} and id = s.delivery_id limit 1
        ) d
        left join lateral (
          select tracking from contacts where workspace_id = ${workspaceId} and id = d.contact_id limit 1
        ) c on true
      ), links as materialized (
        select id, coalesce(jsonb_array_length(compiled -> 'links'), 0) as n from campaigns
        where workspace_id = ${workspaceId} and id in (select campaign_id from known)
      ), kept as (
        insert into tracking_events (workspace_id, id, delivery_id, campaign_id, kind, link, class, agent, at)
        select ${workspaceId}, k.id, k.delivery_id, k.campaign_id, k.kind, k.link, k.class, k.agent, k.at
        from known k join links l on l.id = k.campaign_id where k.wanted and k.link <= l.n
      )
      select n, campaign_id from known`,
  );
  return new Map(rows.map((row) => [row.n, row.campaign_id]));
}

const frozen = new Map<CampaignId, string[]>();
const mostKept = 500;

/** Where the links of campaigns lead. What went out never changes, so that it is read once by this process. */
async function linksOf(
  scope: Scope,
  ids: ReadonlySet<CampaignId>,
): Promise<ReadonlyMap<CampaignId, string[]>> {
  const unknown = [...ids].filter((id) => !frozen.has(id));
  if (unknown.length === 0) return frozen;
  const rows = await inScope(scope, (tx) =>
    tx
      .select({ id: campaigns.id, links: sql<string[] | null>`${campaigns.compiled} -> 'links'` })
      .from(campaigns)
      .where(and(eq(campaigns.workspaceId, scope.workspaceId), inArray(campaigns.id, unknown))),
  );
  if (frozen.size > mostKept) frozen.clear();
  for (const { id, links } of rows) if (links) frozen.set(id, links);
  return frozen;
}
