import { oneCampaign, StatusAnswer } from '@/lib/api/campaigns';
import { apiRoute } from '@/lib/api/route';
import { cancelCampaign } from '@/lib/campaigns/status';
import { ok } from '@/lib/errors';

export const POST = apiRoute(
  {
    tag: 'Campaigns',
    summary: 'End a campaign for good',
    description: 'Whoever was not written to yet will not be.',
    permission: 'campaigns:send',
    params: oneCampaign,
    status: 200,
    answer: StatusAnswer,
    conflict: 'it has ended, or is a draft',
  },
  async ({ scope, params: { id } }) => {
    const changed = await cancelCampaign(scope, id);
    return changed.ok ? ok({ id, status: changed.value.status }) : changed;
  },
);
