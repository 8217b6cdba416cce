'use server';

import { refresh } from 'next/cache';
import { redirect } from 'next/navigation';
import { z } from 'zod';
import { authorizedAction } from '@/lib/action';
import { createCampaign, deleteDraft, duplicateCampaign } from '@/lib/campaigns/campaigns';
import { cancelCampaign, pauseCampaign, resumeCampaign } from '@/lib/campaigns/status';
import { CampaignId } from '@/lib/ids';

const NewCampaign = z.object({
  name: z
    .string()
    .trim()
    .min(1, 'Give it a name, so that you find it again.')
    .max(200, 'Use at most 200 characters.'),
});
const OneCampaign = z.object({ id: CampaignId });

export const createCampaignAction = authorizedAction(
  'campaigns:write',
  NewCampaign,
  async (scope, { name }) => {
    const made = await createCampaign(scope, { name });
    if (made.ok) redirect(`/campaigns/${made.value.id}/edit`);
    return made;
  },
);

export const duplicateCampaignAction = authorizedAction(
  'campaigns:write',
  OneCampaign,
  async (scope, { id }) => {
    const made = await duplicateCampaign(scope, id);
    if (made.ok) redirect(`/campaigns/${made.value.id}/edit`);
    return made;
  },
);

export const deleteDraftAction = authorizedAction('campaigns:write', OneCampaign, async (scope, { id }) => {
  const gone = await deleteDraft(scope, id);
  if (gone.ok) refresh();
  return gone;
});

export const pauseCampaignAction = authorizedAction('campaigns:send', OneCampaign, (scope, { id }) =>
  pauseCampaign(scope, id),
);

export const resumeCampaignAction = authorizedAction('campaigns:send', OneCampaign, (scope, { id }) =>
  resumeCampaign(scope, id),
);

export const cancelCampaignAction = authorizedAction('campaigns:send', OneCampaign, (scope, { id }) =>
  cancelCampaign(scope, id),
);
