import type { ImapFlow } from 'imapflow';
import { z } from 'zod';
import { type MailboxClient, MailboxFault, mailboxTimeouts, mostMessages, type Reading } from './mailbox';
import { type MailboxConfig, needsTls, startsWithTls, tlsOptions } from './mailbox-config';
import { Overseer } from './overseer';
import { mostBytes } from './read-bounce';

/** Messages that are held in memory at once. */
const atOnce = 20;
/** Messages that are looked for at once: servers name each of those that they find, all on one line. */
const mostFound = 20_000;
/** Of a mailbox that is read for the first time, or was rebuilt: what is older is history. */
const firstDays = 30;

/** Numbers of messages grow, as long as the mailbox has the same validity (RFC 3501 §2.3.1.1). */
const Place = z.object({ validity: z.string(), uid: z.int().nonnegative() });
type Place = z.infer<typeof Place>;

export const imap: MailboxClient = {
  read: (config, reading) =>
    withFolder(config, reading.signal, false, async (session, validity) => {
      const known = Place.safeParse(reading.place);
      const place = known.success && known.data.validity === validity ? known.data : { validity, uid: 0 };
      const { found, isAll } = await newMessages(session, place);
      const now = found.slice(0, mostMessages);
      for (let at = 0; at < now.length; at += atOnce) {
        if (reading.isEnough()) return false;
        await readSome(session, config, reading, { validity, uids: now.slice(at, at + atOnce) });
      }
      return isAll && now.length === found.length;
    }),
  look: (config, signal) => withFolder(config, signal, true, async ({ client }) => mailboxOf(client).exists),
};

type Session = { client: ImapFlow; overseer: Overseer };

async function withFolder<Value>(
  config: MailboxConfig,
  signal: AbortSignal,
  readOnly: boolean,
  work: (session: Session, validity: string) => Promise<Value>,
): Promise<Value> {
  // 30 MB, which only those pay who read a mailbox.
  const { ImapFlow } = await import('imapflow');
  signal.throwIfAborted();
  const client = new ImapFlow(optionsOf(config));
  // Whatever is lost rejects the command that waits for it.
  client.on('error', () => undefined);
  const leave = () => client.close();
  signal.addEventListener('abort', leave);
  const overseer = new Overseer(() => client.stats().received, leave);
  try {
    await client.connect();
    overseer.step();
    await client.mailboxOpen(config.folder, { readOnly }).catch((error: unknown) => {
      throw isRefusal(error) ? new MailboxFault('no-folder', config.folder) : error;
    });
    overseer.step();
    const value = await work({ client, overseer }, String(mailboxOf(client).uidValidity));
    // All that matters is done by then.
    await client.logout().catch(() => undefined);
    return value;
  } catch (error) {
    throw overseer.fault ?? error;
  } finally {
    signal.removeEventListener('abort', leave);
    overseer.end();
    client.close();
  }
}

function optionsOf(config: MailboxConfig) {
  const { host, port, user, password: pass, security } = config;
  const secure = startsWithTls(config);
  return {
    ...{ host, port, secure, auth: { user, pass }, tls: tlsOptions(config) },
    // Required, or forbidden; within this machine whatever the server offers.
    ...(secure
      ? {}
      : needsTls(config)
        ? { doSTARTTLS: true }
        : security === 'none'
          ? { doSTARTTLS: false }
          : {}),
    connectionTimeout: mailboxTimeouts.connect,
    greetingTimeout: mailboxTimeouts.greeting,
    socketTimeout: mailboxTimeouts.socket,
    maxLiteralSize: 2 * mostBytes,
    maxResponseSize: 4 * mostBytes,
    maxLineLength: 4 * mostBytes,
    logger: false as const,
    disableAutoIdle: true,
    disableCompression: true,
    disableBinary: true,
    clientInfo: { name: 'Posthaste' },
  };
}

const isRefusal = (error: unknown): boolean =>
  error instanceof Error && 'responseStatus' in error && error.responseStatus === 'NO';

/** The folder that is open, for as long as the connection lives. */
function mailboxOf({ mailbox, usable }: ImapFlow) {
  if (!mailbox || !usable) throw new MailboxFault('protocol');
  return mailbox;
}

