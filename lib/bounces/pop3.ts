import { createHash } from 'node:crypto';
import { z } from 'zod';
import { type MailboxClient, MailboxFault, mostMessageBytes, mostMessages, type Reading } from './mailbox';
import { type MailboxConfig, needsTls } from './mailbox-config';
import { Pop3Refusal, Pop3Wire } from './pop3-wire';
import { mostBytes } from './read-bounce';

/** So often it is written down how far the reading came. */
const atOnce = 20;
/** More than that cannot be told apart from one reading to the next. */
const mostKnown = 20_000;
const mostListing = 4_000_000;
/** Of the text of a message: what a report has to say comes first. */
const mostLines = 5000;

/** POP3 marks nothing: what is left in the mailbox is remembered, by a part of the hash of its unique id. */
const Place = z.object({ left: z.array(z.string()) });
type Place = z.infer<typeof Place>;

/** A mailbox that speaks POP3 (RFC 1939), as far as reading and deleting take it. */
export const pop3: MailboxClient = {
  read: (config, reading) =>
    withSession(config, reading.signal, async (wire) => {
      const present = await messagesOf(wire);
      const known = new Set(Place.safeParse(reading.place).data?.left);
      const fresh = present.filter(({ id }) => !known.has(id));
      const now = fresh.slice(0, mostMessages);
      const left = new Set(present.filter(({ id }) => known.has(id)).map(({ id }) => id));
      for (let at = 0; at < now.length; at += atOnce)
        if (!(await readSome(wire, config, reading, { messages: now.slice(at, at + atOnce), left })))
          return false;
      return now.length === fresh.length;
    }),
  look: (config, signal) => withSession(config, signal, async (wire) => (await messagesOf(wire)).length),
};

async function withSession<Value>(
  config: MailboxConfig,
  signal: AbortSignal,
  work: (wire: Pop3Wire) => Promise<Value>,
): Promise<Value> {
  signal.throwIfAborted();
  const wire = await Pop3Wire.open(config, signal);
  try {
    await secure(wire, config);
    await signIn(wire, config);
    const value = await work(wire);
    // Only now what was deleted is gone.
    await wire.ask('QUIT');
    return value;
  } finally {
    wire.close();
  }
}

/** STARTTLS (RFC 2595). Within this machine it goes without, where the server has none. */
async function secure(wire: Pop3Wire, config: MailboxConfig): Promise<void> {
  if (wire.secure || config.security === 'none') return;
  try {
    await wire.ask('STLS');
  } catch (error) {
    if (!(error instanceof Pop3Refusal)) throw error;
    if (needsTls(config)) throw new MailboxFault('no-encryption', error.message);
    return;
  }
  await wire.encrypt(config);
}

async function signIn(wire: Pop3Wire, { user, password }: MailboxConfig): Promise<void> {
  try {
    await wire.ask(`USER ${user}`);
    await wire.ask(`PASS ${password}`);
  } catch (error) {
    throw error instanceof Pop3Refusal ? new MailboxFault('login', error.message) : error;
  }
}

type Message = { number: number; id: string; size: number };

async function messagesOf(wire: Pop3Wire): Promise<Message[]> {
  const sizes = new Map(await listing(wire, 'LIST'));
  const ids = await listing(wire, 'UIDL').catch((error: unknown) => {
    throw error instanceof Pop3Refusal ? new MailboxFault('no-uidl') : error;
  });
  if (ids.length > mostKnown) throw new MailboxFault('too-many');
  return ids.map(([number, id]) => ({ number, id: shortened(id), size: Number(sizes.get(number)) || 0 }));
}

const shortened = (id: string) => createHash('sha256').update(id, 'latin1').digest('base64url').slice(0, 16);

async function listing(wire: Pop3Wire, command: 'LIST' | 'UIDL'): Promise<[number: number, value: string][]> {
  await wire.ask(command);
  const lines = (await wire.body(mostListing)).toString('latin1').split('\r\n');
  return lines.flatMap((line): [number, string][] => {
    const [, number, value] = /^(\d{1,9}) (\S{1,200})/.exec(line) ?? [];
    return number !== undefined && value !== undefined ? [[Number(number), value]] : [];
  });
}

/** Servers that show the same mailbox by IMAP mark what was retrieved as read, and what was looked into they do not. */
async function beginningOf(wire: Pop3Wire, number: number): Promise<Buffer> {
  try {
    await wire.ask(`TOP ${number} ${mostLines}`);
  } catch (error) {
    if (!(error instanceof Pop3Refusal)) throw error;
    await wire.ask(`RETR ${number}`);
  }
  return wire.body(mostBytes);
}

type Some = { messages: Message[]; left: Set<string> };

/** False: others have waited long enough. */
async function readSome(
  wire: Pop3Wire,
  { afterwards }: MailboxConfig,
  { take, save, isEnough, signal }: Reading,
  { messages, left }: Some,
): Promise<boolean> {
  signal.throwIfAborted();
  let isDone = true;
  for (const { number, id, size } of messages) {
    if (isEnough()) {
      isDone = false;
      break;
    }
    if (size <= mostMessageBytes) {
      const isTaken = (await take(await beginningOf(wire, number))) === 'taken';
      if (isTaken && afterwards === 'delete') {
        await wire.ask(`DELE ${number}`);
        continue;
      }
    }
    left.add(id);
  }
  await save({ left: [...left] } satisfies Place);
  return isDone;
}
