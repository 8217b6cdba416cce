import { afterEach, describe, expect, it } from 'vitest';
import { conforms } from './conformance';
import type { SendResult } from './provider';
import { smtpProvider } from './smtp';
import { SmtpConfig } from './smtp-config';
import { smtpLimits } from './smtp-lane';
import { emailPeople, testMessage } from './testing-message';
import { type Act, type Moment, pipelining, type Script, startSmtpStandIn, unusedPort } from './testing-smtp';

const limits = { ...smtpLimits, connect: 300, greeting: 300, socket: 300, idle: 200, grace: 100 };
const never = () => new AbortController().signal;
const refuseOrHold: Script = (moment, line) => {
  if (moment !== 'rcpt') return undefined;
  if (line.includes('gone@')) return '550 5.1.1 no such mailbox';
  return line.includes('held@') ? 'hang' : undefined;
};

for (const [name, ehlo] of [
  ['SMTP', undefined],
  ['SMTP with pipelining', pipelining],
] as const)
  conforms(
    name,
    async () => {
      const losing = new Set<number>();
      const standIn = await startSmtpStandIn((moment, line, n) => {
        if (moment === 'rcpt' && line.includes('lost@')) losing.add(n);
        if (moment === 'dot' && losing.has(n)) return 'drop';
        return moment === 'ehlo' ? ehlo : refuseOrHold(moment, line, n);
      });
      return {
        provider: smtpProvider(smtpLimits),
        config: SmtpConfig.parse({ host: '127.0.0.1', port: standIn.port }),
        received: () => [...standIn.received],
        close: () => standIn.close(),
      };
    },
    { ...emailPeople, refused: 'gone@example.net', held: 'held@example.net', lost: 'lost@example.net' },
  );

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function against(
  script: Script,
  changes: Partial<typeof limits> = {},
  settings: Record<string, unknown> = {},
) {
  const standIn = await startSmtpStandIn(script);
  const provider = smtpProvider({ ...limits, ...changes });
  const config = SmtpConfig.parse({ host: '127.0.0.1', port: standIn.port, ...settings });
  closing.push(
    () => provider.close(),
    () => standIn.close(),
  );
  const send = (addresses: string[], signal = never()) =>
    provider.send(
      config,
      addresses.map((to) => testMessage(to)),
      signal,
    );
  return { standIn, provider, config, send };
}

const verdictOf = (result: SendResult | undefined): string =>
  result?.outcome === 'sent' ? 'sent' : `${result?.outcome}/${result?.reason}`;

