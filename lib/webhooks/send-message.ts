import { and, eq, sql } from 'drizzle-orm';
import { audit } from '../auth/audit';
import type { Scope } from '../auth/scope';
import { decrypt } from '../auth/secrets';
import { webhookAttempts, webhookMessages, webhooks } from '../db/schema/webhooks';
import { inScope, type ScopedTx } from '../db/scoped';
import { uuidv7, type WebhookMessageId } from '../ids';
import { log } from '../log';
import { messageBody } from './message-body';
import { type Answer, postJson } from './post';
import { signedHeaders } from './signature';
import { tellOfSwitchedOff } from './switched-off-mail';

/** Seconds between a try and the next: a day, all in all. */
export const retryAfterSeconds = [5, 30, 120, 600, 1800, 3600, 7200, 14_400, 28_800, 28_800] as const;

type Row = { message: typeof webhookMessages.$inferSelect; webhook: typeof webhooks.$inferSelect };

/**
 * Tries once to hand a message over. `again`: not yet, and when to try next. A process that ends between the answer and
 * its writing down tries again: receivers tell by the `webhook-id` what they have had.
 */
export async function sendMessage(
  scope: Scope,
  id: WebhookMessageId,
  signal: AbortSignal,
): Promise<'done' | 'stopped' | { again: Date }> {
  const row = await readMessage(scope, id);
  if (row?.message.state !== 'pending') return 'done';
  if (row.webhook.disabledAt) {
    await inScope(scope, (tx) =>
      tx.update(webhookMessages).set({ state: 'failed' }).where(ofMessage(scope, id)),
    );
    return 'done';
  }
  const secrets = secretsOf(row.webhook);
  const body = await messageBody(scope, row.message);
  const startedAt = performance.now();
  const answer =
    secrets.length > 0
      ? await postJson(row.webhook.url, body, signedHeaders(id, body, secrets), signal)
      : { status: null, detail: unreadable };
  if (signal.aborted && answer.status === null) return 'stopped';
  const tried = await writeDown(scope, row, answer, Math.round(performance.now() - startedAt));
  if (tried.switchedOff) await tellOfSwitchedOff(scope, row.webhook.url, tried.switchedOff);
  return tried.again ? { again: tried.again } : 'done';
}

const unreadable =
  'The key of this webhook cannot be read, because APP_SECRET has changed since. Make a new key.';

const ofMessage = (scope: Scope, id: WebhookMessageId) =>
  and(eq(webhookMessages.workspaceId, scope.workspaceId), eq(webhookMessages.id, id));

async function readMessage(scope: Scope, id: WebhookMessageId): Promise<Row | undefined> {
  const [row] = await inScope(scope, (tx) =>
    tx
      .select({ message: webhookMessages, webhook: webhooks })
      .from(webhookMessages)
      .innerJoin(
        webhooks,
        and(
          eq(webhooks.workspaceId, webhookMessages.workspaceId),
          eq(webhooks.id, webhookMessages.webhookId),
        ),
      )
      .where(ofMessage(scope, id)),
  );
  return row;
}

/** The present key first. */
function secretsOf({ secret, previousSecret, previousUntil }: Row['webhook']): string[] {
  const stillGood = previousSecret !== null && previousUntil !== null && previousUntil > new Date();
  return [secret, ...(stillGood ? [previousSecret] : [])].flatMap(
    (sealed) => decrypt('webhook-secret', sealed) ?? [],
  );
}

type Tried = { again?: Date; switchedOff?: string };

/** Writes down what came of a try, in one transaction with what follows from it. */
function writeDown(scope: Scope, row: Row, answer: Answer, milliseconds: number): Promise<Tried> {
  const { workspaceId } = scope;
  const { id, webhookId } = row.message;
  const arrived = answer.status !== null && answer.status >= 200 && answer.status < 300;
  return inScope(scope, async (tx): Promise<Tried> => {
    const [tried] = await tx
      .update(webhookMessages)
      .set({ attempts: sql`${webhookMessages.attempts} + 1`, ...(arrived ? { state: 'delivered' } : {}) })
      .where(ofMessage(scope, id))
      .returning({ attempts: webhookMessages.attempts });
    if (!tried) return {}; // the webhook was deleted meanwhile
    await tx
      .insert(webhookAttempts)
      .values({ workspaceId, id: uuidv7(), messageId: id, ...describe(answer), milliseconds });
    const webhook = and(eq(webhooks.workspaceId, workspaceId), eq(webhooks.id, webhookId));
    if (arrived) {
      if (row.webhook.failingSince) await tx.update(webhooks).set({ failingSince: null }).where(webhook);
      return {};
    }
    const failingSince = sql`coalesce(${webhooks.failingSince}, now())`;
    await tx.update(webhooks).set({ failingSince }).where(webhook);
    const wait = answer.status === 410 ? undefined : retryAfterSeconds[tried.attempts - 1];
    if (wait !== undefined) return { again: new Date(Date.now() + wait * 1000) };
    await tx.update(webhookMessages).set({ state: 'failed' }).where(ofMessage(scope, id));
    return giveUp(tx, scope, row, answer);
  });
}

function describe({ status, detail }: Answer): Answer {
  if (status === null || status < 300 || status >= 400) return { status, detail };
  return { status, detail: 'It redirects. Enter the address to which it leads: redirects are not followed.' };
}

/** A webhook that has taken nothing in all the time that a message was tried is switched off, and people are told. */
async function giveUp(tx: ScopedTx, scope: Scope, { webhook }: Row, answer: Answer): Promise<Tried> {
  const gone = answer.status === 410;
  const problem = gone
    ? 'Its receiver answered that it is gone for good (410).'
    : 'It has taken no message for a day.';
  const [switchedOff] = await tx
    .update(webhooks)
    .set({ disabledAt: sql`now()`, problem })
    .where(
      and(
        eq(webhooks.workspaceId, scope.workspaceId),
        eq(webhooks.id, webhook.id),
        sql`${webhooks.disabledAt} is null`,
        gone ? undefined : sql`${webhooks.failingSince} < now() - interval '23 hours'`,
      ),
    )
    .returning({ id: webhooks.id });
  if (!switchedOff) return {};
  await audit(tx, scope, 'webhook.switched_off', webhook.id, { problem });
  log.warn({ webhook: webhook.id, problem }, 'a webhook was switched off');
  return { switchedOff: problem };
}
