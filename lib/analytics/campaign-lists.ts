import { sql } from 'drizzle-orm';
import type { Scope } from '../auth/scope';
import { mostLists } from '../campaigns/audience';
import { inScope } from '../db/scoped';
import { type CampaignId, ListId } from '../ids';
import { deliveryShapes, hasFlag, type Shape, sumOf } from './delivery-counts';

export type ListReport = {
  /** Null: all lists that are not counted each by itself. */
  list: { id: ListId; name: string } | null;
  planned: number;
  sent: number;
  failed: number;
  bounced: number;
  opened: number;
  clicked: number;
  unsubscribed: number;
};

/**
 * How a campaign went by list, of those lists alone that the scope may see. A recipient counts under each of the campaign's lists
 * on which they were when it was launched. None: it went to one list, or it was launched before that was kept.
 */
export function campaignListReports(scope: Scope, id: CampaignId): Promise<ListReport[]> {
  const { workspaceId } = scope;
  return inScope(scope, async (tx) => {
    const lists = await tx.execute<{ id: string; name: string; place: number }>(sql`
      select l.id, l.name, a.place::int - 1 as place
      from campaigns k cross join lateral unnest(k.audience) with ordinality a(id, place)
      join lists l on l.workspace_id = k.workspace_id and l.id = a.id
      where k.workspace_id = ${workspaceId} and k.id = ${id} and cardinality(k.audience) > 1
      order by a.place`);
    if (lists.length === 0) return [];
    const shapes = Map.groupBy(await deliveryShapes(tx, scope, [id], 'lists'), ({ list }) => list);
    const single = lists
      .filter(({ place }) => place < mostLists)
      .map(({ id: listId, name, place }) => ({
        list: { id: ListId.parse(listId), name },
        ...countsOf(shapes.get(place) ?? []),
      }))
      .sort((a, b) => b.planned - a.planned || (a.list.name < b.list.name ? -1 : 1));
    const further = shapes.get(mostLists);
    // They are one number: whoever does not see all lists does not see it.
    return further && scope.lists === 'all' ? [...single, { list: null, ...countsOf(further) }] : single;
  });
}

function countsOf(shapes: readonly Shape[]): Omit<ListReport, 'list'> {
  const out = shapes.filter(({ state }) => state === 'sent' || state === 'unconfirmed');
  return {
    planned: sumOf(shapes, () => true),
    sent: sumOf(shapes, ({ state }) => state === 'sent'),
    failed: sumOf(shapes, ({ state }) => state === 'failed'),
    bounced: sumOf(out, (shape) => hasFlag(shape, 'bounced')),
    opened: sumOf(out, (shape) => hasFlag(shape, 'opened')),
    clicked: sumOf(out, (shape) => hasFlag(shape, 'clicked')),
    unsubscribed: sumOf(out, (shape) => hasFlag(shape, 'unsubscribed')),
  };
}
