import { sql } from 'drizzle-orm';
import { mintSystemScope, type Scope } from '../auth/scope';
import { connect, unsafeDatabase } from '../db/client';
import type { webhookMessages } from '../db/schema/webhooks';
import { workspaces } from '../db/schema/workspaces';
import { inScope, type ScopedTx } from '../db/scoped';
import { required } from '../env';
import { uuidv7, WorkspaceId } from '../ids';
import { sendWebhook } from '../jobs/definitions';
import { enqueue } from '../jobs/queue';
import { log } from '../log';

const messagesAtOnce = 1000;
const keptMs = 30 * 24 * 60 * 60 * 1000;
const forgottenAtOnce = 10_000;

type Message = Pick<typeof webhookMessages.$inferSelect, 'id' | 'webhookId' | 'type'>;

/** An alert, or what a person has just asked for, waits for none of the thousands that a campaign has to tell. */
const isUrgent = ({ type }: Message) => type.startsWith('alert.') || type === 'webhook.test';

/** One job a message; the jobs of one webhook are a group, so that one that hangs does not hold up the others. */
export async function queueMessages(
  tx: ScopedTx,
  { workspaceId }: Scope,
  messages: Message[],
): Promise<void> {
  const urgent = new Set(messages.filter(isUrgent).map(({ id }) => id));
  for (const [group, jobs] of Map.groupBy(messages, ({ webhookId }) => webhookId))
    await enqueue(
      tx,
      sendWebhook,
      jobs.map(({ id }) => ({ workspaceId, messageId: id })),
      { group: { id: group }, priority: ({ messageId }) => (urgent.has(messageId) ? 1 : 0) },
    );
}

/** Writes the jobs of messages that the triggers of the database have written. */
export async function queueNewMessages(scope: Scope): Promise<void> {
  const { workspaceId } = scope;
  for (let found = messagesAtOnce; found === messagesAtOnce; )
    found = await inScope(scope, async (tx) => {
      const messages = await tx.execute<Message>(sql`
        update webhook_messages set queued = true
        where workspace_id = ${workspaceId} and id = any(array(
          select id from webhook_messages where workspace_id = ${workspaceId} and not queued
          order by id limit ${messagesAtOnce} for no key update skip locked))
        returning id, webhook_id as "webhookId", type`);
      await queueMessages(tx, scope, [...messages]);
      return messages.length;
    });
}

/** What nobody was woken for, in any workspace; forgets what was told long ago. */
export async function queueAllNewMessages(): Promise<void> {
  const all = await unsafeDatabase().select({ id: workspaces.id }).from(workspaces);
  for (const { id } of all) {
    const scope = mintSystemScope(id);
    await queueNewMessages(scope);
    await inScope(scope, (tx) => forgetOld(tx, scope));
  }
}

/** Ids begin with the time of their making. Some at a time: a sweep shall not hold up anybody. */
async function forgetOld(tx: ScopedTx, { workspaceId }: Scope): Promise<void> {
  await tx.execute(sql`
    delete from webhook_messages where workspace_id = ${workspaceId} and id = any(array(
      select id from webhook_messages where workspace_id = ${workspaceId} and id < ${uuidv7(Date.now() - keptMs)}
      order by id limit ${forgottenAtOnce}))`);
}

/** Queues messages as soon as they are committed, until `end` is called. Whatever it misses, the sweep finds. */
export async function listenForMessages(): Promise<{ end: () => Promise<void> }> {
  const waiting = new Set<string>();
  let working = false;
  async function work(): Promise<void> {
    if (working) return;
    working = true;
    for (const id of waiting) {
      waiting.delete(id);
      await (async () => queueNewMessages(mintSystemScope(WorkspaceId.parse(id))))().catch((error: unknown) =>
        log.warn({ err: error, workspaceId: id }, 'messages of webhooks could not be queued; they are later'),
      );
    }
    working = false;
  }
  // A connection of its own, which comes back by itself: the pool's are replaced when one of them is lost.
  const { $client: client } = connect(required('DATABASE_URL'), { max: 1 });
  await client.listen('webhooks', (workspaceId) => {
    waiting.add(workspaceId);
    void work();
  });
  return { end: () => client.end({ timeout: 1 }) };
}
