import { sql } from 'drizzle-orm';
import type { Scope } from '../auth/scope';
import type { ScopedTx } from '../db/scoped';
import type { TrackingClass, TrackingKind } from '../db/states';

/** All that one look of a machine asks for comes within so many seconds. */
const seconds = 10;
/** So many different links of a message are as good as all of them. */
const enoughLinks = 4;
/** Machines look at a message when it arrives: after so many minutes it is somebody who is quick. */
const soonMinutes = 10;
/** Nobody looks at more of what was done with one message, however much somebody does. */
const mostEvents = 200;

/**
 * When an event can be judged: whatever may belong to the same burst has come in by then, and is committed. What is judged
 * stays as it is, so that nobody is told of an opening that is taken back.
 */
export const settledAfterMs = (seconds + 2) * 1000;

/**
 * Marks what nobody has done by hand: all links of a message (at least two) at once, soon after it was sent, and what else
 * happened to it meanwhile. Answers how many it marked.
 */
export async function markBursts(
  tx: ScopedTx,
  scope: Scope,
  deliveryIds: string[],
  which: 'uncounted' | 'all' = 'uncounted',
): Promise<number> {
  const events = await soonEvents(tx, scope, deliveryIds);
  const ids = [...Map.groupBy(events, (event) => event.delivery_id).values()].flatMap((its) =>
    burstsOf(its)
      .filter((event) => event.class === 'human' && (which === 'all' || !event.counted))
      .map(({ id }) => id),
  );
  if (ids.length === 0) return 0;
  const marked = await tx.execute(sql`
    update tracking_events set class = 'burst'
    where workspace_id = ${scope.workspaceId} and id = any(${sql.param(ids)}::uuid[])`);
  return marked.count;
}

type SoonEvent = {
  id: string;
  delivery_id: string;
  kind: TrackingKind;
  link: number;
  class: TrackingClass;
  counted: boolean;
  ms: number;
  links: number;
};

/** Oldest first. `links`: how many its message has. */
async function soonEvents(tx: ScopedTx, { workspaceId }: Scope, deliveryIds: string[]): Promise<SoonEvent[]> {
  const rows = await tx.execute<SoonEvent>(sql`
    with links as materialized (
      select id, coalesce(jsonb_array_length(compiled -> 'links'), 0) as n
      from campaigns where workspace_id = ${workspaceId} and id in (
        select campaign_id from deliveries
        where workspace_id = ${workspaceId} and id = any(${sql.param(deliveryIds)}::uuid[]))
    )
    select e.id, e.delivery_id, e.kind, e.link, e.class, e.counted,
      extract(epoch from e.at)::float8 * 1000 as ms, l.n as links
    from unnest(${sql.param(deliveryIds)}::uuid[]) asked(id)
    cross join lateral (
      select id, campaign_id, sent_at from deliveries where workspace_id = ${workspaceId} and id = asked.id limit 1
    ) d
    join links l on l.id = d.campaign_id
    cross join lateral (
      select * from tracking_events
      where workspace_id = ${workspaceId} and delivery_id = d.id and class in ('human', 'burst')
        and at <= coalesce(d.sent_at, at) + make_interval(mins => ${soonMinutes}, secs => ${seconds})
      order by id limit ${mostEvents}
    ) e`);
  return [...rows].sort((a, b) => a.ms - b.ms);
}

/** Of the events of one delivery, those in a span that holds as many different links as nobody follows by hand. */
function burstsOf(events: SoonEvent[]): SoonEvent[] {
  const need = Math.max(2, Math.min(enoughLinks, events[0]?.links ?? 0));
  const found = new Set<SoonEvent>();
  for (const [n, first] of events.entries()) {
    const span = events.slice(n).filter(({ ms }) => ms - first.ms <= seconds * 1000);
    const clicks = span.filter(({ kind }) => kind === 'click');
    if (new Set(clicks.map(({ link }) => link)).size < need) continue;
    for (const event of span) found.add(event);
  }
  return [...found];
}
