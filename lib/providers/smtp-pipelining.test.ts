import { afterEach, describe, expect, it } from 'vitest';
import type { EmailMessage, SendResult } from './provider';
import { smtpProvider } from './smtp';
import { SmtpConfig } from './smtp-config';
import { smtpLimits } from './smtp-lane';
import { testMessage } from './testing-message';
import { pipelining, type Script, type StandIn, startSmtpStandIn } from './testing-smtp';

const limits = { ...smtpLimits, connections: 1, socket: 1500, idle: 200, grace: 100 };
const [one, two, three] = ['a-one@example.net', 'a-two@example.net', 'a-three@example.net'];
const never = () => new AbortController().signal;

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** A server with pipelining and one connection to it. */
async function against(
  script: (standIn: StandIn, ...at: Parameters<Script>) => string | undefined,
  ehlo = pipelining,
) {
  const standIn: StandIn = await startSmtpStandIn((at, line, n) =>
    at === 'ehlo' ? ehlo : script(standIn, at, line, n),
  );
  const provider = smtpProvider(limits);
  const config = SmtpConfig.parse({ host: '127.0.0.1', port: standIn.port });
  closing.push(
    () => provider.close(),
    () => standIn.close(),
  );
  const send = (to: (string | EmailMessage)[], signal = never()) =>
    provider.send(
      config,
      to.map((each) => (typeof each === 'string' ? testMessage(each) : each)),
      signal,
    );
  return { standIn, send };
}

const verdictOf = (result: SendResult | undefined): string =>
  result?.outcome === 'sent' ? 'sent' : `${result?.outcome}/${result?.reason}`;

/** Says nothing until it has heard the whole next envelope, then everything at once. */
const hearsTheNextFirst =
  (messages: number) =>
  ({ received }: StandIn, at: string): string | undefined => {
    if (received.length === 0 || received.length === messages) return undefined;
    if (at === 'dot' || at === 'mail' || at === 'rcpt') return '';
    return at === 'data'
      ? '250-2.0.0 queued\r\n250 as one\r\n250 2.1.0 ok\r\n250 2.1.5 ok\r\n354 go'
      : undefined;
  };

