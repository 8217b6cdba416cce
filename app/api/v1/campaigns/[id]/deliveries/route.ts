import { DeliveryAnswer, DeliveryQuery, oneCampaign } from '@/lib/api/campaigns';
import { apiRoute } from '@/lib/api/route';
import { pageOf } from '@/lib/api/shapes';
import { findCampaign } from '@/lib/campaigns/campaigns';
import { listDeliveries } from '@/lib/deliveries/deliveries';
import { ok } from '@/lib/errors';

export const GET = apiRoute(
  {
    tag: 'Campaigns',
    summary: 'The ledger of a campaign: what became of each recipient',
    permission: 'campaigns:read',
    params: oneCampaign,
    query: DeliveryQuery,
    status: 200,
    answer: pageOf(DeliveryAnswer),
  },
  async ({ scope, params, query }) => {
    const campaign = await findCampaign(scope, params.id);
    if (!campaign.ok) return campaign;
    const { rows, next } = await listDeliveries(scope, params.id, query);
    return ok({ data: rows, nextCursor: next });
  },
);
