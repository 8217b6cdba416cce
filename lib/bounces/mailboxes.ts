import { and, eq, sql } from 'drizzle-orm';
import { audit } from '../auth/audit';
import type { Scope } from '../auth/scope';
import { decrypt, encrypt } from '../auth/secrets';
import { mailboxes, senders } from '../db/schema/senders';
import { inScope, type ScopedTx } from '../db/scoped';
import { fail, notFound, ok, type Result } from '../errors';
import type { SenderId } from '../ids';
import { readMailboxes } from '../jobs/definitions';
import { enqueue } from '../jobs/queue';
import type { ConnectionCheck } from '../providers/provider';
import type { ProviderSettings } from '../senders/sender-input';
import { clientOf } from './clients';
import { MailboxConfig, mailboxFields } from './mailbox-config';
import { describeMailbox } from './mailbox-problem';

type Row = typeof mailboxes.$inferSelect;

/** A mailbox as pages show it: its password stays behind. */
export type MailboxView = Pick<Row, 'problem' | 'readAt' | 'reports' | 'reportAt'> & {
  /** Null when they cannot be read, because APP_SECRET was changed. */
  values: ProviderSettings | null;
};

/** The mailbox of a sender; null: it has none. */
export async function findMailbox(scope: Scope, id: SenderId): Promise<MailboxView | null> {
  const row = await inScope(scope, (tx) => rowOf(tx, scope, id));
  if (!row) return null;
  const { problem, readAt, reports, reportAt } = row;
  const config = mailboxConfigOf(row);
  const values = config && {
    ...config,
    folder: config.folder === 'INBOX' ? '' : config.folder,
    password: '',
  };
  return { problem, readAt, reports, reportAt, values: values ?? null };
}

/** The settings of a sender's mailbox. Null: it has none; undefined: they cannot be read. */
export async function readMailboxConfig(
  scope: Scope,
  id: SenderId,
): Promise<MailboxConfig | null | undefined> {
  const row = await inScope(scope, (tx) => rowOf(tx, scope, id));
  return row ? mailboxConfigOf(row) : null;
}

/** What is kept; undefined when it cannot be read. */
export function mailboxConfigOf({ config }: Pick<Row, 'config'>): MailboxConfig | undefined {
  const plain = decrypt('mailbox-config', config);
  return plain === undefined ? undefined : MailboxConfig.safeParse(JSON.parse(plain)).data;
}

/** From now on the sender's bounces are read there, at once for the first time. */
export function saveMailbox(scope: Scope, id: SenderId, given: ProviderSettings): Promise<Result<undefined>> {
  return inScope(scope, async (tx): Promise<Result<undefined>> => {
    const found = await senderAndMailbox(tx, scope, id);
    if (!found.ok) return found;
    const before = found.value && mailboxConfigOf(found.value);
    const merged = merge(given, before);
    if (!merged.ok) return merged;
    const config = encrypt('mailbox-config', JSON.stringify(merged.value));
    // Whoever reads meanwhile notices, and writes down no place of the mailbox before.
    const anew = { config, fence: null, readingUntil: null, nextAt: sql`now()`, failures: 0, problem: null };
    const isSame = before && placed.every((name) => before[name] === merged.value[name]);
    await tx
      .insert(mailboxes)
      .values({ workspaceId: scope.workspaceId, senderId: id, config })
      .onConflictDoUpdate({
        target: [mailboxes.workspaceId, mailboxes.senderId],
        set: isSame ? anew : { ...anew, place: null },
      });
    const { protocol, host, folder, afterwards } = merged.value;
    await audit(tx, scope, 'sender.mailbox_saved', id, { protocol, host, folder, afterwards });
    await enqueue(tx, readMailboxes, [{}]);
    return ok();
  });
}

