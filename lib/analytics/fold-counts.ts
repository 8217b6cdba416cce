import { sql } from 'drizzle-orm';
import { mintSystemScope, type Scope } from '../auth/scope';
import { unsafeDatabase } from '../db/client';
import { workspaces } from '../db/schema/workspaces';
import { inScope, type ScopedTx } from '../db/scoped';
import type { WorkspaceId } from '../ids';

const atOnce = 2_000;
/** Any number of its own: one worker adds up a workspace at a time; the others leave it alone meanwhile. */
const foldLock = 7_205_759_407;

/** Adds up what statements have changed about the counts of deliveries, in any workspace. */
export async function foldAllCounts(): Promise<void> {
  const all = await unsafeDatabase().select({ id: workspaces.id }).from(workspaces);
  for (const { id } of all) await foldCounts(mintSystemScope(id));
}

/** The same for one workspace. What is counted does not change by it: who reads takes both. */
export async function foldCounts(scope: Scope): Promise<void> {
  for (let folded = atOnce; folded === atOnce; ) folded = await inScope(scope, (tx) => foldSome(tx, scope));
}

async function foldSome(tx: ScopedTx, { workspaceId }: Scope): Promise<number> {
  // Nearly always there is nothing.
  const [any] = await tx.execute(
    sql`select 1 from delivery_deltas where workspace_id = ${workspaceId} limit 1`,
  );
  if (!any) return 0;
  const [turn] = await tx.execute<{ mine: boolean }>(
    sql`select pg_try_advisory_xact_lock(${foldLock}::bigint + hashtext(${workspaceId})) as mine`,
  );
  if (!turn?.mine) return 0;
  const [row] = await tx.execute<{ n: number; gone: number }>(sql`
    with folded as (
      delete from delivery_deltas where ctid = any(array(
        select ctid from delivery_deltas where workspace_id = ${workspaceId} limit ${atOnce}))
      returning campaign_id, shapes, domains, moments
    ), living as materialized (
      -- Of a campaign that was deleted meanwhile nothing is left to be counted; and whoever deletes one waits for the lock with
      -- which this begins, not for counts in its middle.
      select f.* from folded f join campaigns k on k.workspace_id = ${workspaceId} and k.id = f.campaign_id
      for key share of k
    ), of_shapes as (
      insert into delivery_rollups as r (workspace_id, campaign_id, part, state, reason, flags, n)
      select ${workspaceId}, campaign_id, split_part(key, '|', 1)::int, split_part(key, '|', 2)::delivery_state,
        split_part(key, '|', 3), split_part(key, '|', 4)::int, sum(value::int)
      from living cross join lateral jsonb_each_text(shapes)
      group by 2, 3, 4, 5, 6 having sum(value::int) <> 0
      on conflict (workspace_id, campaign_id, part, state, reason, flags) do update set n = r.n + excluded.n
    ), of_domains as (
      insert into delivery_domains as r (workspace_id, campaign_id, domain, planned, sent, failed, bounced, opened, clicked)
      select ${workspaceId}, campaign_id, key, sum((value ->> 0)::int), sum((value ->> 1)::int), sum((value ->> 2)::int),
        sum((value ->> 3)::int), sum((value ->> 4)::int), sum((value ->> 5)::int)
      from living cross join lateral jsonb_each(domains)
      group by 2, 3
      on conflict (workspace_id, campaign_id, domain) do update set planned = r.planned + excluded.planned,
        sent = r.sent + excluded.sent, failed = r.failed + excluded.failed, bounced = r.bounced + excluded.bounced,
        opened = r.opened + excluded.opened, clicked = r.clicked + excluded.clicked
      returning planned
    ), of_moments as (
      insert into delivery_moments as r (workspace_id, campaign_id, at, sent, delivered, bounced)
      select ${workspaceId}, campaign_id, to_timestamp(key::bigint), sum((value ->> 0)::int), sum((value ->> 1)::int),
        sum((value ->> 2)::int)
      from living cross join lateral jsonb_each(moments)
      group by 2, 3
      on conflict (workspace_id, campaign_id, at) do update set sent = r.sent + excluded.sent,
        delivered = r.delivered + excluded.delivered, bounced = r.bounced + excluded.bounced
    )
    select (select count(*)::int from folded) as n, (select count(*)::int from of_domains where planned = 0) as gone`);
  if (row && row.gone > 0) await forgetDomains(tx, workspaceId);
  return row?.n ?? 0;
}

/** The domain of somebody who was erased can be their name: where nobody is left, it is not kept. */
async function forgetDomains(tx: ScopedTx, workspaceId: WorkspaceId): Promise<void> {
  await tx.execute(sql`
    delete from delivery_domains where workspace_id = ${workspaceId}
      and (planned, sent, failed, bounced, opened, clicked) = (0, 0, 0, 0, 0, 0)`);
}
