import { and, asc, desc, eq, gt, inArray, lt, ne } from 'drizzle-orm';
import { audit } from '../auth/audit';
import type { Scope } from '../auth/scope';
import { type Page, turnedPage, turnOf } from '../db/page';
import { webhookAttempts, webhookMessages, webhooks } from '../db/schema/webhooks';
import { inScope, type ScopedTx } from '../db/scoped';
import { fail, notFound, ok, type Result } from '../errors';
import { type WebhookId, WebhookMessageId } from '../ids';
import { queueMessages } from './queue-messages';

type Attempt = Pick<
  typeof webhookAttempts.$inferSelect,
  'id' | 'status' | 'detail' | 'milliseconds' | 'createdAt'
>;

/** A message with the tries to hand it over, the last one first. */
export type WebhookMessage = Pick<
  typeof webhookMessages.$inferSelect,
  'id' | 'type' | 'subjectId' | 'state' | 'attempts' | 'createdAt'
> & { tries: Attempt[] };

/** What a webhook was told, the latest first. */
export function listMessages(
  scope: Scope,
  webhookId: WebhookId,
  { cursor, limit = 25 }: { cursor?: string | null; limit?: number } = {},
): Promise<Page<WebhookMessage>> {
  const { workspaceId } = scope;
  const turn = turnOf(cursor);
  return inScope(scope, async (tx) => {
    const found = await tx
      .select({
        id: webhookMessages.id,
        type: webhookMessages.type,
        subjectId: webhookMessages.subjectId,
        state: webhookMessages.state,
        attempts: webhookMessages.attempts,
        createdAt: webhookMessages.createdAt,
      })
      .from(webhookMessages)
      .where(
        and(
          eq(webhookMessages.workspaceId, workspaceId),
          eq(webhookMessages.webhookId, webhookId),
          turn.id
            ? (turn.backwards ? gt : lt)(webhookMessages.id, WebhookMessageId.parse(turn.id))
            : undefined,
        ),
      )
      .orderBy(turn.backwards ? asc(webhookMessages.id) : desc(webhookMessages.id))
      .limit(limit + 1);
    const page = turnedPage(found, limit, turn);
    const ids = page.rows.map(({ id }) => id);
    const tries =
      ids.length === 0
        ? []
        : await tx
            .select()
            .from(webhookAttempts)
            .where(and(eq(webhookAttempts.workspaceId, workspaceId), inArray(webhookAttempts.messageId, ids)))
            .orderBy(asc(webhookAttempts.messageId), desc(webhookAttempts.id));
    const byMessage = Map.groupBy(tries, ({ messageId }) => messageId);
    return { ...page, rows: page.rows.map((row) => ({ ...row, tries: byMessage.get(row.id) ?? [] })) };
  });
}

/** Tries a message anew, whatever became of it: the receiver sees the same id. */
export function sendMessageAgain(
  scope: Scope,
  webhookId: WebhookId,
  id: WebhookMessageId,
): Promise<Result<undefined>> {
  return inScope(scope, async (tx): Promise<Result<undefined>> => {
    const [webhook] = await tx
      .select({ disabledAt: webhooks.disabledAt })
      .from(webhooks)
      .where(and(eq(webhooks.workspaceId, scope.workspaceId), eq(webhooks.id, webhookId)));
    if (webhook?.disabledAt)
      return fail('conflict', 'This webhook is switched off. Switch it on, then send the message again.');
    const [message] = await tx
      .update(webhookMessages)
      .set({ state: 'pending', attempts: 0 })
      .where(
        and(
          ne(webhookMessages.state, 'pending'),
          eq(webhookMessages.workspaceId, scope.workspaceId),
          eq(webhookMessages.webhookId, webhookId),
          eq(webhookMessages.id, id),
        ),
      )
      .returning({
        id: webhookMessages.id,
        webhookId: webhookMessages.webhookId,
        type: webhookMessages.type,
      });
    if (!message) return (await isPending(tx, scope, webhookId, id)) ? waitsAlready() : notFound('message');
    await queueMessages(tx, scope, [message]);
    await audit(tx, scope, 'webhook.message_sent_again', webhookId, { message: id });
    return ok();
  });
}

/** A second job for it would make a second chain of tries. */
const waitsAlready = () =>
  fail('conflict', 'This message is being tried already, and will be until it is taken or a day is over.');

async function isPending(
  tx: ScopedTx,
  scope: Scope,
  webhookId: WebhookId,
  id: WebhookMessageId,
): Promise<boolean> {
  const rows = await tx
    .select({ id: webhookMessages.id })
    .from(webhookMessages)
    .where(
      and(
        eq(webhookMessages.workspaceId, scope.workspaceId),
        eq(webhookMessages.webhookId, webhookId),
        eq(webhookMessages.id, id),
      ),
    );
  return rows.length > 0;
}
