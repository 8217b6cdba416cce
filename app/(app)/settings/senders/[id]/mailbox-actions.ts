'use server';

import { refresh } from 'next/cache';
import { z } from 'zod';
import { authorizedAction } from '@/lib/action';
import { checkMailbox, removeMailbox, saveMailbox } from '@/lib/bounces/mailboxes';
import { SenderId } from '@/lib/ids';
import { ProviderSettings } from '@/lib/senders/sender-input';

const OfSender = z.object({ id: SenderId });
const Given = OfSender.extend({ settings: ProviderSettings });

export const saveMailboxAction = authorizedAction(
  'settings:write',
  Given,
  async (scope, { id, settings }) => {
    const saved = await saveMailbox(scope, id, settings);
    if (saved.ok) refresh();
    return saved;
  },
);

export const checkMailboxAction = authorizedAction('settings:write', Given, (scope, { id, settings }) =>
  checkMailbox(scope, id, settings),
);

export const removeMailboxAction = authorizedAction('settings:write', OfSender, async (scope, { id }) => {
  const removed = await removeMailbox(scope, id);
  if (removed.ok) refresh();
  return removed;
});
