import { oneCampaign, StatsAnswer } from '@/lib/api/campaigns';
import { apiRoute } from '@/lib/api/route';
import { campaignStats } from '@/lib/campaigns/stats';

export const GET = apiRoute(
  {
    tag: 'Campaigns',
    summary: 'How a campaign stands, counted from its ledger',
    permission: 'campaigns:read',
    params: oneCampaign,
    status: 200,
    answer: StatsAnswer,
  },
  ({ scope, params }) => campaignStats(scope, params.id),
);
