'use server';

import { refresh } from 'next/cache';
import { redirect } from 'next/navigation';
import { z } from 'zod';
import { authorizedAction } from '@/lib/action';
import { createCampaign, deleteDraft, duplicateCampaign } from '@/lib/campaigns/campaigns';
import { sendCampaign } from '@/lib/campaigns/send';
import { sendTest } from '@/lib/campaigns/send-test';
import { cancelCampaign, pauseCampaign, resumeCampaign } from '@/lib/campaigns/status';
import { CampaignId, ContactId } from '@/lib/ids';
import { cleanText } from '@/lib/text';

const NewCampaign = z.object({
  name: cleanText()
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

/** Whoever clicks twice, or in two windows, sends once: the second is told that it is already going out. */
export const sendCampaignAction = authorizedAction('campaigns:send', OneCampaign, async (scope, { id }) => {
  const sent = await sendCampaign(scope, id);
  if (sent.ok) redirect(`/campaigns/${id}`);
  return sent;
});

const Test = OneCampaign.extend({
  to: z.array(z.string().trim().max(320)).min(1, 'Enter an address.').max(10, 'Enter at most 10 addresses.'),
  contactId: ContactId.nullable(),
});

export const sendTestAction = authorizedAction('campaigns:send', Test, (scope, { id, to, contactId }) =>
  sendTest(scope, id, { to, contactId }),
);
