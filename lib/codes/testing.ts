import { and, eq, sql } from 'drizzle-orm';
import type { Scope } from '../auth/scope';
import { launchNow, testCampaign, testList } from '../campaigns/testing';
import type { campaigns } from '../db/schema/campaigns';
import { deliveries } from '../db/schema/deliveries';
import { inScope } from '../db/scoped';
import type { CampaignId, ContactCode, ContactId, ListId, SenderId } from '../ids';
import { codesOf } from './contact-codes';

/** A contact's code. For tests. */
export async function codeOf(scope: Scope, contactId: ContactId): Promise<ContactCode> {
  const code = (await inScope(scope, (tx) => codesOf(tx, scope, [contactId]))).get(contactId);
  if (!code) throw new Error('a contact has a code');
  return code;
}

/** A campaign that was sent to everybody on a list. For tests. */
export async function sentCampaign(
  scope: Scope,
  senderId: SenderId,
  listId: ListId,
  more: Partial<typeof campaigns.$inferInsert> = {},
): Promise<CampaignId> {
  const id = await testCampaign(scope, senderId, [listId], { offerText: 'A bun with every loaf.', ...more });
  await launchNow(scope, id);
  await inScope(scope, (tx) =>
    tx
      .update(deliveries)
      .set({ state: 'sent', sentAt: sql`now()` })
      .where(and(eq(deliveries.workspaceId, scope.workspaceId), eq(deliveries.campaignId, id))),
  );
  return id;
}

/** Zoë, who is on a list, and her code. For tests. */
export async function testCodeOwner(scope: Scope) {
  const { listId, contactIds } = await testList(scope, [
    { firstName: 'Zoë', lastName: 'Lee-Secret', email: `zoe-${crypto.randomUUID()}@example.com` },
  ]);
  const [contactId] = contactIds;
  if (!contactId) throw new Error('the list has a contact');
  return { listId, contactId, code: await codeOf(scope, contactId) };
}

/** The delivery of a campaign to one contact. For tests. */
export async function deliveryTo(scope: Scope, campaignId: CampaignId, contactId: ContactId) {
  const [row] = await inScope(scope, (tx) =>
    tx
      .select()
      .from(deliveries)
      .where(
        and(
          eq(deliveries.workspaceId, scope.workspaceId),
          eq(deliveries.campaignId, campaignId),
          eq(deliveries.contactId, contactId),
        ),
      ),
  );
  if (!row) throw new Error('the campaign was sent to the contact');
  return row;
}
