import { sql } from 'drizzle-orm';
import { mintSystemScope, type Scope } from '../auth/scope';
import { unsafeDatabase } from '../db/client';
import { workspaces } from '../db/schema/workspaces';
import { inScope, type ScopedTx } from '../db/scoped';
import type { TrackingKind } from '../db/states';
import { CampaignId } from '../ids';
import { log } from '../log';
import { markBursts } from './bursts';
import { classOfAgent } from './classify';
import { countLock } from './count';
import { rollupOf } from './rollup';

const recentDays = 40;

/**
 * Judges what campaigns of the last weeks recorded anew, by what is known now of programs, and holds their rollups against it.
 * Nothing recorded is lost by it; rollups that differ are logged and made anew.
 */
export async function reviewAllTracking(stop: AbortSignal): Promise<boolean> {
  const all = await unsafeDatabase().select({ id: workspaces.id }).from(workspaces);
  for (const { id } of all) {
    const scope = mintSystemScope(id);
    for (const campaignId of await recentlyTracked(scope)) {
      if (stop.aborted) return false;
      await reclassify(scope, campaignId);
      await mendRollups(scope, campaignId);
    }
  }
  return true;
}

async function recentlyTracked(scope: Scope): Promise<CampaignId[]> {
  const rows = await inScope(scope, (tx) =>
    tx.execute<{ id: string }>(sql`
      select id from campaigns k where workspace_id = ${scope.workspaceId} and started_at is not null and exists (
        select from tracking_rollups r
        where r.workspace_id = k.workspace_id and r.campaign_id = k.id and r.grain = 'quarter'
          and r.at > now() - make_interval(days => ${recentDays}))
      order by id`),
  );
  return rows.map(({ id }) => CampaignId.parse(id));
}

/** The rollups as the raw events have them. */
const asCounted = ({ workspaceId }: Scope, id: CampaignId) =>
  rollupOf(
    sql`select id, delivery_id, campaign_id, kind, link, at, class = 'human' as human from tracking_events
      where workspace_id = ${workspaceId} and campaign_id = ${id} and counted`,
    () => sql`false`,
  );

/** Nobody counts while this looks. */
const lock = ({ workspaceId }: Scope) =>
  sql`select pg_advisory_xact_lock(${countLock}::bigint + hashtext(${workspaceId}))`;

/**
 * Where rollups and raw events differ, how often. Of the spans, who did it first is not compared: somebody may have come in
 * later than what was recorded after them.
 */
export async function rollupDifferences(tx: ScopedTx, scope: Scope, id: CampaignId): Promise<number> {
  const [row] = await tx.execute<{ n: number }>(sql`
    select count(*)::int as n from (${asCounted(scope, id)}) raw
    full join (select * from tracking_rollups where workspace_id = ${scope.workspaceId} and campaign_id = ${id}) kept
      on (kept.grain, kept.kind, kept.link, kept.at) = (raw.grain, raw.kind, raw.link, raw.at)
    where (coalesce(raw.human, 0), coalesce(raw.machine, 0)) <> (coalesce(kept.human, 0), coalesce(kept.machine, 0))
      or coalesce(raw.grain, kept.grain) = 'all'
        and (coalesce(raw.people, 0), coalesce(raw.machine_people, 0)) <> (coalesce(kept.people, 0), coalesce(kept.machine_people, 0))`);
  return row?.n ?? 0;
}

/** Answers how many rollups were wrong. */
export function mendRollups(scope: Scope, id: CampaignId): Promise<number> {
  return inScope(scope, async (tx) => {
    await tx.execute(lock(scope));
    const differences = await rollupDifferences(tx, scope, id);
    if (differences === 0) return 0;
    log.error({ campaign: id, differences }, 'rollups were not what the raw events say; they are made anew');
    await makeRollups(tx, scope, id);
    return differences;
  });
}

async function makeRollups(tx: ScopedTx, scope: Scope, id: CampaignId): Promise<void> {
  const { workspaceId } = scope;
  await tx.execute(
    sql`delete from tracking_rollups where workspace_id = ${workspaceId} and campaign_id = ${id}`,
  );
  await tx.execute(sql`
    insert into tracking_rollups (workspace_id, campaign_id, grain, at, kind, link, human, machine, people, machine_people)
    select ${workspaceId}, n.campaign_id, n.grain, n.at, n.kind, n.link, n.human, n.machine, n.people, n.machine_people
    from (${asCounted(scope, id)}) n`);
}

/** What was judged by its request alone, or by all of them together, and could be judged otherwise. */
const judged = sql`class in ('human', 'apple', 'scanner', 'burst')`;

/** Answers how many events are of another class now. */
export function reclassify(scope: Scope, id: CampaignId): Promise<number> {
  const { workspaceId } = scope;
  return inScope(scope, async (tx) => {
    await tx.execute(lock(scope));
    const agents = await tx.execute<{ kind: TrackingKind; agent: string }>(sql`
      select distinct kind, agent from tracking_events
      where workspace_id = ${workspaceId} and campaign_id = ${id} and ${judged} and agent <> ''`);
    let changed = 0;
    for (const { kind, agent } of agents) {
      const itsClass = classOfAgent(kind, agent);
      const { count } = await tx.execute(sql`
        update tracking_events set class = ${itsClass}
        where workspace_id = ${workspaceId} and campaign_id = ${id} and kind = ${kind} and agent = ${agent}
          and ${judged} and class <> ${itsClass} and not (class = 'burst' and ${itsClass} = 'human')`);
      changed += count;
    }
    const clicked = await tx.execute<{ id: string }>(sql`
      select distinct delivery_id as id from tracking_events
      where workspace_id = ${workspaceId} and campaign_id = ${id} and class = 'human' and kind = 'click' and counted`);
    const ids = clicked.map((row) => row.id);
    changed += await markBursts(tx, scope, ids, 'all');
    if (changed === 0) return 0;
    await makeRollups(tx, scope, id);
    await stampAnew(tx, scope, id);
    return changed;
  });
}

/** Of whom it was only a machine, nothing is said any more; of whom it was not, it is said from the first time on. */
async function stampAnew(tx: ScopedTx, { workspaceId }: Scope, id: CampaignId): Promise<void> {
  await tx.execute(sql`
    update deliveries d set opened_at = case when d.channel = 'email' then f.opened end, clicked_at = f.clicked
    from (
      select delivery_id, min(at) filter (where class = 'human') as opened,
        min(at) filter (where class = 'human' and kind = 'click') as clicked
      from tracking_events where workspace_id = ${workspaceId} and campaign_id = ${id} and counted
      group by 1
    ) f
    where d.workspace_id = ${workspaceId} and d.id = f.delivery_id
      and (d.channel = 'email' and d.opened_at is null <> (f.opened is null) or d.clicked_at is null <> (f.clicked is null))`);
}
