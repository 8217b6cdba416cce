'use server';

import { refresh } from 'next/cache';
import { redirect } from 'next/navigation';
import { z } from 'zod';
import { authorizedAction } from '@/lib/action';
import { checkSenderDomain, Selectors } from '@/lib/domains/sender-domain';
import { SenderId } from '@/lib/ids';
import { ProviderChoice, ProviderSettings, SenderDetails } from '@/lib/senders/sender-input';
import {
  checkSender,
  createSender,
  deleteSender,
  setDefaultSender,
  updateSender,
} from '@/lib/senders/senders';

const OneSender = z.object({ id: SenderId });
const Saved = z.object({
  id: SenderId.optional(),
  provider: ProviderChoice,
  details: SenderDetails,
  settings: ProviderSettings,
  /** New campaigns shall begin with it. */
  makeDefault: z.boolean().default(false),
});

export const saveSenderAction = authorizedAction('settings:write', Saved, async (scope, input) => {
  const { id, provider, details, settings, makeDefault } = input;
  const saved = id
    ? await updateSender(scope, id, details, settings)
    : await createSender(scope, provider, details, settings);
  if (saved.ok && saved.value && makeDefault) await setDefaultSender(scope, saved.value.id);
  if (saved.ok) redirect('/settings/senders');
  return saved;
});

export const checkSenderAction = authorizedAction(
  'settings:write',
  Saved.omit({ details: true, makeDefault: true }),
  (scope, input) => checkSender(scope, input),
);

export const checkDomainAction = authorizedAction(
  'settings:write',
  OneSender.extend({ selectors: Selectors }),
  async (scope, { id, selectors }) => {
    const checked = await checkSenderDomain(scope, id, selectors);
    if (checked.ok) refresh();
    return checked;
  },
);

export const setDefaultSenderAction = authorizedAction('settings:write', OneSender, async (scope, { id }) => {
  const done = await setDefaultSender(scope, id);
  if (done.ok) refresh();
  return done;
});

export const deleteSenderAction = authorizedAction('settings:write', OneSender, async (scope, { id }) => {
  const done = await deleteSender(scope, id);
  if (done.ok) refresh();
  return done;
});
