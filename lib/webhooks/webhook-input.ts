import { z } from 'zod';
import { webhookEvents } from '../db/states';

const longestUrl = 2000;

/** What a webhook is told, and where. */
export const WebhookInput = z.object({
  url: z
    .string()
    .trim()
    .max(longestUrl, 'Use an address of at most 2,000 characters.')
    .refine((text) => {
      const url = URL.canParse(text) ? new URL(text) : undefined;
      return (
        url !== undefined && ['http:', 'https:'].includes(url.protocol) && url.username + url.password === ''
      );
    }, 'Enter a whole address, such as https://shop.example.com/hooks/posthaste.'),
  events: z
    .array(z.enum(webhookEvents))
    .min(1, 'Choose at least one event.')
    .transform((chosen) => webhookEvents.filter((event) => chosen.includes(event))),
});
export type WebhookInput = z.infer<typeof WebhookInput>;
