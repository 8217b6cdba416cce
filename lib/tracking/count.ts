import { sql } from 'drizzle-orm';
import { mintSystemScope, type Scope } from '../auth/scope';
import { unsafeDatabase } from '../db/client';
import { workspaces } from '../db/schema/workspaces';
import { inScope, type ScopedTx } from '../db/scoped';
import { holdDeliveries, proof } from '../deliveries/events';
import { DeliveryId } from '../ids';
import { markBursts, settledAfterMs } from './bursts';
import { rollupOf } from './rollup';

/** One worker counts a workspace at a time; the others leave it alone meanwhile. */
export const countLock = 7_205_759_406;
const atOnce = 5_000;

/** Counts what was recorded in any workspace, as soon as it can be judged. */
export async function countAllTracking(): Promise<void> {
  const all = await unsafeDatabase().select({ id: workspaces.id }).from(workspaces);
  for (const { id } of all) await countTracking(mintSystemScope(id));
}

/**
 * Judges what was recorded and is old enough that all that belongs together is there; adds it to the rollups, and writes into
 * the ledger who has opened and clicked. Each event is counted once, however often this runs or dies.
 */
export async function countTracking(scope: Scope, now = Date.now()): Promise<void> {
  const until = new Date(now - settledAfterMs).toISOString();
  for (let counted = atOnce; counted === atOnce; )
    counted = await inScope(scope, (tx) => countSome(tx, scope, until));
}

async function countSome(tx: ScopedTx, scope: Scope, until: string): Promise<number> {
  const { workspaceId } = scope;
  // Nearly always there is nothing.
  const [any] = await tx.execute(
    sql`select 1 from tracking_events where workspace_id = ${workspaceId} and not counted limit 1`,
  );
  if (!any) return 0;
  const [turn] = await tx.execute<{ mine: boolean }>(
    sql`select pg_try_advisory_xact_lock(${countLock}::bigint + hashtext(${workspaceId})) as mine`,
  );
  if (!turn?.mine) return 0;
  const some = await tx.execute<{ id: string; delivery_id: string }>(sql`
    select id, delivery_id from tracking_events
    where workspace_id = ${workspaceId} and not counted and at <= ${until}::timestamptz
    order by id limit ${atOnce}`);
  if (some.length === 0) return 0;
  const ids = some.map(({ id }) => id);
  await markBursts(tx, scope, [...new Set(some.map((row) => row.delivery_id))]);
  await addToRollups(tx, scope, ids);
  const named = new Set(some.map((row) => DeliveryId.parse(row.delivery_id)));
  await holdDeliveries(tx, scope, [...named]);
  await stamp(tx, scope, ids);
  await tx.execute(sql`
    update tracking_events set counted = true
    where workspace_id = ${workspaceId} and id = any(${sql.param(ids)}::uuid[])`);
  return some.length;
}

async function addToRollups(tx: ScopedTx, { workspaceId }: Scope, ids: string[]): Promise<void> {
  const like = { any: sql`true`, kind: sql`x.kind = m.kind`, link: sql`x.kind = m.kind and x.link = m.link` };
  const rows = rollupOf(
    sql`select id, delivery_id, campaign_id, kind, link, at, class = 'human' as human from tracking_events
      where workspace_id = ${workspaceId} and id = any(${sql.param(ids)}::uuid[])`,
    (which) => sql`exists (
      select from tracking_events x where x.workspace_id = ${workspaceId} and x.delivery_id = m.delivery_id
        and x.counted and (x.class = 'human') = m.human and ${like[which]})`,
  );
  await tx.execute(sql`
    insert into tracking_rollups as r (workspace_id, campaign_id, grain, at, kind, link, human, machine, people, machine_people)
    select ${workspaceId}, n.campaign_id, n.grain, n.at, n.kind, n.link, n.human, n.machine, n.people, n.machine_people
    from (${rows}) n
    on conflict (workspace_id, campaign_id, grain, kind, link, at) do update set
      human = r.human + excluded.human, machine = r.machine + excluded.machine, people = r.people + excluded.people,
      machine_people = r.machine_people + excluded.machine_people`);
}

/** The first time wins. Whatever loads a message or follows its links proves, like a report, that it went out. */
async function stamp(tx: ScopedTx, { workspaceId }: Scope, ids: string[]): Promise<void> {
  await tx.execute(sql`
    update deliveries set
      opened_at = case when deliveries.channel = 'email' then coalesce(deliveries.opened_at, f.opened) end, clicked_at = coalesce(deliveries.clicked_at, f.clicked),
      state = ${proof.state}, reason = ${proof.reason}, sent_at = ${proof.sentAt}, retry_at = ${proof.retryAt},
      replay_id = ${proof.replayId}
    from (
      select delivery_id, min(at) filter (where class = 'human') as opened,
        min(at) filter (where class = 'human' and kind = 'click') as clicked
      from tracking_events where workspace_id = ${workspaceId} and id = any(${sql.param(ids)}::uuid[])
      group by 1
    ) f
    where deliveries.workspace_id = ${workspaceId} and deliveries.id = f.delivery_id
      and (deliveries.opened_at is null and f.opened is not null and deliveries.channel = 'email'
        or deliveries.clicked_at is null and f.clicked is not null
        or deliveries.state in ('unconfirmed', 'queued', 'retrying', 'failed'))`);
}
