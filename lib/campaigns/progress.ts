import { and, count, eq, inArray } from 'drizzle-orm';
import type { Scope } from '../auth/scope';
import { deliveries } from '../db/schema/deliveries';
import { inScope } from '../db/scoped';
import type { DeliveryState } from '../db/states';
import type { CampaignId } from '../ids';

export type CampaignProgress = Record<DeliveryState, number> & { planned: number };

const nothing = (): CampaignProgress => ({
  planned: 0,
  queued: 0,
  sending: 0,
  retrying: 0,
  sent: 0,
  failed: 0,
  skipped: 0,
  unconfirmed: 0,
  cancelled: 0,
});

/** How far each of these campaigns is, counted from the ledger in one index-only pass; zeros for one that has none. */
export async function campaignProgress(
  scope: Scope,
  ids: CampaignId[],
): Promise<Map<CampaignId, CampaignProgress>> {
  const progress = new Map(ids.map((id) => [id, nothing()]));
  if (ids.length === 0) return progress;
  const rows = await inScope(scope, (tx) =>
    tx
      .select({ id: deliveries.campaignId, state: deliveries.state, n: count() })
      .from(deliveries)
      .where(and(eq(deliveries.workspaceId, scope.workspaceId), inArray(deliveries.campaignId, ids)))
      .groupBy(deliveries.campaignId, deliveries.state),
  );
  for (const { id, state, n } of rows) {
    const counts = progress.get(id);
    if (!counts) continue;
    counts[state] = n;
    counts.planned += n;
  }
  return progress;
}
