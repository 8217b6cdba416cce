import { deliveryShapes } from '../analytics/delivery-counts';
import type { Scope } from '../auth/scope';
import { inScope } from '../db/scoped';
import type { DeliveryState } from '../db/states';
import type { CampaignId } from '../ids';
import { statesOf } from './stats';

export type CampaignProgress = Record<DeliveryState, number> & { planned: number };

/** How far each of these campaigns is, without reading its ledger; zeros for one that has none. */
export async function campaignProgress(
  scope: Scope,
  ids: CampaignId[],
): Promise<Map<CampaignId, CampaignProgress>> {
  if (ids.length === 0) return new Map();
  const shapes = await inScope(scope, (tx) => deliveryShapes(tx, scope, ids));
  const byCampaign = Map.groupBy(shapes, ({ campaignId }) => campaignId);
  return new Map(
    ids.map((id) => {
      const its = byCampaign.get(id) ?? [];
      return [id, { ...statesOf(its), planned: its.reduce((sum, { n }) => sum + n, 0) }];
    }),
  );
}