/** Nothing is read there any more. What lies in the mailbox stays as it is. */
export function removeMailbox(scope: Scope, id: SenderId): Promise<Result<undefined>> {
  return inScope(scope, async (tx): Promise<Result<undefined>> => {
    const found = await senderAndMailbox(tx, scope, id);
    if (!found.ok) return found;
    if (!found.value) return ok();
    await tx.delete(mailboxes).where(ofSender(scope, id));
    await audit(tx, scope, 'sender.mailbox_removed', id);
    return ok();
  });
}

const checkLimitMs = 20_000;

/** Signs in and looks, and changes nothing. A password left empty is the kept one. */
export async function checkMailbox(
  scope: Scope,
  id: SenderId,
  given: ProviderSettings,
  limitMs = checkLimitMs,
): Promise<Result<ConnectionCheck>> {
  const found = await inScope(scope, (tx) => senderAndMailbox(tx, scope, id));
  if (!found.ok) return found;
  const merged = merge(given, found.value && mailboxConfigOf(found.value));
  if (!merged.ok) return merged;
  return ok(await tryMailbox(merged.value, AbortSignal.timeout(limitMs)));
}

/** Says whether a mailbox can be read, and what to do if it cannot. */
export async function tryMailbox(config: MailboxConfig, signal: AbortSignal): Promise<ConnectionCheck> {
  try {
    const count = await clientOf(config).look(config, signal);
    const there = count === 1 ? 'is 1 message' : `are ${count.toLocaleString('en')} messages`;
    return {
      ok: true,
      detail: `Signed in to ${config.host} as ${config.user}. There ${there} in the mailbox.`,
    };
  } catch (error) {
    if (!signal.aborted) return { ok: false, problem: describeMailbox(error, config) };
    const place = `${config.host}:${config.port}`;
    return { ok: false, problem: `${place} did not answer in time. Check the name and the port.` };
  }
}

const ofSender = ({ workspaceId }: Scope, id: SenderId) =>
  and(eq(mailboxes.workspaceId, workspaceId), eq(mailboxes.senderId, id));

async function rowOf(tx: ScopedTx, scope: Scope, id: SenderId): Promise<Row | undefined> {
  const [row] = await tx.select().from(mailboxes).where(ofSender(scope, id));
  return row;
}

/** The mailbox of a sender that can have one, if it has. */
async function senderAndMailbox(tx: ScopedTx, scope: Scope, id: SenderId): Promise<Result<Row | undefined>> {
  const [sender] = await tx
    .select({ provider: senders.provider })
    .from(senders)
    .where(and(eq(senders.workspaceId, scope.workspaceId), eq(senders.id, id)))
    .for('update');
  if (!sender) return notFound('sender');
  if (sender.provider !== 'smtp')
    return fail(
      'invalid',
      'Only the messages of an SMTP server come back by mail: other services report by themselves.',
    );
  return ok(await rowOf(tx, scope, id));
}

/** Another of these, and the password would go elsewhere, or be protected in another way. */
const guarded = ['protocol', 'host', 'port', 'security', 'user', 'acceptAnyCertificate'] as const;
/** Another of these, and it is another mailbox. */
const placed = ['protocol', 'host', 'port', 'user', 'folder'] as const;

function merge(given: ProviderSettings, before: MailboxConfig | undefined): Result<MailboxConfig> {
  const raw = Object.fromEntries(mailboxFields.map(({ name, initial }) => [name, given[name] ?? initial]));
  const keeps = raw.password === '' && before !== undefined;
  const parsed = MailboxConfig.safeParse(keeps ? { ...raw, password: before.password } : raw);
  const fields: Record<string, string> = {};
  for (const issue of parsed.error?.issues ?? [])
    fields[`settings.${String(issue.path[0])}`] ??= issue.message;
  if (keeps && parsed.data && guarded.some((name) => parsed.data[name] !== before[name]))
    fields['settings.password'] =
      'Enter the password again, because it would go elsewhere, or be protected in another way.';
  if (parsed.success && Object.keys(fields).length === 0) return ok(parsed.data);
  return fail('invalid', 'Please check what you entered.', { fields });
}
