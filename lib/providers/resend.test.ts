import { afterEach, describe, expect, it } from 'vitest';
import { conforms } from './conformance';
import { httpLimits } from './http-client';
import type { SendResult } from './provider';
import { resendProvider } from './resend';
import { emailPeople, testMessage } from './testing-message';
import {
  onlySendingKey,
  type ResendAct,
  type ResendScript,
  resendProblem,
  rightKey,
  startResendStandIn,
} from './testing-resend';
import { unusedPort } from './testing-smtp';

const limits = { ...httpLimits, answer: 300, grace: 100 };
const never = () => new AbortController().signal;
const tooMany = resendProblem(429, 'rate_limit_exceeded', 'Too many requests.', { 'retry-after': '2' });

const byAddress: ResendScript = (messages) => {
  const isTo = (local: string) => messages.some(({ to }) => to[0]?.startsWith(`${local}@`));
  if (isTo('held')) return 'hang';
  if (isTo('lost')) return 'lose';
  return isTo('throttled') ? tooMany : undefined;
};

conforms(
  'Resend',
  async () => {
    const standIn = await startResendStandIn(byAddress);
    return {
      provider: resendProvider(standIn.url),
      config: { apiKey: rightKey },
      received: () => standIn.messages.flatMap(({ to }) => to),
      close: () => standIn.close(),
    };
  },
  {
    ...emailPeople,
    ...{ refused: 'gone@example.net', held: 'held@example.net' },
    ...{ lost: 'lost@example.net', throttled: 'throttled@example.net' },
  },
);

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function against(script: ResendScript, apiKey = rightKey) {
  const standIn = await startResendStandIn(script);
  const provider = resendProvider(standIn.url, limits);
  closing.push(
    () => provider.close(),
    () => standIn.close(),
  );
  const send = (...addresses: string[]) =>
    provider.send(
      { apiKey },
      addresses.map((to) => testMessage(to)),
      never(),
    );
  return { standIn, provider, send };
}

const verdictOf = (result: SendResult | undefined): string =>
  result?.outcome === 'sent' ? 'sent' : `${result?.outcome}/${result?.reason}`;

describe('the outcome of every failure', () => {
  const cases: [why: string, act: ResendAct, verdict: string, more?: object][] = [
    ['too many requests', tooMany, 'throttled/throttled', { retryAfterMs: 2000 }],
    [
      'a used-up quota',
      resendProblem(429, 'daily_quota_exceeded', 'You have reached your daily email sending quota.'),
      'throttled/throttled',
      { retryAfterMs: 600_000 },
    ],
    ['a break-down', resendProblem(500, 'application_error', 'Unexpected.'), 'in-doubt/in_doubt'],
    [
      'a break-down that says when',
      resendProblem(503, '', '', { 'retry-after': '9' }),
      'in-doubt/in_doubt',
      { retryAfterMs: 9000 },
    ],
    ['a proxy that gives up', { status: 502, body: 'Bad gateway' }, 'in-doubt/in_doubt'],
    ['no answer', 'hang', 'in-doubt/in_doubt'],
    ['no answer to what was taken', 'keep', 'in-doubt/in_doubt'],
    ['a connection that ends', 'drop', 'in-doubt/in_doubt'],
    ['a connection that ends behind what was taken', 'lose', 'in-doubt/in_doubt'],
    ['an answer that says nothing', { status: 200, body: {} }, 'in-doubt/in_doubt', { isFinal: true }],
    ['a taking of another kind', { status: 202, body: {} }, 'in-doubt/in_doubt', { isFinal: true }],
    [
      'an answer about fewer messages',
      { status: 200, body: { data: [] } },
      'in-doubt/in_doubt',
      { isFinal: true },
    ],
    ['no key', resendProblem(401, 'missing_api_key', 'Missing API key.'), 'misconfigured/authentication'],
    [
      'a wrong key',
      resendProblem(403, 'invalid_api_key', 'API key is invalid.'),
      'misconfigured/authentication',
    ],
    [
      'a wrong key in new words',
      resendProblem(400, 'validation_error', 'API key is invalid'),
      'misconfigured/authentication',
    ],
    [
      'a domain that is not verified',
      resendProblem(403, 'validation_error', 'The example.com domain is not verified.'),
      'misconfigured/sender_refused',
    ],
    [
      'a sender that is none',
      resendProblem(422, 'validation_error', 'Invalid `from` field.'),
      'misconfigured/sender_refused',
    ],
    ['something else than Resend', { status: 404, body: 'Not found' }, 'misconfigured/authentication'],
    ['a redirection', { status: 301, body: '' }, 'misconfigured/authentication'],
    [
      'an address that is none',
      resendProblem(422, 'validation_error', 'Invalid `to` field.'),
      'refused/address_refused',
    ],
    [
      'what it cannot send',
      resendProblem(422, 'missing_required_field', 'Missing `html`.'),
      'refused/content_refused',
    ],
    ['too much', { status: 413, body: '' }, 'refused/content_refused'],
  ];

  it.each(cases)('%s', async (_why, act, verdict, more = {}) => {
    const { send, standIn } = await against(() => act);
    const results = await send('a-one@example.net', 'a-two@example.net');
    expect(results.map(verdictOf)).toEqual([verdict, verdict]);
    expect(results[0]).toMatchObject(more);
    expect(standIn.requests).toHaveLength(1);
  });

  it('of a key that it does not know', async () => {
    const { send } = await against(() => undefined, 're_wrong');
    expect((await send('a-one@example.net')).map(verdictOf)).toEqual(['misconfigured/authentication']);
  });

  it('when nothing listens, or there is no such host, is that nothing went out', async () => {
    for (const url of [`http://127.0.0.1:${await unusedPort()}`, 'http://no-such-host.invalid']) {
      const provider = resendProvider(url, limits);
      const results = await provider.send({ apiKey: rightKey }, [testMessage()], never());
      expect(results.map(verdictOf)).toEqual(['retry/connection']);
    }
  });
});

