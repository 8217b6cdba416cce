import { and, count, eq, inArray } from 'drizzle-orm';
import { mintSystemScope, type Scope } from '../auth/scope';
import { decrypt } from '../auth/secrets';
import { deliveryAttempts, sandboxMessages } from '../db/schema/deliveries';
import type { senders } from '../db/schema/senders';
import { inScope } from '../db/scoped';
import type { Channel } from '../db/states';
import { recordProviderEvents } from '../deliveries/events';
import { newId, SandboxMessageId } from '../ids';
import type { Connection } from '../providers/definition';
import { headersOf } from '../providers/mime';
import type { EmailMessage, ProviderHooks, SendResult } from '../providers/provider';
import { providers } from '../providers/registry';

/** A way out over a channel, ready to send. */
export type SenderOf<On extends Channel> = { channel: On } & Connection<On>;
export type OpenSender = { [On in Channel]: SenderOf<On> }[Channel];

/** What openSender needs of a row of senders. */
export type SenderRow = Pick<typeof senders.$inferSelect, 'id' | 'provider' | 'config'>;

type Kept = { config: string | null; sender: OpenSender };

// Next.js evaluates modules once per bundle and again on a reload: connections must be kept once per process.
const shared = globalThis as typeof globalThis & { posthasteSenders?: Map<string, Kept> };
const kept = (): Map<string, Kept> => (shared.posthasteSenders ??= new Map());

/**
 * A sender ready to send. The same one for the same settings, so that connections outlive a batch; changed settings
 * close the former. Never throws: settings that cannot be read make every message `misconfigured`.
 */
export function openSender(scope: Scope, row: SenderRow): OpenSender {
  const key = `${scope.workspaceId}/${row.id}`;
  const known = kept().get(key);
  if (known && known.config === row.config) return known.sender;
  void known?.sender.close();
  const sender = open(scope, row);
  kept().set(key, { config: row.config, sender });
  return sender;
}

/** Closes what is kept for a sender that was changed or deleted. */
export function forgetSender(scope: Scope, id: SenderRow['id']): void {
  const key = `${scope.workspaceId}/${id}`;
  void kept().get(key)?.sender.close();
  kept().delete(key);
}

/** Ends all connections of this process, once what is on the wire has been answered. */
export async function closeSenders(): Promise<void> {
  const all = [...kept().values()];
  kept().clear();
  await Promise.all(all.map(({ sender }) => sender.close()));
}

/** The settings of a row as they were kept, or undefined if they were sealed under another APP_SECRET. */
function readConfig(row: SenderRow): unknown {
  if (row.config === null) return {};
  const plain = decrypt('provider-config', row.config);
  return plain === undefined ? undefined : JSON.parse(plain);
}

export const unreadableConfig =
  'The saved settings cannot be read, because APP_SECRET was changed. Enter them again under Settings, Senders.';

function open(scope: Scope, row: SenderRow): OpenSender {
  const config = readConfig(row);
  const provider = providers[row.provider];
  const isUsable = config !== undefined && provider.parse(config).ok;
  // Kept for whoever sends next as well: it acts as the system, whoever opened it.
  const hooks = hooksOf(mintSystemScope(scope.workspaceId));
  // Two lines alike, by which the compiler knows that messages and connection are of one channel.
  if (provider.channel === 'email')
    return { channel: 'email', ...(isUsable ? provider.open(config, hooks) : unusable) };
  return { channel: 'sms', ...(isUsable ? provider.open(config, hooks) : unusable) };
}

const unusable = {
  maxBatch: 100,
  send: async (batch: unknown[]): Promise<SendResult[]> =>
    batch.map(() => ({ outcome: 'misconfigured', reason: 'authentication', detail: unreadableConfig })),
  check: async () => ({ ok: false as const, problem: unreadableConfig }),
  close: async () => undefined,
};

const readable = ({ name, address }: EmailMessage['from']): string =>
  name ? `${name} <${address}>` : address;

/** The sandbox's inbox and ledger; other providers leave them alone. */
export function hooksOf(scope: Scope): ProviderHooks {
  const { workspaceId } = scope;
  return {
    async store(messages) {
      const now = new Date();
      const rows = messages.map((message) => ({
        workspaceId,
        id: newId(SandboxMessageId),
        deliveryId: message.deliveryId,
        testedBy: message.testedBy ?? null,
        to: message.to.address,
        from: readable(message.from),
        subject: message.subject,
        headers: headersOf(message, now),
        html: message.html,
        text: message.text,
      }));
      await inScope(scope, (tx) => tx.insert(sandboxMessages).values(rows));
      return rows.map((row) => row.id);
    },
    async storeTexts(messages) {
      const rows = messages.map((message) => ({
        workspaceId,
        id: newId(SandboxMessageId),
        deliveryId: message.deliveryId,
        testedBy: message.testedBy ?? null,
        to: message.to,
        from: '',
        subject: '',
        headers: [],
        html: '',
        text: message.body,
      }));
      await inScope(scope, (tx) => tx.insert(sandboxMessages).values(rows));
      return rows.map((row) => row.id);
    },
    async report(events) {
      await recordProviderEvents(scope, events);
    },
    async failedAttempts(deliveryIds) {
      const rows = await inScope(scope, (tx) =>
        tx
          .select({ id: deliveryAttempts.deliveryId, failed: count() })
          .from(deliveryAttempts)
          .where(
            and(
              eq(deliveryAttempts.workspaceId, workspaceId),
              inArray(deliveryAttempts.deliveryId, deliveryIds),
            ),
          )
          .groupBy(deliveryAttempts.deliveryId),
      );
      return new Map(rows.map((row) => [row.id, row.failed]));
    },
  };
}
