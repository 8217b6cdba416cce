'use server';

import { refresh } from 'next/cache';
import { redirect } from 'next/navigation';
import { z } from 'zod';
import { authorizedAction } from '@/lib/action';
import type { Result } from '@/lib/errors';
import { WebhookId, WebhookMessageId } from '@/lib/ids';
import { sendMessageAgain } from '@/lib/webhooks/messages';
import { WebhookInput } from '@/lib/webhooks/webhook-input';
import {
  createWebhook,
  deleteWebhook,
  rotateWebhookSecret,
  switchWebhook,
  testWebhook,
  updateWebhook,
} from '@/lib/webhooks/webhooks';

const OneWebhook = z.object({ id: WebhookId });

function refreshed<Value>(result: Result<Value>): Result<Value> {
  if (result.ok) refresh();
  return result;
}

/** The page is drawn anew when the dialog that shows the key is closed: before, it would take the dialog away. */
export const createWebhookAction = authorizedAction('settings:write', WebhookInput, createWebhook);

export const updateWebhookAction = authorizedAction(
  'settings:write',
  WebhookInput.extend({ id: WebhookId }),
  async (scope, { id, ...input }) => refreshed(await updateWebhook(scope, id, input)),
);

export const rotateWebhookSecretAction = authorizedAction(
  'settings:write',
  OneWebhook,
  async (scope, { id }) => refreshed(await rotateWebhookSecret(scope, id)),
);

export const switchWebhookAction = authorizedAction(
  'settings:write',
  z.object({ id: WebhookId, on: z.boolean() }),
  async (scope, { id, on }) => refreshed(await switchWebhook(scope, id, on)),
);

export const testWebhookAction = authorizedAction('settings:write', OneWebhook, async (scope, { id }) =>
  refreshed(await testWebhook(scope, id)),
);

export const sendMessageAgainAction = authorizedAction(
  'settings:write',
  z.object({ id: WebhookId, messageId: WebhookMessageId }),
  async (scope, { id, messageId }) => refreshed(await sendMessageAgain(scope, id, messageId)),
);

export const deleteWebhookAction = authorizedAction('settings:write', OneWebhook, async (scope, { id }) => {
  const done = await deleteWebhook(scope, id);
  if (done.ok) redirect('/settings/webhooks');
  return done;
});
