import {
  CampaignAnswer,
  CampaignQuery,
  CampaignRowAnswer,
  campaignAnswer,
  draftChanges,
  NewCampaign,
} from '@/lib/api/campaigns';
import { apiRoute } from '@/lib/api/route';
import { pageOf } from '@/lib/api/shapes';
import { createCampaign, findCampaign, listCampaigns } from '@/lib/campaigns/campaigns';
import { ok } from '@/lib/errors';

export const GET = apiRoute(
  {
    tag: 'Campaigns',
    summary: 'Campaigns without their content, the newest first',
    permission: 'campaigns:read',
    query: CampaignQuery,
    status: 200,
    answer: pageOf(CampaignRowAnswer),
  },
  async ({ scope, query }) => {
    const { rows, next } = await listCampaigns(scope, query);
    return ok({ data: rows.map((row) => ({ ...row, channel: 'email' as const })), nextCursor: next });
  },
);

export const POST = apiRoute(
  {
    tag: 'Campaigns',
    summary: 'Make a draft',
    description: 'The key needs the right to send to every list that the campaign names.',
    permission: 'campaigns:write',
    body: NewCampaign,
    example: {
      name: 'Autumn bread',
      channel: 'email',
      subject: 'Fresh bread, {{ first_name | default: "friend" }}',
      content: { format: 'markdown', body: 'Hello {{ first_name | default: "there" }},\n\ncome **early**.' },
      listIds: [],
    },
    status: 201,
    answer: CampaignAnswer,
  },
  async ({ scope, body: { name, channel, ...body } }) => {
    const made = await createCampaign(scope, { ...draftChanges(channel, body), name, channel });
    if (!made.ok) return made;
    const campaign = await findCampaign(scope, made.value.id);
    return campaign.ok ? ok(campaignAnswer(campaign.value)) : campaign;
  },
);
