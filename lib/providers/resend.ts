import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { env } from '../env';
import { wireAddress } from './address';
import { defineProvider } from './definition';
import { HttpClient, httpLimits, NoAnswer, unanswered } from './http-client';
import {
  type ConnectionCheck,
  type EmailMessage,
  expired,
  type FrozenRequest,
  interrupted,
  type Provider,
  type SendResult,
} from './provider';
import { checked, resultsOf } from './resend-answers';
import { deliveryTag, eventsOfResend, identifyResend, resendSecret } from './resend-reports';

export const ResendConfig = z.object({
  apiKey: z
    .string()
    .trim()
    .min(1, 'Enter an API key, like re_123456789.')
    .max(500)
    .regex(/^[\x21-\x7e]*$/, 'A key holds no spaces or special characters. Copy it again.'),
  webhookSecret: z
    .string()
    .trim()
    .refine(
      (secret) => secret === '' || resendSecret.test(secret),
      'Enter the signing secret of the webhook; it begins with whsec_.',
    )
    .optional(),
});
export type ResendConfig = z.output<typeof ResendConfig>;

/** It remembers keys for 24 hours (resend.com/docs/dashboard/emails/idempotency-keys). */
const keyMs = 23 * 3600_000;

/** Resend over its HTTP API: up to 100 messages in one request, which has an idempotency key. */
export function resendProvider(baseUrl: string, limits = httpLimits): Provider<ResendConfig> {
  const http = new HttpClient(limits);
  const urlOf = (path: string) => new URL(`${baseUrl.replace(/\/+$/, '')}${path}`);
  const headersOf = ({ apiKey }: ResendConfig) => ({
    authorization: `Bearer ${apiKey}`,
    'user-agent': 'posthaste',
  });

  async function sendFrozen(
    config: ResendConfig,
    { key, body, count }: FrozenRequest,
    signal: AbortSignal,
  ): Promise<SendResult[]> {
    const all = (result: SendResult) => Array.from({ length: count }, () => result);
    if (signal.aborted) return all(interrupted);
    const headers = {
      ...headersOf(config),
      'content-type': 'application/json',
      'idempotency-key': key,
      // One message that is refused must not keep the others back.
      'x-batch-validation': 'permissive',
    };
    try {
      const request = { method: 'POST', url: urlOf('/emails/batch'), headers, body } as const;
      return resultsOf(await http.exchange(request, signal), count);
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      return all(unanswered(error));
    }
  }

  async function check(config: ResendConfig, signal: AbortSignal): Promise<ConnectionCheck> {
    try {
      const request = { method: 'GET', url: urlOf('/domains'), headers: headersOf(config) } as const;
      return checked(await http.exchange(request, signal), urlOf('').host);
    } catch {
      return { ok: false, problem: `${urlOf('').host} does not answer. Check the network and try again.` };
    }
  }

  return {
    name: 'resend',
    channel: 'email',
    config: ResendConfig,
    maxBatch: 100,
    async send(config, batch, signal) {
      const now = performance.now();
      const isLate = ({ until = now }: EmailMessage) => until < now;
      const going = batch.filter((message) => !isLate(message));
      const request = { key: randomUUID(), body: freeze(going), count: going.length };
      const results = going.length === 0 ? [] : await sendFrozen(config, request, signal);
      const next = results.values();
      return batch.map((message) => {
        const result = isLate(message) ? expired : next.next().value;
        if (!result) throw new Error('every message of a request has its result');
        return result;
      });
    },
    replays: { forMs: keyMs, account: ({ apiKey }) => apiKey, freeze, send: sendFrozen },
    check,
    close: () => http.close(),
  };
}

export const resend = defineProvider({
  name: 'resend',
  channel: 'email',
  label: 'Resend',
  about: 'A sending service. A message in doubt is sent again without anybody getting two.',
  perMinute: 100,
  config: ResendConfig,
  summary: () => 'Sends through its API',
  create: () => resendProvider(env().RESEND_BASE_URL),
  reports: {
    identify: ({ webhookSecret = '' }, report, now) => identifyResend(webhookSecret, report, now),
    eventsOf: eventsOfResend,
  },
  fields: [
    {
      ...{ name: 'apiKey', label: 'API key', kind: 'secret', initial: '', placeholder: 're_123456789' },
      help: 'From your account at Resend, under API keys. One that may only send is enough. Kept encrypted.',
    },
    {
      ...{
        name: 'webhookSecret',
        label: 'Signing secret',
        kind: 'secret',
        initial: '',
        placeholder: 'whsec_…',
      },
      help: 'Of the webhook by which Resend tells what becomes of messages. How to make one stands below, once the sender is saved. Kept encrypted.',
    },
  ],
});

/** Nothing in it depends on when or where it is written. */
function freeze(batch: EmailMessage[]): string {
  const wire = (address: string) => wireAddress(address) ?? address;
  return JSON.stringify(
    batch.map(({ deliveryId, from, to, replyTo, subject, headers, html, text }) => ({
      from: `${displayName(from.name)}<${wire(from.address)}>`,
      to: [wire(to.address)],
      ...(replyTo ? { reply_to: wire(replyTo) } : {}),
      subject,
      ...(html === '' ? {} : { html }),
      text,
      headers: Object.fromEntries(headers),
      ...(deliveryId ? { tags: [{ name: deliveryTag, value: deliveryId }] } : {}),
    })),
  );
}

/** A name that cannot end the phrase it stands in. */
const displayName = (name: string) => {
  const clean = name.replace(/[\s\p{Cc}"\\<>]+/gu, ' ').trim();
  return clean === '' ? '' : `"${clean}" `;
};
