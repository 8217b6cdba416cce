import { oneCampaign, StatusAnswer } from '@/lib/api/campaigns';
import { apiRoute } from '@/lib/api/route';
import { resumeCampaign } from '@/lib/campaigns/status';
import { ok } from '@/lib/errors';

export const POST = apiRoute(
  {
    tag: 'Campaigns',
    summary: 'Go on with a paused campaign',
    permission: 'campaigns:send',
    params: oneCampaign,
    status: 200,
    answer: StatusAnswer,
    conflict: 'it is not paused',
  },
  async ({ scope, params: { id } }) => {
    const changed = await resumeCampaign(scope, id);
    return changed.ok ? ok({ id, status: changed.value.status }) : changed;
  },
);
