import { and, arrayOverlaps, eq, inArray, or, sql } from 'drizzle-orm';
import { audit } from '../auth/audit';
import type { Scope } from '../auth/scope';
import { idempotencyKeys } from '../db/schema/access';
import { bounces, deliveries, deliveryAttempts, replays, sandboxMessages } from '../db/schema/deliveries';
import { contacts } from '../db/schema/lists';
import { trackingEvents } from '../db/schema/tracking';
import { inScope, type ScopedTx, unsafeAllLists } from '../db/scoped';
import { fail, notFound, ok, type Result } from '../errors';
import type { ContactId } from '../ids';
import { readContact } from './find-contact';
import { mayChangeAllListsOf } from './reach';

/**
 * Erases a person: the contact, its history, and what the ledger knows of who they were. The ledger's rows stay, without a
 * name, an address or what a provider said, so that campaigns still add up; whoever was still to be written to is skipped.
 * A suppression of the address stays as well: without it the next import would have them written to again.
 */
export function eraseContact(scope: Scope, id: ContactId): Promise<Result<undefined>> {
  return inScope(scope, async (tx) => {
    if (!(await readContact(tx, scope, id))) return notFound('contact');
    // What follows is about the whole of a person, whatever lists somebody sees.
    return unsafeAllLists(tx, scope, async () => {
      // Nobody puts them on a list or into a campaign before they are gone.
      const [contact] = await tx
        .select({ email: contacts.email, phone: contacts.phone })
        .from(contacts)
        .where(and(eq(contacts.workspaceId, scope.workspaceId), eq(contacts.id, id)))
        .for('update');
      if (!contact) return notFound('contact');
      if (!(await mayChangeAllListsOf(tx, scope, id)))
        return fail(
          'forbidden',
          'You may not erase this contact: that takes the right to change every list that it is on.',
        );
      await forgetDeliveries(tx, scope, id, contact);
      await tx
        .delete(idempotencyKeys)
        .where(
          and(
            eq(idempotencyKeys.workspaceId, scope.workspaceId),
            sql`${id} in (${idempotencyKeys.answer} ->> 'id', ${idempotencyKeys.answer} #>> '{error,details,id}')`,
          ),
        );
      await tx.delete(contacts).where(and(eq(contacts.workspaceId, scope.workspaceId), eq(contacts.id, id)));
      await audit(tx, scope, 'contact.erased', id);
      return ok();
    });
  });
}

async function forgetDeliveries(
  tx: ScopedTx,
  scope: Scope,
  contactId: ContactId,
  { email, phone }: { email: string | null; phone: string | null },
): Promise<void> {
  const { workspaceId } = scope;
  const rows = await tx
    .update(deliveries)
    // Both at once: what is counted of a recipient with an address is taken back by the statement that takes the person away.
    .set({ address: null, contactId: null })
    .where(and(eq(deliveries.workspaceId, workspaceId), eq(deliveries.contactId, contactId)))
    .returning({ id: deliveries.id });
  const ids = rows.map((row) => row.id);
  if (ids.length > 0) {
    await tx
      .update(deliveryAttempts)
      .set({ detail: '' })
      .where(and(eq(deliveryAttempts.workspaceId, workspaceId), inArray(deliveryAttempts.deliveryId, ids)));
    await tx
      .update(bounces)
      .set({ detail: '' })
      .where(and(eq(bounces.workspaceId, workspaceId), inArray(bounces.deliveryId, ids)));
    await tx
      .update(trackingEvents)
      .set({ agent: '' })
      .where(and(eq(trackingEvents.workspaceId, workspaceId), inArray(trackingEvents.deliveryId, ids)));
    await tx
      .delete(replays)
      .where(and(eq(replays.workspaceId, workspaceId), arrayOverlaps(replays.deliveryIds, ids)));
  }
  await forgetAnswers(tx, scope, [contactId, ...ids]);
  await tx
    .delete(sandboxMessages)
    .where(
      and(
        eq(sandboxMessages.workspaceId, workspaceId),
        or(
          ids.length > 0 ? inArray(sandboxMessages.deliveryId, ids) : undefined,
          sql`${sandboxMessages.to} = ${email} collate "C"`,
          sql`${sandboxMessages.to} = ${phone} collate "C"`,
        ),
      ),
    );
}

/** A receiver of webhooks may have answered with what it was told. */
async function forgetAnswers(tx: ScopedTx, { workspaceId }: Scope, subjects: string[]): Promise<void> {
  await tx.execute(sql`
    update webhook_attempts set detail = '' where workspace_id = ${workspaceId} and message_id = any(array(
      select id from webhook_messages
      where workspace_id = ${workspaceId} and subject_id = any(${sql.param(subjects)}::uuid[])))`);
}