describe('the outcome of every failure', () => {
  const cases: [Moment, Act, verdict: string][] = [
    ['greeting', '554 5.3.2 no service', 'retry/connection'],
    ['greeting', '421 4.3.2 too busy', 'retry/connection'],
    ['greeting', 'HTTP/1.1 400 Bad Request', 'retry/connection'],
    ['greeting', 'drop', 'retry/connection'],
    ['greeting', 'hang', 'retry/connection'],
    ['ehlo', 'drop', 'retry/connection'],
    ['ehlo', 'hang', 'retry/connection'],
    ['mail', '550 5.7.1 sender not yours', 'misconfigured/sender_refused'],
    ['mail', '553 5.1.8 sender domain unknown', 'misconfigured/sender_refused'],
    ['mail', '530 5.7.0 authentication required', 'misconfigured/authentication'],
    ['mail', '552 5.3.4 message too big', 'refused/content_refused'],
    ['mail', '451 4.3.0 not now', 'throttled/throttled'],
    ['mail', '450 4.7.1 too many messages', 'throttled/throttled'],
    ['mail', '421 4.7.0 slow down', 'throttled/throttled'],
    ['mail', 'drop', 'retry/connection'],
    ['mail', 'hang', 'retry/connection'],
    ['rcpt', '550 5.1.1 no such mailbox', 'refused/address_refused'],
    ['rcpt', '550 no such user', 'refused/address_refused'],
    ['rcpt', '552 5.2.2 mailbox full', 'refused/content_refused'],
    ['rcpt', '554 5.7.1 blocked by policy', 'refused/content_refused'],
    ['rcpt', '550-5.7.1 blocked\r\n550 5.7.1 by policy', 'refused/content_refused'],
    ['rcpt', '450 4.2.1 greylisted', 'retry/temporary'],
    ['rcpt', '421 4.3.2 closing', 'retry/connection'],
    ['rcpt', 'drop', 'retry/connection'],
    ['rcpt', 'hang', 'retry/connection'],
    ['data', '554 5.5.1 no valid recipients', 'refused/content_refused'],
    ['data', '451 4.3.0 not now', 'retry/temporary'],
    ['data', 'drop', 'retry/connection'],
    ['data', 'hang', 'retry/connection'],
    ['dot', '554 5.7.1 spam', 'refused/content_refused'],
    ['dot', '452 4.3.1 disk full', 'retry/temporary'],
    ['dot', '421 4.3.2 closing', 'retry/connection'],
    ['dot', 'drop', 'in-doubt/in_doubt'],
    ['dot', 'hang', 'in-doubt/in_doubt'],
    ['dot', 'nonsense', 'in-doubt/in_doubt'],
  ];

  it.each(cases)('%s: %s → %s', async (moment, act, verdict) => {
    const { send } = await against((at) => (at === moment ? act : undefined));
    const [result] = await send(['bob@example.net']);
    expect(verdictOf(result)).toBe(verdict);
  });

  it.each(cases.filter(([moment]) => moment !== 'greeting' && moment !== 'ehlo'))(
    '%s: %s → %s, pipelined too',
    async (moment, act, verdict) => {
      const { send, standIn } = await against((at) =>
        at === 'ehlo' ? pipelining : at === moment ? act : undefined,
      );
      expect(verdictOf((await send(['bob@example.net']))[0])).toBe(verdict);
      expect(standIn.received).toEqual(moment === 'dot' ? ['bob@example.net'] : []);
    },
  );

  it('is a retry when the connection is lost in the middle of a large body', async () => {
    const { standIn, provider, config } = await against((at) => (at === 'body' ? 'drop' : undefined));
    const large = testMessage('bob@example.net', { html: `<p>${'x'.repeat(40)}</p>\n`.repeat(400_000) });
    const [result] = await provider.send(config, [large], never());
    expect(verdictOf(result)).toBe('retry/connection');
    expect(standIn.received).toEqual([]);
  });

  it('is a refusal when the server will not hear the end of a large body', async () => {
    const { standIn, provider, config } = await against(
      (at) => (at === 'body' ? '552 5.3.4 message too big' : undefined),
      { socket: 5000 },
    );
    const large = testMessage('bob@example.net', { html: `<p>${'x'.repeat(40)}</p>\n`.repeat(400_000) });
    expect(verdictOf((await provider.send(config, [large], never()))[0])).toBe('refused/content_refused');
    expect(standIn.received).toEqual([]);
  });

  it.each([
    ['535 5.7.8 wrong password', 'misconfigured/authentication'],
    ['454 4.7.0 try later', 'throttled/throttled'],
    ['drop', 'retry/connection'],
    ['hang', 'retry/connection'],
  ] as const)('AUTH: %s → %s', async (act, verdict) => {
    const script: Script = (at) =>
      at === 'ehlo' ? '250-stand-in\r\n250 AUTH PLAIN' : at === 'auth' ? act : undefined;
    const { send } = await against(script, {}, { user: 'ann', password: 'secret' });
    expect((await send(['a-one@example.net', 'a-two@example.net'])).map(verdictOf)).toEqual([
      verdict,
      verdict,
    ]);
  });

  it('is misconfigured where the server offers no sign-in', async () => {
    const { send } = await against(() => undefined, {}, { user: 'ann', password: 'secret' });
    expect((await send(['bob@example.net'])).map(verdictOf)).toEqual(['misconfigured/authentication']);
  });

  it('is a retry where nothing listens, or no such host exists', async () => {
    const provider = smtpProvider(limits);
    for (const place of [
      { host: '127.0.0.1', port: await unusedPort() },
      { host: 'no-such-host.invalid', port: 587 },
    ]) {
      const results = await provider.send(SmtpConfig.parse(place), [testMessage(), testMessage()], never());
      expect(results.map(verdictOf)).toEqual(['retry/connection', 'retry/connection']);
    }
  });

  it('refuses by itself what could break out of a command', async () => {
    const { send, standIn } = await against(() => undefined);
    const results = await send([
      'bob@example.net> SIZE=1',
      'a\r\nRCPT TO:<eve@example.net>',
      'fine@example.net',
      'nobody',
    ]);
    expect(results.map(verdictOf)).toEqual([
      'refused/address_refused',
      'refused/address_refused',
      'sent',
      'refused/address_refused',
    ]);
    expect(standIn.received).toEqual(['fine@example.net']);
  });

  it('says in plain words that a message could not be written, and goes on with the next', async () => {
    const { provider, config, standIn } = await against(() => undefined);
    const broken = testMessage('bob@example.net', { headers: [['No Name', 'x']] });
    const results = await provider.send(config, [broken, testMessage('fine@example.net')], never());
    expect(results.map(verdictOf)).toEqual(['refused/render', 'sent']);
    expect(results[0]).toMatchObject({
      detail: 'The message could not be written. Look at the server’s log: it says why.',
    });
    expect(standIn.received).toEqual(['fine@example.net']);
  });
});

