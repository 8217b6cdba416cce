import { createHmac, randomBytes } from 'node:crypto';
import type { WebhookMessageId } from '../ids';

const prefix = 'whsec_';

/** A new key, as Standard Webhooks writes it: 256 bits in base64 behind "whsec_". */
export const newWebhookSecret = (): string => `${prefix}${randomBytes(32).toString('base64')}`;

/**
 * The headers of a message by Standard Webhooks 1.0 (standardwebhooks.com): its id, the time of this try in seconds, and
 * an HMAC-SHA-256 of both and the body with each key, so that a receiver may still have the former one.
 */
export function signedHeaders(
  id: WebhookMessageId,
  body: string,
  secrets: string[],
  now = Date.now(),
): Record<string, string> {
  const timestamp = Math.floor(now / 1000);
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.slice(prefix.length), 'base64');
    return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
  });
  return {
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': signatures.join(' '),
  };
}
