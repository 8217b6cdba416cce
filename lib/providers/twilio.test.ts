import { afterEach, describe, expect, it } from 'vitest';
import { conforms } from './conformance';
import { httpLimits } from './http-client';
import type { SendResult, SmsMessage } from './provider';
import { testSms } from './testing-message';
import { unusedPort } from './testing-smtp';
import {
  startTwilioStandIn,
  type TwilioAct,
  type TwilioScript,
  twilioAccount,
  twilioProblem,
} from './testing-twilio';
import { twilioProvider } from './twilio';

const limits = { ...httpLimits, answer: 300, grace: 100, keepAlive: false, settle: 0 };
const never = () => new AbortController().signal;
const tooMany = twilioProblem(429, 20429, 'Too Many Requests', { 'retry-after': '2' });

const people = {
  message: testSms,
  person: (n: number) => `+1500555${String(1000 + n)}`,
  ...{ refused: '+15005550001', held: '+15005550002', lost: '+15005550003', throttled: '+15005550004' },
};

const fates: Record<string, TwilioAct> = {
  [people.refused]: twilioProblem(400, 21211, 'Invalid ‘To’ Phone Number'),
  [people.held]: 'hang',
  [people.lost]: 'lose',
  [people.throttled]: tooMany,
};

conforms(
  'Twilio',
  async () => {
    const standIn = await startTwilioStandIn((form) => fates[form.get('To') ?? '']);
    return {
      provider: twilioProvider(standIn.url, { ...httpLimits, keepAlive: false, settle: 0 }),
      config: twilioAccount,
      received: () => standIn.messages.map(({ to }) => to),
      close: () => standIn.close(),
    };
  },
  people,
);

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function against(script: TwilioScript, config = twilioAccount) {
  const standIn = await startTwilioStandIn(script);
  const provider = twilioProvider(standIn.url, limits);
  closing.push(
    () => provider.close(),
    () => standIn.close(),
  );
  const send = async (message: SmsMessage = testSms()) =>
    (await provider.send(config, [message], never()))[0];
  return { standIn, provider, send };
}

const verdictOf = (result: SendResult | undefined): string =>
  result?.outcome === 'sent' ? 'sent' : `${result?.outcome}/${result?.reason}`;

describe('the outcome of every failure', () => {
  const cases: [why: string, act: TwilioAct, verdict: string, more?: object][] = [
    ['too many requests', tooMany, 'throttled/throttled', { retryAfterMs: 2000 }],
    ['too many that wait', twilioProblem(400, 21611, 'Queue is full'), 'throttled/throttled'],
    ['a queue that overflows', twilioProblem(429, 30001, 'Queue overflow'), 'throttled/throttled'],
    [
      'a day’s messages used up',
      twilioProblem(429, 63038, 'Daily limit'),
      'throttled/throttled',
      { retryAfterMs: 600_000 },
    ],
    ['somebody who texted STOP', twilioProblem(400, 21610, 'Unsubscribed recipient'), 'refused/opted_out'],
    ['no number', twilioProblem(400, 21211, 'Invalid To'), 'refused/address_refused'],
    ['a landline', twilioProblem(400, 21614, 'Not a mobile number'), 'refused/address_refused'],
    ['a region that is off', twilioProblem(400, 21408, 'Permission'), 'refused/content_refused'],
    ['too long a text', twilioProblem(400, 21617, 'The body is too long'), 'refused/content_refused'],
    ['a wrong token', twilioProblem(401, 20003, 'Authenticate'), 'misconfigured/authentication'],
    ['no right', { status: 403, body: 'Forbidden' }, 'misconfigured/authentication'],
    ['something else than Twilio', { status: 404, body: 'Not found' }, 'misconfigured/authentication'],
    ['a sender that cannot text', twilioProblem(400, 21606, 'From'), 'misconfigured/sender_refused'],
    ['a sender of another account', twilioProblem(400, 21659, 'From'), 'misconfigured/sender_refused'],
    ['a break-down', twilioProblem(500, 20500, 'Internal'), 'in-doubt/in_doubt'],
    ['a proxy that gives up', { status: 502, body: 'Bad gateway' }, 'in-doubt/in_doubt'],
    ['a connection that ends', 'drop', 'in-doubt/in_doubt'],
    ['no answer', 'hang', 'in-doubt/in_doubt'],
    ['an answer that names no message', { status: 201, body: {} }, 'in-doubt/in_doubt'],
    ['a break-down behind what was made', { status: 500, body: {}, made: true }, 'sent'],
    ['a connection that ends behind what was made', 'lose', 'sent'],
    ['no answer to what was made', 'keep', 'sent'],
  ];

  it.each(cases)('%s', async (_why, act, verdict, more = {}) => {
    const { send, standIn } = await against(() => act);
    const result = await send();
    expect(verdictOf(result)).toBe(verdict);
    expect(result).toMatchObject(more);
    expect(standIn.requests).toHaveLength(1);
    if (result?.outcome === 'sent') expect(result.providerMessageId).toBe(standIn.messages[0]?.sid);
  });

  it('when nothing listens is that nothing went out', async () => {
    const provider = twilioProvider(`http://127.0.0.1:${await unusedPort()}`, limits);
    const results = await provider.send(twilioAccount, [testSms()], never());
    expect(results.map(verdictOf)).toEqual(['retry/connection']);
  });
});

