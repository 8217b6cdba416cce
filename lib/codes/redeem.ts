import { and, eq, gt, isNull, sql } from 'drizzle-orm';
import { audit } from '../auth/audit';
import { type Scope, userOf } from '../auth/scope';
import { mayEdit } from '../contacts/contact-lists';
import { readContact } from '../contacts/find-contact';
import { deliveries } from '../db/schema/deliveries';
import { inScope, type ScopedTx } from '../db/scoped';
import { violatesUnique } from '../db/violation';
import { fail, notFound, ok, type Result } from '../errors';
import type { CampaignId, ContactId } from '../ids';
import { campaignRef } from './code-links';
import { type Offer, offersTo } from './offers';

/** For so long whoever redeemed by mistake may take it back. */
export const undoSeconds = 60;

type Which = { contactId: ContactId; campaignId: CampaignId };

const alreadyRedeemed = () => fail('conflict', 'This offer was redeemed already. Reload to see by whom.');

/** Redeems a campaign's offer for a contact, once. Of two people at the same moment one is told that it was redeemed already. */
export async function redeemOffer(scope: Scope, which: Which): Promise<Result<{ redeemedAt: Date }>> {
  try {
    return await inScope(scope, (tx) => redeem(tx, scope, which));
  } catch (error) {
    if (violatesUnique(error, 'deliveries_redeemed')) return alreadyRedeemed();
    throw error;
  }
}

async function redeem(tx: ScopedTx, scope: Scope, which: Which): Promise<Result<{ redeemedAt: Date }>> {
  const found = await findOffer(tx, scope, which);
  if (!found.ok) return found;
  const offer = found.value;
  if (offer.ended) return fail('conflict', `This offer ended on ${offer.until}, so it was not redeemed.`);
  const [redeemed] = await tx
    .update(deliveries)
    .set({
      ...{ redeemedAt: sql`now()`, redeemedBy: userOf(scope) },
      codeScannedAt: sql`coalesce(${deliveries.codeScannedAt}, now())`, // whoever redeems has looked it up
    })
    .where(and(isDelivery(scope, offer), isNull(deliveries.redeemedAt)))
    .returning({ at: deliveries.redeemedAt });
  if (!redeemed?.at) return alreadyRedeemed();
  await audit(tx, scope, 'contact.offer_redeemed', which.contactId, { campaignId: which.campaignId });
  return ok({ redeemedAt: redeemed.at });
}

/** Takes back what the same person redeemed less than a minute ago. */
export function undoRedemption(scope: Scope, which: Which): Promise<Result<undefined>> {
  return inScope(scope, async (tx): Promise<Result<undefined>> => {
    const found = await findOffer(tx, scope, which);
    if (!found.ok) return found;
    const me = userOf(scope);
    const undone = await tx
      .update(deliveries)
      .set({ redeemedAt: null, redeemedBy: null })
      .where(
        and(
          isDelivery(scope, found.value),
          me ? eq(deliveries.redeemedBy, me) : sql`false`,
          gt(deliveries.redeemedAt, sql`now() - make_interval(secs => ${undoSeconds})`),
        ),
      )
      .returning({ id: deliveries.id });
    if (undone.length === 0)
      return fail('conflict', 'It can be taken back for a minute only, by whoever redeemed it.');
    await audit(tx, scope, 'contact.redemption_undone', which.contactId, { campaignId: which.campaignId });
    return ok();
  });
}

const isDelivery = (scope: Scope, offer: Offer) =>
  and(eq(deliveries.workspaceId, scope.workspaceId), eq(deliveries.id, offer.deliveryId));

async function findOffer(
  tx: ScopedTx,
  scope: Scope,
  { contactId, campaignId }: Which,
): Promise<Result<Offer>> {
  if (!(await readContact(tx, scope, contactId))) return notFound('contact');
  if (!(await mayEdit(tx, scope, contactId)))
    return fail('forbidden', 'To redeem takes the right to change a list that the contact is on.');
  const offers = await offersTo(tx, scope, contactId, { ref: campaignRef(campaignId) });
  const offer = offers.find((one) => one.campaignId === campaignId);
  return offer ? ok(offer) : notFound('offer');
}
