import type { z } from 'zod';
import { mintSystemScope } from '@/lib/auth/scope';
import type { sendWebhook } from '@/lib/jobs/definitions';
import { sendMessage } from '@/lib/webhooks/send-message';
import type { Handler } from '../handler';

export const handleSendWebhook: Handler<z.infer<typeof sendWebhook.payload>> = (
  { workspaceId, messageId },
  { abort },
) => sendMessage(mintSystemScope(workspaceId), messageId, abort);