describe('a request', () => {
  const frozenAgainst = async (script: ResendScript) => {
    const { provider, standIn } = await against(script);
    const { replays } = provider;
    if (!replays) throw new Error('Resend has idempotency keys');
    const send = (body: string, key = 'key-1') =>
      replays.send({ apiKey: rightKey }, { key, body, count: 1 }, never());
    return { freeze: replays.freeze, send, standIn };
  };

  it('is written the same, byte for byte, from the same messages', async () => {
    const { freeze } = await frozenAgainst(() => undefined);
    const messages = [testMessage('ünï@bücher.example'), testMessage()];
    expect(freeze(messages)).toBe(freeze(structuredClone(messages)));
  });

  it('is in doubt for ever when its key was used for another one', async () => {
    const { freeze, send } = await frozenAgainst(() => undefined);
    await send(freeze([testMessage()]));
    const [result] = await send(freeze([testMessage()]));
    expect(result).toMatchObject({ outcome: 'in-doubt', isFinal: true });
  });

  it('is in doubt, for a moment, while the first with its key is worked on', async () => {
    let answer: (act: ResendAct) => void = () => undefined;
    const { freeze, send, standIn } = await frozenAgainst(() => new Promise((resolve) => (answer = resolve)));
    const body = freeze([testMessage()]);
    const first = send(body);
    await expect.poll(() => standIn.requests.length).toBe(1);
    const [second] = await send(body);
    expect(second).toMatchObject({ outcome: 'in-doubt', retryAfterMs: 2000 });
    expect(second).not.toHaveProperty('isFinal');
    answer(undefined);
    expect(await first).toMatchObject([{ outcome: 'sent' }]);
    expect(standIn.messages).toHaveLength(1);
  });

  it('carries all of a message', async () => {
    const { provider, standIn } = await against(() => undefined);
    const message = testMessage('bob@bücher.example', {
      from: { name: 'Ann "A" <x>\r\nBcc: eve@example.com', address: 'ann@example.com' },
      replyTo: 'office@example.com',
      headers: [['X-Posthaste-Delivery', 'id-1']],
    });
    await provider.send({ apiKey: rightKey }, [message], never());
    expect(standIn.messages).toEqual([
      {
        from: '"Ann A x Bcc: eve@example.com" <ann@example.com>',
        to: ['bob@xn--bcher-kva.example'],
        reply_to: 'office@example.com',
        subject: 'Hello',
        html: '<p>Hello</p>',
        text: 'Hello',
        headers: { 'X-Posthaste-Delivery': 'id-1' },
      },
    ]);
  });

  it('that is out gets a moment for its answer when it is interrupted', async () => {
    const stop = new AbortController();
    const { provider, standIn } = await against(() => {
      stop.abort();
      return undefined;
    });
    const results = await provider.send({ apiKey: rightKey }, [testMessage()], stop.signal);
    expect(results.map(verdictOf)).toEqual(['sent']);
    expect(standIn.messages).toHaveLength(1);
  });
});

describe('the check', () => {
  const check = async (apiKey: string) => {
    const { provider } = await against(() => undefined);
    return provider.check({ apiKey }, never());
  };

  it('is content with a key that may only send', async () => {
    expect(await check(onlySendingKey)).toMatchObject({ ok: true });
  });

  it('says that a key is wrong, and what to do', async () => {
    expect(await check('re_wrong')).toMatchObject({ problem: expect.stringContaining('Copy it again') });
  });

  it('says when nothing answers', async () => {
    const provider = resendProvider(`http://127.0.0.1:${await unusedPort()}`, limits);
    expect(await provider.check({ apiKey: rightKey }, never())).toMatchObject({
      problem: expect.stringContaining('does not answer'),
    });
  });
});
