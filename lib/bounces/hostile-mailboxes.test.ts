import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { clientOf } from './clients';
import { mailboxTimeouts, mostMessages } from './mailbox';
import type { MailboxConfig } from './mailbox-config';
import { describeMailbox } from './mailbox-problem';

/* Servers that harm whoever reads them, by what they send or by what they do not. */

const usual = { ...mailboxTimeouts };
const closing: (() => void)[] = [];
beforeEach(() => void Object.assign(mailboxTimeouts, { greeting: 400, socket: 400, answer: 800 }));
afterEach(() => {
  Object.assign(mailboxTimeouts, usual);
  for (const close of closing.splice(0)) close();
});

type Protocol = MailboxConfig['protocol'];
/** Answers a line, by itself; false: as usual. */
type Misdeed = (socket: Socket, verb: string, line: string) => boolean;

/** A server with a thousand messages of one line, but for its misdeed. */
async function serve(protocol: Protocol, misdeed: Misdeed): Promise<MailboxConfig> {
  const server = createServer((socket) => {
    closing.push(() => socket.destroy());
    socket.on('error', () => undefined);
    if (!misdeed(socket, 'greeting', ''))
      socket.write(protocol === 'imap' ? '* OK [CAPABILITY IMAP4rev1 MOVE] ready\r\n' : '+OK ready\r\n');
    let input = '';
    socket.on('data', (chunk) => {
      const lines = (input + String(chunk)).split('\r\n');
      input = lines.pop() ?? '';
      for (const line of lines) {
        const [first = '', ...words] = line.split(' ');
        const verb = protocol === 'pop3' ? first : ((words[0] === 'UID' ? words[1] : words[0]) ?? '');
        if (misdeed(socket, verb, line)) continue;
        socket.write(protocol === 'imap' ? imapAnswer(first, verb, line) : pop3Answer(verb));
      }
    });
  });
  server.listen(0, '127.0.0.1');
  closing.push(() => server.close());
  await once(server, 'listening');
  return {
    ...{ protocol, host: '127.0.0.1', port: (server.address() as AddressInfo).port, security: 'none' },
    ...{ user: 'news', password: 'a password', folder: 'INBOX', afterwards: 'keep', moveTo: '' },
    acceptAnyCertificate: false,
  };
}

const thousand = Array.from({ length: 1000 }, (_, n) => n + 1);
const selected = (messages: number) =>
  `* ${messages} EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n* OK [UIDNEXT ${messages + 1}] ok\r\n`;
const fetched = (uid: number) => `* ${uid} FETCH (UID ${uid} BODY[]<0> {4}\r\ntext)\r\n`;
const uidsOf = (line: string) => /FETCH ([\d,]+) /.exec(line)?.[1]?.split(',').map(Number) ?? [];

function imapAnswer(tag: string, verb: string, line: string): string {
  const done = `${tag} OK done\r\n`;
  if (verb === 'SELECT') return selected(1000) + done;
  if (verb === 'LIST') return `* LIST () "/" "INBOX"\r\n${done}`;
  if (verb === 'SEARCH') return `* SEARCH ${thousand.join(' ')}\r\n${done}`;
  return (verb === 'FETCH' ? uidsOf(line).map(fetched).join('') : '') + done;
}

function pop3Answer(verb: string): string {
  if (verb === 'LIST' || verb === 'UIDL')
    return `+OK\r\n${thousand.map((n) => `${n} ${n}\r\n`).join('')}.\r\n`;
  return verb === 'TOP' ? '+OK\r\nSubject: x\r\n\r\ntext\r\n.\r\n' : '+OK\r\n';
}

/** What came of reading it: how many messages were taken, whether that was all, or what is said to be wrong. */
async function read(config: MailboxConfig, place: unknown = null, isEnough = () => false) {
  const state = { taken: 0, place, problem: '', isAll: false };
  const signal = AbortSignal.timeout(20_000);
  try {
    state.isAll = await clientOf(config).read(config, {
      ...{ place, signal, isEnough },
      take: async () => {
        state.taken++;
        return 'left';
      },
      save: async (saved) => {
        state.place = saved;
      },
    });
  } catch (error) {
    if (signal.aborted) throw error;
    state.problem = describeMailbox(error, config);
  }
  return state;
}

/** Sends without end, as fast as it is read. */
function flood(socket: Socket, make: () => string): true {
  const go = () => {
    while (!socket.destroyed && socket.write(make()));
    if (!socket.destroyed) socket.once('drain', go);
  };
  go();
  return true;
}

/** Sends something now and then, and never all. */
function trickle(socket: Socket, text: string): true {
  const timer = setInterval(() => socket.write(text), 100);
  socket.once('close', () => clearInterval(timer));
  return true;
}

const at =
  (verb: string, act: (socket: Socket) => true): Misdeed =>
  (socket, said) =>
    said === verb && act(socket);

const rows = (row: (n: number) => string) => {
  let n = 0;
  return (socket: Socket) => flood(socket, () => Array.from({ length: 200 }, () => row(++n)).join(''));
};

