import { and, eq, isNull, sql } from 'drizzle-orm';
import type { Scope } from '../auth/scope';
import { mayEdit } from '../contacts/contact-lists';
import { readContact } from '../contacts/find-contact';
import { deliveries } from '../db/schema/deliveries';
import { contactCodes } from '../db/schema/lists';
import { inScope, type ScopedTx } from '../db/scoped';
import { fail, ok, type Result } from '../errors';
import type { ContactCode, ContactId } from '../ids';
import { type Offer, offersTo } from './offers';

/** What staff see of a code. */
export type ScannedCode = {
  contactId: ContactId;
  firstName: string;
  lastName: string;
  email: string | null;
  offers: Offer[];
  /** Whether they may redeem: it takes the right to change a list that the contact is on. */
  onOwnList: boolean;
};

const noSuchCode = () =>
  fail('not_found', 'No contact that you see has this code. Compare it with the one that was shown.', {
    fields: { code: 'No contact that you see has this code.' },
  });

/** Whose code it is, among the contacts that somebody sees, and what it is good for. */
export function readScannedCode(scope: Scope, code: ContactCode, ref?: string): Promise<Result<ScannedCode>> {
  return inScope(scope, async (tx) => {
    const contactId = await ownerOf(tx, scope, code);
    const contact = contactId && (await readContact(tx, scope, contactId));
    if (!contact) return noSuchCode();
    const { id, firstName, lastName, email } = contact;
    return ok({
      ...{ contactId: id, firstName, lastName, email },
      offers: await offersTo(tx, scope, id, { ref }),
      onOwnList: await mayEdit(tx, scope, id),
    });
  });
}

/** Notes, once per campaign, that staff looked a code up: of the offer that it was shown for. */
export function scanCode(
  scope: Scope,
  code: ContactCode,
  ref?: string,
): Promise<Result<{ contactId: ContactId }>> {
  return inScope(scope, async (tx) => {
    const contactId = await ownerOf(tx, scope, code);
    if (!contactId) return noSuchCode();
    const [offer] = await offersTo(tx, scope, contactId, { ref, limit: 1 });
    if (offer)
      await tx
        .update(deliveries)
        .set({ codeScannedAt: sql`now()` })
        .where(
          and(
            eq(deliveries.workspaceId, scope.workspaceId),
            eq(deliveries.id, offer.deliveryId),
            isNull(deliveries.codeScannedAt),
          ),
        );
    return ok({ contactId });
  });
}

async function ownerOf(tx: ScopedTx, scope: Scope, code: ContactCode): Promise<ContactId | undefined> {
  const [row] = await tx
    .select({ contactId: contactCodes.contactId })
    .from(contactCodes)
    .where(and(eq(contactCodes.workspaceId, scope.workspaceId), eq(contactCodes.code, code)));
  return row?.contactId;
}