describe('a refused recipient', () => {
  it.each([
    ['550 5.1.1 <bob@example.net>: Recipient address rejected', 'refused/address_refused'],
    ['550 5.1.10 null MX', 'refused/address_refused'],
    ['550 no such user here', 'refused/address_refused'],
    ['550 User unknown', 'refused/address_refused'],
    ['550 Unknown recipient', 'refused/address_refused'],
    ['550 Requested action not taken: mailbox unavailable', 'refused/address_refused'],
    ['550 5.5.0 mailbox unavailable', 'refused/address_refused'],
    ['550 5.2.1 mailbox disabled', 'refused/address_refused'],
    ['550 Mailbox not found', 'refused/address_refused'],
    ['550 The address does not exist', 'refused/address_refused'],
    ['550 Invalid recipient', 'refused/address_refused'],
    ['550 <bob@example.net>: recipient rejected', 'refused/address_refused'],
    ['550-The account\r\n550 does not exist', 'refused/address_refused'],
    ['554 5.7.1 <bob@example.net>: Relay access denied', 'misconfigured/authentication'],
    ['550 relay not permitted', 'misconfigured/authentication'],
    ['550 5.7.1 Relaying denied', 'misconfigured/authentication'],
    ['550 5.7.54 Unable to relay recipient', 'misconfigured/authentication'],
    ['553 that domain is not in my list of allowed rcpthosts', 'misconfigured/authentication'],
    ['550 Authentication required', 'misconfigured/authentication'],
    ['530 5.7.0 sign in first', 'misconfigured/authentication'],
    ['550 Sender verify failed', 'misconfigured/sender_refused'],
    ['550 The sender domain does not exist', 'misconfigured/sender_refused'],
    ['550 5.1.8 bad sender', 'misconfigured/sender_refused'],
    [
      '553 5.7.1 <ann@example.com>: Sender address rejected: not owned by user',
      'misconfigured/sender_refused',
    ],
    ['550 rejected', 'refused/content_refused'],
    ['554 192.0.2.1 is on a blacklist', 'refused/content_refused'],
    ['550 mailbox unavailable: blocked for bad reputation', 'refused/content_refused'],
    ['550 5.7.1 <bob@example.net>: Recipient address rejected: policy', 'refused/content_refused'],
    ['550 5.4.1 Recipient address rejected: Access denied', 'refused/content_refused'],
    ['552 mailbox is full', 'refused/content_refused'],
    ['550 <no such user@example.net> not now', 'refused/content_refused'],
  ])('%s → %s', async (act, verdict) => {
    const { send, standIn } = await against((at) => (at === 'rcpt' ? act : undefined));
    expect(verdictOf((await send(['bob@example.net']))[0])).toBe(verdict);
    expect(standIn.received).toEqual([]);
  });
});

