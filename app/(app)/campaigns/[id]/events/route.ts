import { authorizedRoute } from '@/lib/action';
import { campaignStats } from '@/lib/campaigns/stats';
import { notFound } from '@/lib/errors';
import { eventStream } from '@/lib/event-stream';
import { CampaignId } from '@/lib/ids';
import { isOver, liveStats } from '../../live-stats';

/** How the campaign stands, whenever that changes, until it is over. */
export const GET = authorizedRoute('campaigns:read', async (scope, request, params) => {
  const id = CampaignId.safeParse(params.id);
  if (!id.success) return notFound('campaign');
  const first = await campaignStats(scope, id.data);
  if (!first.ok) return first;
  const read = async () => {
    const stats = await campaignStats(scope, id.data);
    return stats.ok ? liveStats(stats.value) : undefined;
  };
  return eventStream(request, read, { isLast: (stats) => isOver(stats) });
});
