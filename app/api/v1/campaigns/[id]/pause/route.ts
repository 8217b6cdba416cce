import { oneCampaign, StatusAnswer } from '@/lib/api/campaigns';
import { apiRoute } from '@/lib/api/route';
import { pauseCampaign } from '@/lib/campaigns/status';
import { ok } from '@/lib/errors';

export const POST = apiRoute(
  {
    tag: 'Campaigns',
    summary: 'Stop a campaign for now',
    description: 'Whoever is being written to at this moment gets the message.',
    permission: 'campaigns:send',
    params: oneCampaign,
    status: 200,
    answer: StatusAnswer,
    conflict: 'it is not being sent',
  },
  async ({ scope, params: { id } }) => {
    const changed = await pauseCampaign(scope, id);
    return changed.ok ? ok({ id, status: changed.value.status }) : changed;
  },
);