describe('with a server that takes commands in groups', () => {
  it('the next envelope goes out along with a body', async () => {
    const { standIn, send } = await against(hearsTheNextFirst(3));
    expect((await send([one, two, three])).map(verdictOf)).toEqual(['sent', 'sent', 'sent']);
    expect(standIn.received).toEqual([one, two, three]);
    expect(standIn.connections).toBe(1);
  });

  it('a body that does not fit into one write goes out whole, and the next envelope behind it', async () => {
    const { standIn, send } = await against(hearsTheNextFirst(2));
    const large = testMessage(one, { html: '<p>Rye and caraway.</p>\n'.repeat(100_000) });
    expect((await send([large, two])).map(verdictOf)).toEqual(['sent', 'sent']);
    expect(standIn.messages[0]?.split('Rye and caraway.')).toHaveLength(100_001);
  });

  it.each([
    ['554 5.7.1 spam', 'refused/content_refused', 1],
    ['452 4.3.1 disk full', 'retry/temporary', 1],
    ['421 4.3.2 closing', 'retry/connection', 2],
    ['drop', 'in-doubt/in_doubt', 2],
    ['hang', 'in-doubt/in_doubt', 2],
    ['nonsense', 'in-doubt/in_doubt', 2],
  ])('a body answered with %s takes nobody else along', async (act, verdict, connections) => {
    const { standIn, send } = await against(({ received }, at) =>
      at === 'dot' && received.at(-1) === two ? act : undefined,
    );
    expect((await send([one, two, three])).map(verdictOf)).toEqual(['sent', verdict, 'sent']);
    expect(standIn.received).toEqual([one, two, three]);
    expect(standIn.connections).toBe(connections);
  });

  it('a server that asks for a body after it refused the recipient gets none, nor a group again', async () => {
    const { standIn, send } = await against((_, at, line) => {
      if (at === 'data') return '354 go ahead anyway';
      return line.includes('gone@') ? '550 5.1.1 no such mailbox' : undefined;
    });
    const gone = 'gone@example.net';
    const refused = 'refused/address_refused';
    expect((await send([gone, one, gone, two])).map(verdictOf)).toEqual([refused, 'sent', refused, 'sent']);
    expect(standIn.received).toEqual([one, two]);
    expect(standIn.connections).toBe(2);
  });

  it('a server that asks for a body after it refused the sender gets none', async () => {
    const { standIn, send } = await against(({ received }, at) => {
      if (received.length === 0) return undefined;
      if (at === 'data') return '354 go ahead anyway';
      return at === 'mail' ? '550 5.7.1 sender not yours' : undefined;
    });
    expect((await send([one, two])).map(verdictOf)).toEqual(['sent', 'misconfigured/sender_refused']);
    expect(standIn.received).toEqual([one]);
  });

  it('one that says 250 where it should ask for the body is sent to step by step', async () => {
    const { standIn, send } = await against((_, at) => (at === 'data' ? '250 go ahead' : undefined));
    expect((await send([one])).map(verdictOf)).toEqual(['retry/connection']);
    expect((await send([one, two])).map(verdictOf)).toEqual(['sent', 'sent']);
    expect(standIn.received).toEqual([one, two]);
  });

  it('a message that is interrupted while it waits for its turn does not go out', async () => {
    const stop = new AbortController();
    const answer = hearsTheNextFirst(2);
    const { standIn, send } = await against((server, at, _, n) => {
      if (n > 1) return undefined;
      if (at === 'data' && server.received.length === 1) stop.abort();
      return answer(server, at);
    });
    const results = await Promise.all([send([one]), send([two], stop.signal)]);
    expect(results.flat().map(verdictOf)).toEqual(['sent', 'retry/connection']);
    expect((await send([three])).map(verdictOf)).toEqual(['sent']);
    expect(standIn.received).toEqual([one, three]);
  });

  it('a message with a moment of its own is not begun before its turn', async () => {
    const named: string[] = [];
    const until = performance.now() + 50;
    const { send } = await against((_, at, line) => {
      if (at === 'rcpt') named.push(line);
      while (at === 'dot' && performance.now() < until);
      return undefined;
    });
    expect((await send([one, testMessage(two, { until })])).map(verdictOf)).toEqual([
      'sent',
      'expired/throttled',
    ]);
    expect(named).toEqual([`RCPT TO:<${one}>`]);
  });

  it('a message that cannot be written leaves its turn to the next', async () => {
    const { standIn, send } = await against(hearsTheNextFirst(2));
    const broken = testMessage(two, { headers: [['No Name', 'x']] });
    expect((await send([one, broken, three])).map(verdictOf)).toEqual(['sent', 'refused/render', 'sent']);
    expect(standIn.received).toEqual([one, three]);
  });
});

describe('what goes out', () => {
  it('names size and character set where the server wants to know them', async () => {
    const named: string[] = [];
    const { standIn, send } = await against((_, at, line) => {
      if (at === 'mail') named.push(line);
      return undefined;
    }, '250-SMTPUTF8 is only my name\r\n250-SIZE 1000000\r\n250 smtputf8');
    await send([one, 'bücher@example.net']);
    expect(named).toEqual([
      `MAIL FROM:<ann@example.com> SIZE=${Buffer.byteLength(standIn.messages[0] ?? '')}`,
      `MAIL FROM:<ann@example.com> SMTPUTF8 SIZE=${Buffer.byteLength(standIn.messages[1] ?? '')}`,
    ]);
  });

  it('keeps lines that begin with a dot', async () => {
    const { standIn, send } = await against(() => undefined);
    await send([testMessage(one, { html: '', text: '.\n..\n.x\nend', headers: [['.Dot', 'yes']] }), two]);
    expect(standIn.received).toEqual([one, two]);
    expect(standIn.messages[0]).toContain('\r\n.Dot: yes\r\n');
    expect(standIn.messages[0]).toContain('\r\n\r\n=2E\r\n=2E.\r\n=2Ex\r\nend\r\n');
  });
});