describe('connections', () => {
  const many = (count: number) => Array.from({ length: count }, (_, i) => `a-${i}@example.net`);

  it('are kept from batch to batch and ended when idle', async () => {
    const { send, standIn, provider } = await against(() => undefined);
    await send(['bob@example.net']);
    await send(['bob@example.net']);
    expect(standIn.connections).toBe(1);
    await provider.close();
    await send(['bob@example.net']);
    expect(standIn.connections).toBe(2);
  });

  it('are replaced after as many messages as they may carry', async () => {
    const { send, standIn } = await against(() => undefined, { messagesPerConnection: 3, connections: 1 });
    const results = await send(many(10));
    expect(results.map(verdictOf)).toEqual(many(10).map(() => 'sent'));
    expect(standIn.connections).toBe(4);
  });

  it('go on with those the server allows', async () => {
    const { send, standIn } = await against((at, _, n) =>
      at === 'greeting' && n > 1 ? '421 4.7.0 too many' : undefined,
    );
    expect((await send(many(30))).map(verdictOf)).toEqual(many(30).map(() => 'sent'));
    expect(standIn.received.sort()).toEqual(many(30).sort());
  });

  it('that a server ended meanwhile are replaced without a word, and nothing is sent twice', async () => {
    let first = true;
    const { send, standIn } = await against((at, _, n) => {
      if (at !== 'mail' || n !== 1) return undefined;
      const isFirst = first;
      first = false;
      return isFirst ? undefined : 'drop';
    });
    expect((await send(['a-one@example.net'])).map(verdictOf)).toEqual(['sent']);
    expect((await send(['a-two@example.net'])).map(verdictOf)).toEqual(['sent']);
    expect(standIn.received).toEqual(['a-one@example.net', 'a-two@example.net']);
  });

  it('that a server ends with a word before the next message are replaced too', async () => {
    const { send, standIn } = await against((at, _, n): string | undefined =>
      at === 'mail' && n === 1 && standIn.received.length > 0 ? '421 4.4.2 idle for too long' : undefined,
    );
    expect((await send(['a-one@example.net'])).map(verdictOf)).toEqual(['sent']);
    expect((await send(['a-two@example.net'])).map(verdictOf)).toEqual(['sent']);
    expect(standIn.received).toEqual(['a-one@example.net', 'a-two@example.net']);
  });

  it('are good for the next message after a refused one', async () => {
    const { send, standIn } = await against(refuseOrHold, { connections: 1 });
    const results = await send([
      'gone@example.net',
      'a-one@example.net',
      'gone@example.net',
      'a-two@example.net',
    ]);
    expect(results.map((result) => result.outcome)).toEqual(['refused', 'sent', 'refused', 'sent']);
    expect(standIn.connections).toBe(1);
  });

  it('give an interrupted message that is out a moment for its answer', async () => {
    const stop = new AbortController();
    const { send } = await against((at) => {
      if (at === 'dot') stop.abort();
      return undefined;
    });
    expect((await send(['bob@example.net'], stop.signal)).map(verdictOf)).toEqual(['sent']);
  });

  it('leave an interrupted message in doubt whose answer does not come', async () => {
    const stop = new AbortController();
    const { send } = await against(
      (at) => {
        if (at !== 'dot') return undefined;
        stop.abort();
        return 'hang';
      },
      { socket: 60_000, connections: 1 },
    );
    const results = await send(['a-one@example.net', 'a-two@example.net'], stop.signal);
    expect(results.map(verdictOf)).toEqual(['in-doubt/in_doubt', 'retry/connection']);
  });
});
