import { sql } from 'drizzle-orm';
import type { Scope } from '../auth/scope';
import { inScope } from '../db/scoped';

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
 * the same messages. Without gaps, today last. Reads the ledger of these days by its index of times.
 */
export async function lastDays(scope: Scope): Promise<Day[]> {
  const { workspaceId } = scope;
  const rows = await inScope(scope, (tx) =>
    tx.execute<Day>(sql`
      with w as materialized (
        select time_zone, (now() at time zone time_zone)::date as today from workspaces where id = ${workspaceId}
      ), bounds as materialized (
        select time_zone, today, (today - ${days - 1}::int)::timestamp at time zone time_zone as since from w
      ), sent as (
        select x.day, sum(x.sent)::int as sent, sum(x.delivered)::int as delivered, sum(x.opened)::int as opened,
          sum(x.clicked)::int as clicked, sum(x.unsubscribed)::int as unsubscribed, sum(x.bounced)::int as bounced
        from campaigns k cross join bounds b cross join lateral (
          select (d.sent_at at time zone b.time_zone)::date as day, count(*) as sent, count(d.delivered_at) as delivered,
            count(d.opened_at) as opened, count(d.clicked_at) as clicked, count(d.unsubscribed_at) as unsubscribed,
            count(d.bounced_at) as bounced
          from deliveries d
          where d.workspace_id = ${workspaceId} and d.campaign_id = k.id and d.sent_at >= b.since and d.state = 'sent'
          group by 1
        ) x
        where k.workspace_id = ${workspaceId} and k.started_at is not null
        group by 1
      )
      select to_char(b.today - n, 'YYYY-MM-DD') as day, coalesce(s.sent, 0) as sent, coalesce(s.delivered, 0) as delivered,
        coalesce(s.opened, 0) as opened, coalesce(s.clicked, 0) as clicked,
        coalesce(s.unsubscribed, 0) as unsubscribed, coalesce(s.bounced, 0) as bounced
      from bounds b cross join generate_series(0, ${days - 1}::int) n left join sent s on s.day = b.today - n
      order by n desc`),
  );
  return [...rows];
}
