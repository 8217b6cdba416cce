import { isDeepStrictEqual } from 'node:util';
import { and, asc, desc, eq, ne, sql } from 'drizzle-orm';
import { audit } from '../auth/audit';
import type { Scope } from '../auth/scope';
import { campaigns } from '../db/schema/campaigns';
import { breakers, senders } from '../db/schema/senders';
import { inScope, type ScopedTx } from '../db/scoped';
import type { CampaignStatus, ProviderName } from '../db/states';
import { fail, notFound, ok, type Result } from '../errors';
import { newId, SenderId } from '../ids';
import type { ConnectionCheck } from '../providers/provider';
import { providers } from '../providers/registry';
import { changePace } from '../throttle/change-limits';
import { type Limits, unlimited } from '../throttle/pace';
import { limitsOf } from './limits';
import { forgetSender, hooksOf } from './open-sender';
import type { ProviderSettings, SenderDetails } from './sender-input';
import { mergeSettings, type SafeSettings, safeSettings, sealSettings } from './sender-settings';

type Row = typeof senders.$inferSelect;

/** A sender as pages show it: its secrets stay behind. */
export type Sender = Pick<
  Row,
  | 'id'
  | 'name'
  | 'channel'
  | 'provider'
  | 'fromName'
  | 'fromEmail'
  | 'replyTo'
  | 'isDefault'
  | 'limitsProposed'
> &
  Limits & {
    providerLabel: string;
    settings: SafeSettings | null;
    /** What its provider says, while that keeps it from sending; null: nothing does. */
    problem: string | null;
  };

const viewOf = (row: Row, problem: string | null): Sender => ({
  id: row.id,
  name: row.name,
  channel: row.channel,
  provider: row.provider,
  fromName: row.fromName,
  fromEmail: row.fromEmail,
  replyTo: row.replyTo,
  ...limitsOf(row),
  limitsProposed: row.limitsProposed,
  isDefault: row.isDefault,
  providerLabel: providers[row.provider].label,
  settings: safeSettings(row),
  problem,
});

/** All senders, the default first. A workspace has a handful. */
export async function listSenders(scope: Scope): Promise<Sender[]> {
  const rows = await inScope(scope, (tx) =>
    tx
      .select({ sender: senders, problem: breakers.problem })
      .from(senders)
      .leftJoin(breakers, breakerOf)
      .where(eq(senders.workspaceId, scope.workspaceId))
      .orderBy(desc(senders.isDefault), asc(senders.id))
      .limit(200),
  );
  return rows.map(({ sender, problem }) => viewOf(sender, problem));
}

export async function findSender(scope: Scope, id: SenderId): Promise<Result<Sender>> {
  const [row] = await inScope(scope, (tx) =>
    tx
      .select({ sender: senders, problem: breakers.problem })
      .from(senders)
      .leftJoin(breakers, breakerOf)
      .where(ofId(scope, id)),
  );
  return row ? ok(viewOf(row.sender, row.problem)) : notFound('sender');
}

const breakerOf = and(eq(breakers.workspaceId, senders.workspaceId), eq(breakers.senderId, senders.id));

async function rowOf(tx: ScopedTx, scope: Scope, id: SenderId, lock = false): Promise<Row | undefined> {
  const query = tx.select().from(senders).where(ofId(scope, id));
  const [row] = await (lock ? query.for('update') : query);
  return row;
}

const ofId = (scope: Scope, id: SenderId) =>
  and(eq(senders.workspaceId, scope.workspaceId), eq(senders.id, id));

/** The workspace's first sender of a channel becomes its default. */
export async function createSender(
  scope: Scope,
  provider: ProviderName,
  details: SenderDetails,
  settings: ProviderSettings,
): Promise<Result<{ id: SenderId }>> {
  const { channel } = providers[provider];
  if (details.channel !== channel) return otherChannel;
  const merged = mergeSettings(provider, settings);
  if (!merged.ok) return merged;
  const id = newId(SenderId);
  await inScope(scope, async (tx) => {
    const others = await tx
      .select({ id: senders.id })
      .from(senders)
      .where(
        and(
          eq(senders.workspaceId, scope.workspaceId),
          eq(senders.channel, channel),
          eq(senders.isDefault, true),
        ),
      );
    await tx.insert(senders).values({
      workspaceId: scope.workspaceId,
      id,
      provider,
      ...columnsOf(details),
      config: sealSettings(merged.value),
      isDefault: others.length === 0,
    });
    await audit(tx, scope, 'sender.created', id, { provider, ...details });
  });
  return ok({ id });
}

const otherChannel = fail('invalid', 'This provider sends over another channel.');

const columnsOf = (details: SenderDetails) =>
  details.channel === 'email'
    ? details
    : { ...details, fromName: details.name, fromEmail: '', replyTo: null };

