import { render } from '@react-email/render';
import { and, desc, eq, ne, notInArray, sql } from 'drizzle-orm';
import type { Scope } from '../auth/scope';
import { breakers, senders } from '../db/schema/senders';
import { inScope } from '../db/scoped';
import type { ProductMailWords } from '../emails/product-mail';
import { fail, ok, type Result } from '../errors';
import type { SenderId } from '../ids';
import { log } from '../log';
import { htmlToText } from '../messages/plain-text';
import type { EmailMessage } from '../providers/provider';
import { openSender } from '../senders/open-sender';

type Mailbox = EmailMessage['from'];

const patienceMs = 20_000;

/** Whether the sandbox counts as well, and senders that are not to be used. */
type Options = { evenSandbox?: boolean; not?: SenderId[] };

/**
 * Sends a message of the product itself through the workspace's default sender, or another that works while that one
 * fails. Not counted in any throttle: it is one message that somebody waits for. Tried once; the answer says what to do.
 */
export async function sendProductMail(
  scope: Scope,
  to: Mailbox,
  subject: string,
  words: ProductMailWords,
  { evenSandbox = false, not = [] }: Options = {},
): Promise<Result<undefined>> {
  const sender = await workingSender(scope, { evenSandbox, not });
  if (!sender)
    return fail(
      'unavailable',
      'There is no sender yet that reaches real mailboxes. Connect your mail server under Settings, Senders.',
    );
  const from = { name: sender.fromName, address: sender.fromEmail };
  const message = await composeProductMail(from, to, subject, words);
  const way = openSender(scope, sender);
  if (way.channel !== 'email') throw new Error('the product writes e-mails');
  const [result] = await way.send([message], AbortSignal.timeout(patienceMs));
  if (result?.outcome === 'sent') return ok();
  const said = result?.detail ?? 'There was no answer.';
  log.warn({ sender: sender.id, outcome: result?.outcome }, 'a message of the product did not go out');
  return fail('unavailable', `The message could not be sent through “${sender.name}”: ${said}`);
}

/** A message of the product, from one mailbox to another. */
export async function composeProductMail(
  from: Mailbox,
  to: Mailbox,
  subject: string,
  words: ProductMailWords,
): Promise<EmailMessage> {
  const { ProductMail } = await import('../emails/product-mail');
  const html = await render(<ProductMail {...words} />);
  return {
    ...{ deliveryId: null, from, to, replyTo: null, subject, html, text: htmlToText(html) },
    headers: [['Auto-Submitted', 'auto-generated']],
  };
}

/**
 * The default one first, unless its breaker is open; the sandbox, if at all, only where there is no other. Owners and admins
 * alone read there what the product wrote (lib/sandbox/inbox.ts), for the links in it are keys.
 */
async function workingSender(scope: Scope, { evenSandbox, not }: Required<Options>) {
  const [row] = await inScope(scope, (tx) =>
    tx
      .select({ sender: senders })
      .from(senders)
      .leftJoin(
        breakers,
        and(eq(breakers.workspaceId, senders.workspaceId), eq(breakers.senderId, senders.id)),
      )
      .where(
        and(
          eq(senders.workspaceId, scope.workspaceId),
          eq(senders.channel, 'email'),
          evenSandbox ? undefined : ne(senders.provider, 'sandbox'),
          not.length > 0 ? notInArray(senders.id, not) : undefined,
        ),
      )
      .orderBy(
        sql`${senders.provider} = 'sandbox'`,
        sql`${breakers.senderId} is not null`,
        desc(senders.isDefault),
        senders.id,
      )
      .limit(1),
  );
  return row?.sender;
}