describe('a message in doubt', () => {
  it('is looked for once, and never sent again', async () => {
    const { send, standIn } = await against(() => 'drop');
    await send();
    expect([standIn.requests.length, standIn.lists]).toEqual([1, 1]);
  });

  it('is not taken for one with other words to the same person', async () => {
    const message = testSms();
    const { send } = await against((_form, n) => (n === 1 ? undefined : 'drop'));
    expect(verdictOf(await send({ ...message, body: 'Something else' }))).toBe('sent');
    expect(verdictOf(await send(message))).toBe('in-doubt/in_doubt');
  });

  it('is not taken for one from another sender', async () => {
    const message = testSms();
    const { send, provider } = await against((_form, n) => (n === 1 ? undefined : 'drop'));
    expect(verdictOf(await send(message))).toBe('sent');
    const [result] = await provider.send({ ...twilioAccount, from: '+15005550007' }, [message], never());
    expect(verdictOf(result)).toBe('in-doubt/in_doubt');
  });

  it('is not taken for one with the same words that is older', async () => {
    const message = testSms();
    const { send, standIn } = await against((_form, n) => (n === 1 ? undefined : 'drop'));
    await send(message);
    const [older] = standIn.messages;
    if (older) older.date_created = new Date(Date.now() - 10_000).toUTCString();
    expect(verdictOf(await send(message))).toBe('in-doubt/in_doubt');
  });
});

describe('a request', () => {
  it('says where reports go, with the delivery they are about', async () => {
    const { send, standIn } = await against(() => undefined);
    const message = testSms('+15005550100', {
      statusCallback: 'https://mail.example.com/api/webhooks/twilio/t?a=1',
    });
    await send(message);
    expect(Object.fromEntries(standIn.requests[0] ?? [])).toEqual({
      ...{ To: message.to, From: twilioAccount.from, Body: message.body },
      StatusCallback: `https://mail.example.com/api/webhooks/twilio/t?a=1&delivery=${message.deliveryId}`,
    });
  });

  it('names a messaging service as such, and is known again by it', async () => {
    const from = `MG${'0'.repeat(32)}`;
    const { send, standIn } = await against(() => 'lose', { ...twilioAccount, from });
    expect(verdictOf(await send())).toBe('sent');
    expect(standIn.requests[0]?.get('MessagingServiceSid')).toBe(from);
    expect(standIn.requests[0]?.has('From')).toBe(false);
  });
});

describe('the check', () => {
  it('says that the account is wrong, and what to do', async () => {
    const { provider } = await against(() => undefined);
    const checked = await provider.check({ ...twilioAccount, authToken: 'wrong' }, never());
    expect(checked).toMatchObject({ problem: expect.stringContaining('Copy both again') });
  });

  it('says when nothing answers', async () => {
    const provider = twilioProvider(`http://127.0.0.1:${await unusedPort()}`, limits);
    expect(await provider.check(twilioAccount, never())).toMatchObject({
      problem: expect.stringContaining('does not answer'),
    });
  });
});
