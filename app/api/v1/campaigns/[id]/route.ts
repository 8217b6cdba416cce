import {
  CampaignAnswer,
  CampaignChanges,
  campaignAnswer,
  draftChanges,
  oneCampaign,
} from '@/lib/api/campaigns';
import { apiRoute } from '@/lib/api/route';
import { deleteDraft, findCampaign } from '@/lib/campaigns/campaigns';
import { changeCampaign } from '@/lib/campaigns/change-campaign';
import { ok } from '@/lib/errors';

export const GET = apiRoute(
  {
    tag: 'Campaigns',
    summary: 'One campaign',
    permission: 'campaigns:read',
    params: oneCampaign,
    status: 200,
    answer: CampaignAnswer,
  },
  async ({ scope, params }) => {
    const campaign = await findCampaign(scope, params.id);
    return campaign.ok ? ok(campaignAnswer(campaign.value)) : campaign;
  },
);

export const PATCH = apiRoute(
  {
    tag: 'Campaigns',
    summary: 'Change a draft, or the throttle of any campaign that has not ended',
    permission: 'campaigns:write',
    params: oneCampaign,
    body: CampaignChanges,
    example: { subject: 'Fresh bread, today only', throttle: { perMinute: 100 } },
    status: 200,
    answer: CampaignAnswer,
    conflict: 'it is no draft any more, or was changed since the revision that you name',
  },
  async ({ scope, params, body: { revision, ...body } }) => {
    const before = await findCampaign(scope, params.id);
    if (!before.ok) return before;
    const changes = draftChanges(before.value.channel, body);
    const changed = await changeCampaign(scope, params.id, { revision, changes });
    if (!changed.ok) return changed;
    const campaign = await findCampaign(scope, params.id);
    return campaign.ok ? ok(campaignAnswer(campaign.value)) : campaign;
  },
);

export const DELETE = apiRoute(
  {
    tag: 'Campaigns',
    summary: 'Delete a draft',
    permission: 'campaigns:write',
    params: oneCampaign,
    status: 204,
    conflict: 'it is no draft: what was sent keeps its record',
  },
  ({ scope, params }) => deleteDraft(scope, params.id),
);
