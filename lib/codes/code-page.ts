import { and, eq, isNull, sql } from 'drizzle-orm';
import { mintSystemScope } from '../auth/scope';
import { deliveries } from '../db/schema/deliveries';
import { contacts } from '../db/schema/lists';
import { workspaces } from '../db/schema/workspaces';
import { inScope } from '../db/scoped';
import type { CodeOwner } from './contact-codes';
import { type Offer, offersTo } from './offers';

/** All that the page behind a code shows: whoever was handed the code reads no more than this. */
export type CodePage = {
  workspaceName: string;
  firstName: string;
  /** Null: no campaign with an offer wrote to them. */
  offer: (Pick<Offer, 'text' | 'until' | 'ended'> & { redeemed: boolean }) | null;
};

/**
 * The page of a code, with the offer of the campaign that `ref` names, if that wrote to its owner, else of the latest one that
 * did. `opened`: a person looks at it, which is noted once per campaign. Undefined: the contact was erased at this moment.
 */
export function readCodePage(
  { workspaceId, contactId }: CodeOwner,
  { ref, opened }: { ref?: string; opened: boolean },
): Promise<CodePage | undefined> {
  const scope = mintSystemScope(workspaceId);
  return inScope(scope, async (tx) => {
    const [person] = await tx
      .select({ workspaceName: workspaces.name, firstName: contacts.firstName })
      .from(contacts)
      .innerJoin(workspaces, eq(workspaces.id, contacts.workspaceId))
      .where(and(eq(contacts.workspaceId, workspaceId), eq(contacts.id, contactId)));
    if (!person) return undefined;
    const [offer] = await offersTo(tx, scope, contactId, { ref, limit: 1 });
    if (!offer) return { ...person, offer: null };
    if (opened)
      await tx
        .update(deliveries)
        .set({ codeOpenedAt: sql`now()` })
        .where(
          and(
            eq(deliveries.workspaceId, workspaceId),
            eq(deliveries.id, offer.deliveryId),
            isNull(deliveries.codeOpenedAt),
          ),
        );
    const { text, until, ended, redeemedAt } = offer;
    return { ...person, offer: { text, until, ended, redeemed: redeemedAt !== null } };
  });
}
