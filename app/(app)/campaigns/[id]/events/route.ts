import { authorizedStream } from '@/lib/action';
import { campaignStats } from '@/lib/campaigns/stats';
import { notFound, ok } from '@/lib/errors';
import { CampaignId } from '@/lib/ids';
import { isOver, liveStats } from '../../live-stats';

/** How the campaign stands, whenever that changes, until it is over. */
export const GET = authorizedStream('campaigns:read', async (scope, params) => {
  const id = CampaignId.safeParse(params.id);
  if (!id.success) return notFound('campaign');
  const first = await campaignStats(scope, id.data);
  if (!first.ok) return first;
  return ok({
    of: id.data,
    read: async (now) => {
      const stats = await campaignStats(now, id.data);
      return stats.ok ? liveStats(stats.value) : undefined;
    },
    isLast: isOver,
  });
});
