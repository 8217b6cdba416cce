import { and, desc, eq, inArray, ne, sql } from 'drizzle-orm';
import type { Scope } from '../auth/scope';
import { hasOfferEnded } from '../campaigns/campaigns';
import { users } from '../db/schema/accounts';
import { campaigns } from '../db/schema/campaigns';
import { deliveries } from '../db/schema/deliveries';
import { workspaces } from '../db/schema/workspaces';
import type { ScopedTx } from '../db/scoped';
import type { CampaignId, ContactId, DeliveryId, UserId } from '../ids';

/** What a campaign offers to one of its recipients, and what became of it. */
export type Offer = {
  deliveryId: DeliveryId;
  campaignId: CampaignId;
  campaignName: string;
  text: string;
  /** The last day on which it holds, as 2026-05-31 on the workspace's calendar; null: no end. */
  until: string | null;
  ended: boolean;
  redeemedAt: Date | null;
  redeemedBy: { id: UserId; name: string | null } | null;
};

/** Campaigns that reached somebody are not looked through for ever. */
const most = 20;

/** The provider has the message, or may have it. */
const wroteTo = ['sending', 'sent', 'unconfirmed'] as const;

/**
 * The offers of launched campaigns that wrote to a contact and that somebody sees, the latest first; the campaign that `ref`
 * names (./code-links.ts) comes before all, if it is one of them.
 */
export async function offersTo(
  tx: ScopedTx,
  scope: Scope,
  contactId: ContactId,
  { ref, limit = most }: { ref?: string; limit?: number } = {},
): Promise<Offer[]> {
  const rows = await tx
    .select({
      deliveryId: deliveries.id,
      campaignId: campaigns.id,
      campaignName: campaigns.name,
      text: campaigns.offerText,
      until: campaigns.offerUntil,
      ended: hasOfferEnded,
      redeemedAt: deliveries.redeemedAt,
      redeemedBy: deliveries.redeemedBy,
      redeemerName: users.name,
    })
    .from(deliveries)
    .innerJoin(
      campaigns,
      and(eq(campaigns.workspaceId, deliveries.workspaceId), eq(campaigns.id, deliveries.campaignId)),
    )
    .innerJoin(workspaces, eq(workspaces.id, deliveries.workspaceId))
    .leftJoin(users, eq(users.id, deliveries.redeemedBy))
    .where(
      and(
        eq(deliveries.workspaceId, scope.workspaceId),
        eq(deliveries.contactId, contactId),
        inArray(deliveries.state, wroteTo),
        ne(campaigns.offerText, ''),
      ),
    )
    .orderBy(sql`right(${campaigns.id}::text, 8) is distinct from ${ref ?? null}`, desc(deliveries.id))
    .limit(limit);
  return rows.map(({ redeemedBy, redeemerName, ...offer }) => ({
    ...offer,
    redeemedBy: redeemedBy && { id: redeemedBy, name: redeemerName },
  }));
}
