import { type SQL, sql } from 'drizzle-orm';

/**
 * The rows of the rollups that events make, from a query of them (`id, delivery_id, campaign_id, kind, link, at, human`).
 * `isKnown`: whether an event like `m` of the same person is counted already, by a person or a machine as `m` is, of any kind, of
 * this kind, of this link; else the first among these is the first of all. Whoever clicked has opened, with pictures or without;
 * of a machine that means nothing.
 */
export function rollupOf(events: SQL, isKnown: (like: 'any' | 'kind' | 'link') => SQL): SQL {
  return sql`
    with mine as materialized (${events}),
    judged as (
      select m.*,
        m.human and row_number() over (partition by m.delivery_id, m.human order by m.at, m.id) = 1
          and not ${isKnown('any')} as opens,
        (m.kind = 'click' or not m.human)
          and row_number() over (partition by m.delivery_id, m.human, m.kind order by m.at, m.id) = 1
          and not ${isKnown('kind')} as begins,
        m.link > 0 and row_number() over (partition by m.delivery_id, m.human, m.kind, m.link order by m.at, m.id) = 1
          and not ${isKnown('link')} as follows
      from mine m
    ),
    facts as (
      select campaign_id, at, 'open' as kind, 0 as link, (kind = 'open' and human)::int as human,
        (kind = 'open' and not human)::int as machine, opens::int as people,
        (kind = 'open' and not human and begins)::int as machine_people
      from judged where kind = 'open' or opens
      union all
      select campaign_id, at, 'click', 0, human::int, (not human)::int, (human and begins)::int, (not human and begins)::int
      from judged where kind = 'click'
      union all
      select campaign_id, at, 'click', link, human::int, (not human)::int, (human and follows)::int, (not human and follows)::int
      from judged where kind = 'click' and link > 0
    )
    select f.campaign_id, g.grain, g.at, f.kind, f.link,
      sum(f.human)::int as human, sum(f.machine)::int as machine, sum(f.people)::int as people,
      (case g.grain when 'all' then sum(f.machine_people) else 0 end)::int as machine_people
    from facts f cross join lateral (values
      ('all', to_timestamp(0)), ('minute', date_trunc('minute', f.at)),
      ('quarter', date_bin('15 minutes', f.at, to_timestamp(0)))
    ) g(grain, at)
    group by 1, 2, 3, 4, 5`;
}
