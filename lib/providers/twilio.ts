import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { env } from '../env';
import { defineProvider } from './definition';
import { HttpClient, type HttpLimits, httpLimits, NoAnswer, parseJson, unanswered } from './http-client';
import { expired, interrupted, type Provider, type SendResult, type SmsMessage } from './provider';
import { checked, MessageList, resultOf } from './twilio-answers';
import {
  deliveryParameter,
  eventsOfTwilio,
  identifyTwilio,
  keepTwilio,
  textOfTwilio,
  twiml,
} from './twilio-reports';

export const TwilioConfig = z.object({
  accountSid: z
    .string()
    .trim()
    .regex(/^AC[0-9A-Za-z]{1,100}$/, 'Enter the account SID; it begins with AC.'),
  authToken: z
    .string()
    .trim()
    .regex(/^[\x21-\x7e]{1,500}$/, 'Enter the auth token, without spaces.'),
  from: z
    .string()
    .trim()
    .transform((text) => (/^\+?[\d\s().-]+$/.test(text) ? text.replace(/[^\d+]/g, '') : text))
    .refine(
      (text) =>
        /^(?:\+[1-9]\d{6,14}|\d{3,8}|MG[0-9a-fA-F]{32}|(?=.*[A-Za-z])[A-Za-z0-9 &_+-]{1,11})$/.test(text),
      'Enter a number like +15005550006, a short code, the SID of a messaging service, or a name of at most 11 letters.',
    ),
});
export type TwilioConfig = z.output<typeof TwilioConfig>;

/** `settle`: how long a message whose answer was lost has to show up at Twilio before it is looked for, in milliseconds. */
type TwilioLimits = HttpLimits & { settle: number };
const twilioLimits: TwilioLimits = { ...httpLimits, settle: 1_000 };

/** Twilio over its REST API: one request a message, and no key by which it would know one again. */
export function twilioProvider(
  baseUrl: string,
  limits: TwilioLimits = twilioLimits,
): Provider<TwilioConfig, 'sms'> {
  // No connection is kept: one that Twilio has ended meanwhile would leave a message in doubt that never went out.
  const http = new HttpClient({ ...limits, keepAlive: false });
  const ask = (
    { accountSid, authToken }: TwilioConfig,
    path: string,
    signal: AbortSignal,
    form?: URLSearchParams,
  ) =>
    http.exchange(
      {
        method: form ? 'POST' : 'GET',
        url: new URL(`${baseUrl.replace(/\/+$/, '')}/2010-04-01/Accounts/${accountSid}${path}`),
        headers: {
          authorization: `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`,
          'user-agent': 'posthaste',
          ...(form ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
        },
        ...(form ? { body: form.toString() } : {}),
      },
      signal,
    );

  async function sendOne(
    config: TwilioConfig,
    message: SmsMessage,
    signal: AbortSignal,
  ): Promise<SendResult> {
    if (signal.aborted) return interrupted;
    if (message.until !== undefined && message.until < performance.now()) return expired;
    const began = performance.now();
    const result = await ask(config, '/Messages.json', signal, formOf(config, baseUrl, message)).then(
      resultOf,
      unansweredOr,
    );
    if (result.outcome !== 'in-doubt') return result;
    return (await lookUp(config, message, began, signal)) ?? result;
  }

  /**
   * The message, if Twilio has made it after all. Not by the day of its sending, which one that still waits there has not got;
   * and by Twilio's own clock, so that an older one with the same words is not taken for it.
   */
  async function lookUp(
    config: TwilioConfig,
    message: SmsMessage,
    began: number,
    signal: AbortSignal,
  ): Promise<SendResult | undefined> {
    try {
      await delay(limits.settle, undefined, { signal });
      const query = new URLSearchParams({ To: message.to, PageSize: '20' });
      const answer = await ask(config, `/Messages.json?${query}`, signal);
      const now = Date.parse(answer.headers.date ?? '');
      const oldest = now - (performance.now() - began) - clockMs;
      const found = MessageList.parse(parseJson(answer.body)).messages.find(
        ({ body, from, messaging_service_sid: service, date_created: at }) =>
          body.endsWith(message.body) && [from, service].includes(config.from) && Date.parse(at) >= oldest,
      );
      return found && { outcome: 'sent', providerMessageId: found.sid };
    } catch {
      return undefined; // it stays in doubt, until its report comes
    }
  }

  return {
    name: 'twilio',
    channel: 'sms',
    config: TwilioConfig,
    maxBatch: 1,
    send: (config, batch, signal) => Promise.all(batch.map((message) => sendOne(config, message, signal))),
    async check(config, signal) {
      try {
        return checked(await ask(config, '.json', signal));
      } catch {
        return { ok: false, problem: 'Twilio does not answer. Check the network and try again.' };
      }
    },
    close: () => http.close(),
  };
}

export const twilio = defineProvider({
  name: 'twilio',
  channel: 'sms',
  label: 'Twilio',
  about: 'Text messages to phones.',
  perMinute: 10,
  config: TwilioConfig,
  summary: ({ from }) => `From ${from} through Twilio`,
  create: () => twilioProvider(env().TWILIO_BASE_URL),
  fields: [
    { name: 'accountSid', label: 'Account SID', kind: 'text', initial: '', placeholder: 'AC…' },
    { name: 'authToken', label: 'Auth token', kind: 'secret', initial: '', help: 'Kept encrypted.' },
    {
      name: 'from',
      label: 'From',
      kind: 'text',
      initial: '',
      placeholder: '+1…',
      help: 'A number or short code of yours, the SID of a messaging service (MG…), or a name where that is allowed. To a name nobody can reply STOP.',
    },
  ],
  reports: {
    identify: ({ authToken }, report) => identifyTwilio(authToken, report),
    keep: keepTwilio,
    eventsOf: eventsOfTwilio,
    textOf: textOfTwilio,
    answer: twiml,
  },
});

/** Its times are whole seconds, and its servers' clocks need not agree to one. */
const clockMs = 2_000;

function unansweredOr(error: unknown): SendResult {
  if (!(error instanceof NoAnswer)) throw error;
  return unanswered(error);
}

/** An address that only this machine knows is refused by the real service, and with it the message. */
const isLocal = (url: string) => /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(new URL(url).hostname);

function formOf(
  { from }: TwilioConfig,
  baseUrl: string,
  { to, body, statusCallback, deliveryId }: SmsMessage,
): URLSearchParams {
  const form = new URLSearchParams({ To: to, Body: body });
  form.set(/^MG[0-9a-f]{32}$/i.test(from) ? 'MessagingServiceSid' : 'From', from);
  if (statusCallback === null || (isLocal(statusCallback) && !isLocal(baseUrl))) return form;
  const callback = new URL(statusCallback);
  if (deliveryId) callback.searchParams.set(deliveryParameter, deliveryId);
  form.set('StatusCallback', callback.href);
  return form;
}
