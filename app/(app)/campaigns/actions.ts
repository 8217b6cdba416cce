'use server';

import { refresh } from 'next/cache';
import { redirect } from 'next/navigation';
import { z } from 'zod';
import { authorizedAction } from '@/lib/action';
import { createCampaign, deleteDraft, duplicateCampaign, listCampaigns } from '@/lib/campaigns/campaigns';
import { CampaignName } from '@/lib/campaigns/draft-fields';
import { limitCampaign } from '@/lib/campaigns/limits';
import { ScheduleInput, scheduleCampaign, unscheduleCampaign } from '@/lib/campaigns/schedule';
import { sendCampaign } from '@/lib/campaigns/send';
import { sendTest } from '@/lib/campaigns/send-test';
import { cancelCampaign, pauseCampaign, resumeCampaign } from '@/lib/campaigns/status';
import { channels } from '@/lib/db/states';
import { retryFailed } from '@/lib/deliveries/retry-failed';
import { acceptUnconfirmed, resendUnconfirmed } from '@/lib/deliveries/unconfirmed';
import { ok } from '@/lib/errors';
import { CampaignId, ContactId, DeliveryId } from '@/lib/ids';
import { LimitsInput } from '@/lib/senders/limits';

const NewCampaign = z.object({ name: CampaignName, channel: z.enum(channels).default('email') });
const OneCampaign = z.object({ id: CampaignId });

/** The few campaigns whose name or subject holds some letters. */
export const findCampaignsAction = authorizedAction(
  'campaigns:read',
  z.object({ search: z.string().max(200) }),
  async (scope, { search }) => {
    const { rows } = await listCampaigns(scope, { search, limit: 7 });
    return ok(rows.map(({ id, name, status }) => ({ id, name, status })));
  },
);

export const createCampaignAction = authorizedAction('campaigns:write', NewCampaign, async (scope, input) => {
  const made = await createCampaign(scope, input);
  if (made.ok) redirect(`/campaigns/${made.value.id}/edit`);
  return made;
});

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

export const scheduleCampaignAction = authorizedAction(
  'campaigns:send',
  OneCampaign.extend(ScheduleInput.shape),
  async (scope, { id, ...when }) => {
    const scheduled = await scheduleCampaign(scope, id, when);
    if (scheduled.ok) redirect(`/campaigns/${id}`);
    return scheduled;
  },
);

export const unscheduleCampaignAction = authorizedAction(
  'campaigns:send',
  OneCampaign,
  async (scope, { id }) => {
    const back = await unscheduleCampaign(scope, id);
    if (back.ok) redirect(`/campaigns/${id}/edit`);
    return back;
  },
);

export const limitCampaignAction = authorizedAction(
  'campaigns:send',
  OneCampaign.extend({ limits: LimitsInput }),
  async (scope, { id, limits }) => {
    const limited = await limitCampaign(scope, id, limits);
    if (limited.ok) refresh();
    return limited;
  },
);

export const retryFailedAction = authorizedAction('campaigns:send', OneCampaign, async (scope, { id }) => {
  const retried = await retryFailed(scope, id);
  if (retried.ok) refresh();
  return retried;
});

const Undecided = OneCampaign.extend({
  which: z.union([z.literal('waiting'), z.array(DeliveryId).min(1).max(100)]),
});

export const resendUnconfirmedAction = authorizedAction(
  'campaigns:send',
  Undecided,
  async (scope, { id, which }) => {
    const resent = await resendUnconfirmed(scope, id, which);
    if (resent.ok) refresh();
    return resent;
  },
);

export const acceptUnconfirmedAction = authorizedAction(
  'campaigns:send',
  Undecided,
  async (scope, { id, which }) => {
    const accepted = await acceptUnconfirmed(scope, id, which);
    if (accepted.ok) refresh();
    return accepted;
  },
);

const Test = OneCampaign.extend({
  to: z.array(z.string().trim().max(320)).min(1, 'Enter an address.').max(10, 'Enter at most 10 addresses.'),
  contactId: ContactId.nullable(),
});

export const sendTestAction = authorizedAction('campaigns:send', Test, (scope, { id, to, contactId }) =>
  sendTest(scope, id, { to, contactId }),
);
