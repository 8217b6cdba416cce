import type { ImapFlow } from 'imapflow';
import { z } from 'zod';
import { type MailboxClient, MailboxFault, mailboxTimeouts, mostMessages, type Reading } from './mailbox';
import { type MailboxConfig, needsTls, startsWithTls, tlsOptions } from './mailbox-config';
import { mostBytes } from './read-bounce';

/** Messages that are held in memory at once. */
const atOnce = 20;
/** Of a mailbox that is read for the first time, or was rebuilt: what is older is history. */
const firstDays = 30;

/** Numbers of messages grow, as long as the mailbox has the same validity (RFC 3501 §2.3.1.1). */
const Place = z.object({ validity: z.string(), uid: z.int().nonnegative() });
type Place = z.infer<typeof Place>;

export const imap: MailboxClient = {
  read: (config, reading) =>
    withFolder(config, reading.signal, false, async (client, validity) => {
      const known = Place.safeParse(reading.place);
      const place = known.success && known.data.validity === validity ? known.data : { validity, uid: 0 };
      const found = await newMessages(client, place);
      const now = found.slice(0, mostMessages);
      for (let at = 0; at < now.length; at += atOnce)
        await readSome(client, config, reading, { validity, uids: now.slice(at, at + atOnce) });
      return now.length === found.length;
    }),
  look: (config, signal) => withFolder(config, signal, true, async (client) => mailboxOf(client).exists),
};

async function withFolder<Value>(
  config: MailboxConfig,
  signal: AbortSignal,
  readOnly: boolean,
  work: (client: ImapFlow, validity: string) => Promise<Value>,
): Promise<Value> {
  // 30 MB, which only those pay who read a mailbox.
  const { ImapFlow } = await import('imapflow');
  signal.throwIfAborted();
  const client = new ImapFlow(optionsOf(config));
  // Whatever is lost rejects the command that waits for it.
  client.on('error', () => undefined);
  const leave = () => client.close();
  signal.addEventListener('abort', leave);
  try {
    await client.connect();
    await client.mailboxOpen(config.folder, { readOnly }).catch((error: unknown) => {
      throw isRefusal(error) ? new MailboxFault('no-folder', config.folder) : error;
    });
    const value = await work(client, String(mailboxOf(client).uidValidity));
    // All that matters is done by then.
    await client.logout().catch(() => undefined);
    return value;
  } finally {
    signal.removeEventListener('abort', leave);
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

async function newMessages(client: ImapFlow, { uid }: Place): Promise<number[]> {
  const since = new Date(Date.now() - firstDays * 24 * 3600_000);
  const found = await client.search(uid === 0 ? { since } : { uid: `${uid + 1}:*` }, { uid: true });
  if (!Array.isArray(found)) throw new MailboxFault('protocol');
  // A range to the last one holds that also when nothing is new.
  return found.filter((one) => one > uid).sort((a, b) => a - b);
}

type Some = { validity: string; uids: number[] };

async function readSome(
  client: ImapFlow,
  config: MailboxConfig,
  { take, save, signal }: Reading,
  { validity, uids }: Some,
): Promise<void> {
  signal.throwIfAborted();
  const messages = await client.fetchAll(
    uids.join(','),
    { uid: true, source: { start: 0, maxLength: mostBytes } },
    { uid: true },
  );
  const taken: number[] = [];
  for (const { uid, source } of messages.sort((a, b) => a.uid - b.uid))
    if (source && (await take(source)) === 'taken') taken.push(uid);
  if (taken.length > 0) await mark(client, config, taken);
  await save({ validity, uid: uids.at(-1) ?? 0 } satisfies Place);
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