type Found = { found: number[]; isAll: boolean };

/** The next messages, some thousand at a time: a mailbox may have millions. */
async function newMessages(session: Session, { uid }: Place): Promise<Found> {
  if (uid === 0) return firstMessages(session);
  const next = mailboxOf(session.client).uidNext;
  // A server that does not say how far its numbers go.
  if (!next) return { found: await search(session, { uid: `${uid + 1}:*` }, uid), isAll: true };
  for (let from = uid + 1; from < next; from += mostFound) {
    const to = from + mostFound - 1;
    const found = await search(session, { uid: `${from}:${to}` }, uid, to);
    if (found.length > 0) return { found, isAll: to + 1 >= next };
  }
  return { found: [], isAll: true };
}

/** Those of the last days, of which the oldest come first: they are looked for from the end of the mailbox. */
async function firstMessages(session: Session): Promise<Found> {
  const since = new Date(Date.now() - firstDays * 24 * 3600_000);
  let first: Found = { found: [], isAll: true };
  const { exists, uidNext } = mailboxOf(session.client);
  for (let to = exists; to > 0; to -= mostFound) {
    const seq = `${Math.max(1, to - mostFound + 1)}:${to}`;
    const found = await search(session, { seq, since }, 0, uidNext ? uidNext - 1 : undefined);
    if (found.length === 0) break;
    first = { found, isAll: first.found.length === 0 };
  }
  return first;
}

async function search(
  { client, overseer }: Session,
  query: { uid: string } | { seq: string; since: Date },
  after = 0,
  upTo = Infinity,
): Promise<number[]> {
  const found = await client.search(query, { uid: true });
  if (!Array.isArray(found)) throw new MailboxFault('protocol');
  overseer.step();
  // A range to the last one holds that also when nothing is new.
  return found.filter((one) => one > after && one <= upTo).sort((a, b) => a - b);
}

type Some = { validity: string; uids: number[] };

async function readSome(
  session: Session,
  config: MailboxConfig,
  { take, save, signal }: Reading,
  { validity, uids }: Some,
): Promise<void> {
  signal.throwIfAborted();
  const { overseer } = session;
  const sources = await fetchSources(session, uids);
  const taken: number[] = [];
  for (const [uid, source] of [...sources].sort(([a], [b]) => a - b))
    if ((await overseer.ours(() => take(source))) === 'taken') taken.push(uid);
  if (taken.length > 0) await mark(session.client, config, taken);
  await overseer.ours(() => save({ validity, uid: uids.at(-1) ?? 0 } satisfies Place));
}

/** What was asked for, and of whatever else a server sends nothing. */
async function fetchSources({ client, overseer }: Session, uids: number[]): Promise<Map<number, Buffer>> {
  const asked = new Set(uids);
  const sources = new Map<number, Buffer>();
  const query = { uid: true, source: { start: 0, maxLength: mostBytes } };
  for await (const { uid, source } of client.fetch(uids.join(','), query, { uid: true })) {
    if (!source || !asked.delete(uid)) continue;
    sources.set(uid, source);
    overseer.step();
  }
  return sources;
}

/** What was taken is marked and put where it shall be. The client answers false, and throws nothing, when that fails. */
async function mark(client: ImapFlow, { afterwards, moveTo }: MailboxConfig, uids: number[]): Promise<void> {
  const which = uids.join(',');
  // Where the server refuses it, they stay unread: that they were taken is known without it.
  await client.messageFlagsAdd(which, ['\\Seen'], { uid: true });
  mailboxOf(client);
  if (afterwards === 'delete' && !(await client.messageDelete(which, { uid: true })))
    throw new MailboxFault('no-delete');
  if (afterwards !== 'move' || (await client.messageMove(which, moveTo, { uid: true }))) return;
  mailboxOf(client);
  // It is made when it is first needed.
  await client.mailboxCreate(moveTo).catch((error: unknown) => {
    throw isRefusal(error) ? new MailboxFault('no-folder', moveTo) : error;
  });
  if (!(await client.messageMove(which, moveTo, { uid: true }))) throw new MailboxFault('no-folder', moveTo);
}