/** Changes take effect with the next batch, also of campaigns that are being sent. */
export async function updateSender(
  scope: Scope,
  id: SenderId,
  details: SenderDetails,
  settings: ProviderSettings,
): Promise<Result<undefined>> {
  const result = await inScope(scope, async (tx): Promise<Result<undefined>> => {
    const row = await rowOf(tx, scope, id, true);
    if (!row) return notFound('sender');
    if (details.channel !== row.channel) return otherChannel;
    const merged = mergeSettings(row.provider, settings, row);
    if (!merged.ok) return merged;
    const limitsProposed = row.limitsProposed && isDeepStrictEqual(limitsOf(row), limitsOf(details));
    await tx
      .update(senders)
      .set({
        ...columnsOf(details),
        config: sealSettings(merged.value),
        limitsProposed,
        updatedAt: sql`now()`,
      })
      .where(ofId(scope, id));
    // What was only proposed may have given way to a campaign's limits, and has not been counted then.
    await changePace(tx, scope, id, row.limitsProposed && !limitsProposed ? unlimited : row, details);
    await audit(tx, scope, 'sender.changed', id, details);
    return ok();
  });
  if (result.ok) forgetSender(scope, id);
  return result;
}

/** New campaigns begin with the default sender. */
export async function setDefaultSender(scope: Scope, id: SenderId): Promise<Result<undefined>> {
  return inScope(scope, async (tx): Promise<Result<undefined>> => {
    const row = await rowOf(tx, scope, id, true);
    if (!row) return notFound('sender');
    if (row.isDefault) return ok();
    await tx
      .update(senders)
      .set({ isDefault: false })
      .where(
        and(eq(senders.workspaceId, scope.workspaceId), eq(senders.channel, row.channel), ne(senders.id, id)),
      );
    await tx.update(senders).set({ isDefault: true, updatedAt: sql`now()` }).where(ofId(scope, id));
    await audit(tx, scope, 'sender.made_default', id, { name: row.name });
    return ok();
  });
}

const needsSender: ReadonlySet<CampaignStatus> = new Set(['scheduled', 'sending', 'paused'] as const);

/** Refused while a campaign that is on its way needs it. Drafts and finished campaigns let go of it. */
export async function deleteSender(scope: Scope, id: SenderId): Promise<Result<undefined>> {
  const result = await inScope(scope, async (tx): Promise<Result<undefined>> => {
    const row = await rowOf(tx, scope, id, true);
    if (!row) return notFound('sender');
    if (row.isDefault)
      return fail('conflict', 'This is the default sender. Make another one the default first.');
    const usedBy = and(eq(campaigns.workspaceId, scope.workspaceId), eq(campaigns.senderId, id));
    // All of them are locked before one is looked at: a draft may be about to be sent.
    const users = await tx
      .select({ name: campaigns.name, status: campaigns.status })
      .from(campaigns)
      .where(usedBy)
      .orderBy(campaigns.id)
      .for('update');
    const underWay = users.find(({ status }) => needsSender.has(status));
    if (underWay)
      return fail(
        'conflict',
        underWay.status === 'scheduled'
          ? `The campaign “${underWay.name}” is scheduled to go out through it. Take it back to draft, or cancel it.`
          : `The campaign “${underWay.name}” is still being sent through it. Wait until it is done, or cancel it.`,
      );
    // Whoever sends or saves a draft that they read before must look at it again.
    const revision = sql`${campaigns.revision} + case when ${campaigns.status} = 'draft' then 1 else 0 end`;
    await tx.update(campaigns).set({ senderId: null, revision }).where(usedBy);
    await tx.delete(senders).where(ofId(scope, id));
    await audit(tx, scope, 'sender.deleted', id, { name: row.name, provider: row.provider });
    return ok();
  });
  if (result.ok) forgetSender(scope, id);
  return result;
}

const checkLimitMs = 15_000;

/** Tries settings without sending or keeping anything. With an id, secrets left empty are the kept ones. */
export async function checkSender(
  scope: Scope,
  input: { id?: SenderId; provider: ProviderName; settings: ProviderSettings },
  limitMs = checkLimitMs,
): Promise<Result<ConnectionCheck>> {
  const { id } = input;
  const row = id && (await inScope(scope, (tx) => rowOf(tx, scope, id)));
  if (id && row?.provider !== input.provider) return notFound('sender');
  const merged = mergeSettings(input.provider, input.settings, row);
  if (!merged.ok) return merged;
  const connection = providers[input.provider].open(merged.value, hooksOf(scope));
  try {
    return ok(await connection.check(AbortSignal.timeout(limitMs)));
  } finally {
    await connection.close();
  }
}
