import { and, asc, eq, sql } from 'drizzle-orm';
import type { PgUpdateSetSource } from 'drizzle-orm/pg-core';
import { audit } from '../auth/audit';
import type { Scope } from '../auth/scope';
import { encrypt } from '../auth/secrets';
import { webhookMessages, webhooks } from '../db/schema/webhooks';
import { inScope, type ScopedTx } from '../db/scoped';
import { fail, notFound, ok, type Result } from '../errors';
import { newId, WebhookId, WebhookMessageId } from '../ids';
import { queueMessages } from './queue-messages';
import { newWebhookSecret } from './signature';
import type { WebhookInput } from './webhook-input';

/** A webhook as pages show it: its key stays behind. */
export type Webhook = Pick<
  typeof webhooks.$inferSelect,
  'id' | 'url' | 'events' | 'failingSince' | 'disabledAt' | 'problem' | 'previousUntil' | 'createdAt'
>;

const mostOfWorkspace = 20;

const view = {
  id: webhooks.id,
  url: webhooks.url,
  events: webhooks.events,
  failingSince: webhooks.failingSince,
  disabledAt: webhooks.disabledAt,
  problem: webhooks.problem,
  previousUntil: webhooks.previousUntil,
  createdAt: webhooks.createdAt,
};

const ofId = (scope: Scope, id: WebhookId) =>
  and(eq(webhooks.workspaceId, scope.workspaceId), eq(webhooks.id, id));

export const listWebhooks = (scope: Scope): Promise<Webhook[]> =>
  inScope(scope, (tx) =>
    tx
      .select(view)
      .from(webhooks)
      .where(eq(webhooks.workspaceId, scope.workspaceId))
      .orderBy(asc(webhooks.id)),
  );

export async function findWebhook(scope: Scope, id: WebhookId): Promise<Result<Webhook>> {
  const [found] = await inScope(scope, (tx) => tx.select(view).from(webhooks).where(ofId(scope, id)));
  return found ? ok(found) : notFound('webhook');
}

/** Makes a webhook and answers the key that signs its messages, which nobody can read again. */
export function createWebhook(
  scope: Scope,
  { url, events }: WebhookInput,
): Promise<Result<{ id: WebhookId; secret: string }>> {
  const { workspaceId } = scope;
  return inScope(scope, async (tx) => {
    const there = await tx.$count(webhooks, eq(webhooks.workspaceId, workspaceId));
    if (there >= mostOfWorkspace)
      return fail(
        'conflict',
        `There can be ${mostOfWorkspace} webhooks. Delete one that you no longer need.`,
      );
    const id = newId(WebhookId);
    const secret = newWebhookSecret();
    await tx
      .insert(webhooks)
      .values({ workspaceId, id, url, events, secret: encrypt('webhook-secret', secret) });
    await audit(tx, scope, 'webhook.created', id, { name: originOf(url), events });
    return ok({ id, secret });
  });
}

/** The path of an address is often a secret of its own. */
const originOf = (url: string) => new URL(url).origin;

/** What waits goes to the new address. */
export const updateWebhook = (scope: Scope, id: WebhookId, { url, events }: WebhookInput) =>
  change(scope, id, { url, events }, (tx) =>
    audit(tx, scope, 'webhook.changed', id, { name: originOf(url), events }),
  );

/** The former key signs as well for a day, so that receivers can change over at their own time. */
export async function rotateWebhookSecret(
  scope: Scope,
  id: WebhookId,
): Promise<Result<{ id: WebhookId; secret: string }>> {
  const secret = newWebhookSecret();
  const set = {
    secret: encrypt('webhook-secret', secret),
    previousSecret: sql`${webhooks.secret}`,
    previousUntil: sql`now() + interval '1 day'`,
  };
  const changed = await change(scope, id, set, (tx) => audit(tx, scope, 'webhook.secret_rotated', id));
  return changed.ok ? ok({ id, secret }) : changed;
}

/** What happens meanwhile is not told later. */
export function switchWebhook(scope: Scope, id: WebhookId, on: boolean): Promise<Result<undefined>> {
  const disabledAt = on ? null : sql`coalesce(${webhooks.disabledAt}, now())`;
  return change(scope, id, { disabledAt, problem: null, failingSince: null }, (tx) =>
    audit(tx, scope, on ? 'webhook.switched_on' : 'webhook.switched_off', id),
  );
}

async function change(
  scope: Scope,
  id: WebhookId,
  set: PgUpdateSetSource<typeof webhooks>,
  note: (tx: ScopedTx) => Promise<void>,
): Promise<Result<undefined>> {
  return inScope(scope, async (tx): Promise<Result<undefined>> => {
    const { count } = await tx.update(webhooks).set(set).where(ofId(scope, id));
    if (count === 0) return notFound('webhook');
    await note(tx);
    return ok();
  });
}

export function deleteWebhook(scope: Scope, id: WebhookId): Promise<Result<undefined>> {
  return inScope(scope, async (tx): Promise<Result<undefined>> => {
    const [gone] = await tx.delete(webhooks).where(ofId(scope, id)).returning({ url: webhooks.url });
    if (!gone) return notFound('webhook');
    await audit(tx, scope, 'webhook.deleted', id, { name: originOf(gone.url) });
    return ok();
  });
}

/** Sends a message that tells of nothing, on the way that all others go. */
export function testWebhook(scope: Scope, id: WebhookId): Promise<Result<{ messageId: WebhookMessageId }>> {
  return inScope(scope, async (tx): Promise<Result<{ messageId: WebhookMessageId }>> => {
    const [found] = await tx
      .select({ disabledAt: webhooks.disabledAt })
      .from(webhooks)
      .where(ofId(scope, id))
      .for('key share');
    if (!found) return notFound('webhook');
    if (found.disabledAt) return fail('conflict', 'This webhook is switched off. Switch it on first.');
    const messageId = newId(WebhookMessageId);
    const message = { id: messageId, webhookId: id, type: 'webhook.test' as const };
    await tx.insert(webhookMessages).values({ workspaceId: scope.workspaceId, ...message, queued: true });
    await queueMessages(tx, scope, [message]);
    return ok({ messageId });
  });
}
