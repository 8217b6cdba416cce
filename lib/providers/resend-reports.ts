import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { DeliveryId } from '../ids';
import { singleLine } from '../text';
import type { IncomingReport, ProviderEvent } from './provider';

/*
 * What Resend tells of messages by itself (resend.com/docs/webhooks), signed as Standard Webhooks has it, with headers
 * named after Svix.
 */

/** A signature of a time further away is somebody's who has kept the message. */
const toleranceSeconds = 5 * 60;

/** The message's id, if it was signed with the key of the webhook a moment ago. */
export function identifyResend(
  secret: string,
  { headers, body }: IncomingReport,
  now = Date.now(),
): string | undefined {
  const id = headers.get('svix-id') ?? '';
  const timestamp = headers.get('svix-timestamp') ?? '';
  if (secret === '' || id === '' || id.length > 200 || !/^\d{1,12}$/.test(timestamp)) return undefined;
  if (Math.abs(now / 1000 - Number(timestamp)) > toleranceSeconds) return undefined;
  const key = Buffer.from(secret.slice(secretPrefix.length), 'base64');
  const expected = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest();
  const signatures = (headers.get('svix-signature') ?? '').split(' ').slice(0, 10);
  const isRight = signatures.some((signature) => {
    const given = Buffer.from(signature.replace(/^v1,/, ''), 'base64');
    return (
      signature.startsWith('v1,') && given.length === expected.length && timingSafeEqual(given, expected)
    );
  });
  return isRight ? id : undefined;
}

const secretPrefix = 'whsec_';
export const resendSecret = /^whsec_[A-Za-z0-9+/]{16,200}={0,2}$/;

/** The tag by which a report leads back to its delivery, also before the answer that named the message was read. */
export const deliveryTag = 'delivery';

const Report = z.object({
  type: z.string(),
  data: z.object({
    tags: z
      .union([
        z.record(z.string(), z.string()),
        z
          .array(z.object({ name: z.string(), value: z.string() }))
          .transform((tags) => Object.fromEntries(tags.map(({ name, value }) => [name, value]))),
      ])
      .optional(),
    bounce: z.object({ type: z.string().optional(), message: z.string().optional() }).optional(),
  }),
});

/** Reports of other kinds, and of messages that are in no ledger, tell nothing. */
export function eventsOfResend(body: string): ProviderEvent[] {
  const { type, data } = Report.parse(JSON.parse(body));
  const deliveryId = DeliveryId.safeParse(data.tags?.[deliveryTag]);
  const event = typeOf(type, data.bounce?.type);
  if (!event || !deliveryId.success) return [];
  const detail = singleLine(data.bounce?.message ?? '')
    .slice(0, 500)
    .toWellFormed();
  return [{ deliveryId: deliveryId.data, type: event, ...(detail && { detail }) }];
}

function typeOf(type: string, bounce: string | undefined): ProviderEvent['type'] | undefined {
  switch (type) {
    case 'email.delivered':
      return 'delivered';
    case 'email.bounced':
      return bounce === 'Permanent' ? 'bounced' : 'soft_bounced';
    case 'email.delivery_delayed':
      return 'deferred';
    case 'email.failed':
      return 'undelivered';
    case 'email.complained':
      return 'complained';
    case 'email.opened':
      return 'opened';
    case 'email.clicked':
      return 'clicked';
  }
}
