import { sql } from 'drizzle-orm';
import type { Scope } from '../auth/scope';
import { inScope } from '../db/scoped';
import { hasFlag, sumOf } from './delivery-counts';

export type DayCounts = {
  sent: number;
  delivered: number;
  opened: number;
  clicked: number;
  unsubscribed: number;
  bounced: number;
};
/** `day`: 2030-01-31, on the workspace's calendar. */
export type Day = DayCounts & { day: string };

const days = 30;

/**
 * What became of the messages of the last 30 days, each counted on the day on which it was sent: so that every share is one of
 * the same messages. Without gaps, today last. The counts have them by the quarter of an hour, in which days begin in every zone.
 */
export async function lastDays(scope: Scope): Promise<Day[]> {
  const { workspaceId } = scope;
  const rows = await inScope(scope, (tx) =>
    tx.execute<{ day: string; flags: number; n: number }>(sql`
      with w as materialized (
        select time_zone, (now() at time zone time_zone)::date as today from workspaces where id = ${workspaceId}
      ), bounds as materialized (
        select time_zone, today,
          delivery_quarter('sent', (today - ${days - 1}::int)::timestamp at time zone time_zone) as first
        from w
      ), kept as (
        select r.part, r.flags, r.n
        from campaigns k cross join bounds b cross join lateral (
          select part, flags, n from delivery_rollups
          where workspace_id = ${workspaceId} and campaign_id = k.id and part >= b.first
        ) r
        where k.workspace_id = ${workspaceId} and k.started_at is not null
        union all
        select split_part(key, '|', 1)::int, split_part(key, '|', 4)::int, value::int
        from delivery_deltas cross join lateral jsonb_each_text(shapes)
        where workspace_id = ${workspaceId}
      ), sent as (
        select (to_timestamp(q.part * 900.0) at time zone b.time_zone)::date as day, q.flags, sum(q.n)::int as n
        from (select part, flags, sum(n) as n from kept group by 1, 2) q join bounds b on q.part >= b.first
        group by 1, 2
      )
      select to_char(b.today - back, 'YYYY-MM-DD') as day, coalesce(s.flags, 0) as flags, coalesce(s.n, 0) as n
      from bounds b cross join generate_series(0, ${days - 1}::int) back left join sent s on s.day = b.today - back
      order by back desc`),
  );
  return [...Map.groupBy(rows, ({ day }) => day)].map(([day, shapes]) => ({
    day,
    sent: sumOf(shapes, () => true),
    delivered: sumOf(shapes, (shape) => hasFlag(shape, 'delivered')),
    opened: sumOf(shapes, (shape) => hasFlag(shape, 'opened')),
    clicked: sumOf(shapes, (shape) => hasFlag(shape, 'clicked')),
    unsubscribed: sumOf(shapes, (shape) => hasFlag(shape, 'unsubscribed')),
    bounced: sumOf(shapes, (shape) => hasFlag(shape, 'bounced')),
  }));
}

/** The first and the last day that are meant where one or both are not said: up to today, and as many as `lastDays` has. */
export async function meantDays(
  scope: Scope,
  { from, until }: { from?: string | undefined; until?: string | undefined },
): Promise<{ from: string; until: string }> {
  if (from !== undefined && until !== undefined) return { from, until };
  const [meant] = await inScope(scope, (tx) =>
    tx.execute<{ from: string; until: string }>(sql`
      with said as (
        select ${from ?? null}::date as from, coalesce(${until ?? null}::date, (now() at time zone time_zone)::date) as until
        from workspaces where id = ${scope.workspaceId}
      )
      select to_char(coalesce(s.from, s.until - ${days - 1}::int), 'YYYY-MM-DD') as from, to_char(s.until, 'YYYY-MM-DD') as until
      from said s`),
  );
  if (!meant) throw new Error('a scope is of a workspace');
  return { ...meant };
}