it.each<[Protocol, string, Misdeed]>([
  [
    'imap',
    'greets',
    at(
      'greeting',
      rows(() => `* OK ${'x'.repeat(9000)}\r\n`),
    ),
  ],
  [
    'imap',
    'tells of its folder',
    at(
      'SELECT',
      rows(() => `* OK ${'x'.repeat(9000)}\r\n`),
    ),
  ],
  [
    'imap',
    'finds',
    at(
      'SEARCH',
      rows((n) => `* SEARCH ${n}${' 99999999'.repeat(1000)}\r\n`),
    ),
  ],
  [
    'imap',
    'sends messages',
    at(
      'FETCH',
      rows((n) => `* ${n} FETCH (UID ${n} BODY[]<0> {9000}\r\n${'x'.repeat(9000)})\r\n`),
    ),
  ],
  [
    'imap',
    'sends marks',
    at(
      'FETCH',
      rows((n) => `* ${n} FETCH (FLAGS (mark${n} ${'x'.repeat(9000)}))\r\n`),
    ),
  ],
  [
    'pop3',
    'lists',
    at(
      'LIST',
      rows((n) => (n === 1 ? '+OK\r\n' : `${n} ${'9'.repeat(9000)}\r\n`)),
    ),
  ],
  [
    'pop3',
    'sends a message',
    at(
      'TOP',
      rows((n) => (n === 1 ? '+OK\r\n' : `${'x'.repeat(9000)}\r\n`)),
    ),
  ],
])('%s: is ended where a server %s without end', async (protocol, _, misdeed) => {
  Object.assign(mailboxTimeouts, usual);
  const { problem } = await read(await serve(protocol, misdeed));
  expect(problem).toMatch(/^127\.0\.0\.1:\d+ sends far more than it was asked for/);
});

const silent = () => true as const;
const verbs = { imap: ['LOGIN', 'SELECT', 'SEARCH', 'FETCH'], pop3: ['USER', 'PASS', 'LIST', 'TOP', 'QUIT'] };
const steps = (['imap', 'pop3'] as const).flatMap((protocol) =>
  ['greeting', ...verbs[protocol]].map((verb): [Protocol, string] => [protocol, verb]),
);

it.each(steps)(
  '%s: is given up where a server falls silent at %s, or never finishes',
  async (protocol, verb) => {
    const quiet = await read(await serve(protocol, at(verb, silent)));
    expect(quiet.problem).not.toBe('');
    const slow = await read(
      await serve(
        protocol,
        at(verb, (socket) => trickle(socket, '*')),
      ),
    );
    expect(slow.problem).not.toBe('');
  },
);

it.each(steps)(
  '%s: is given up where a server goes away at %s, or answers something else',
  async (protocol, verb) => {
    const gone = await read(
      await serve(
        protocol,
        at(verb, (socket) => Boolean(socket.destroy()) as true),
      ),
    );
    expect(gone.problem).not.toBe('');
    const other = await read(
      await serve(
        protocol,
        at(verb, (socket) => Boolean(socket.end('\0\xff ZZZ OK done\r\n')) as true),
      ),
    );
    expect(other.problem).not.toBe('');
  },
);

it('reads on in a mailbox of a million, whose numbers are found some thousand at a time', async () => {
  const million = 1_000_000;
  let longest = 0;
  const config = await serve('imap', (socket, verb, line) => {
    const [tag] = line.split(' ');
    if (verb === 'SELECT') return Boolean(socket.write(`${selected(million)}${tag} OK done\r\n`)) || true;
    if (verb !== 'SEARCH') return false;
    const [, from, to] = /(\d+):(\d+|\*)/.exec(line) ?? [];
    const last = to === '*' || to === undefined ? million : Math.min(million, Number(to));
    const first = from === undefined ? 1 : Number(from);
    const found = Array.from({ length: last - first + 1 }, (__, n) => first + n);
    longest = Math.max(longest, found.length);
    socket.write(`* SEARCH ${found.join(' ')} 4294967295\r\n${tag} OK done\r\n`);
    return true;
  });
  const first = await read(config);
  expect(first).toMatchObject({ taken: mostMessages, isAll: false, problem: '' });
  expect(first.place).toMatchObject({ uid: mostMessages });
  expect((await read(config, first.place)).place).toMatchObject({ uid: 2 * mostMessages });
  const last = await read(config, { validity: '7', uid: million - 10 });
  expect(last).toMatchObject({ taken: 10, isAll: true, place: { uid: million } });
  expect(longest).toBeLessThan(50_000);
});

it.each(['imap', 'pop3'] as const)(
  '%s: leaves the rest for the next turn when others wait',
  async (protocol) => {
    const config = await serve(protocol, () => false);
    let asked = 0;
    const first = await read(config, null, () => ++asked > 3);
    expect(first).toMatchObject({ isAll: false, problem: '' });
    expect(first.taken).toBeGreaterThan(0);
    const second = await read(config, first.place);
    expect(second).toMatchObject({ isAll: true, taken: 1000 - first.taken });
  },
);
