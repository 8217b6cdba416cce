import { and, eq, sql } from 'drizzle-orm';
import { z } from 'zod';
import { audit } from '../auth/audit';
import type { Scope } from '../auth/scope';
import { contactEvents, deliveries } from '../db/schema/deliveries';
import { contacts } from '../db/schema/lists';
import { workspaces } from '../db/schema/workspaces';
import { inScope, type ScopedTx } from '../db/scoped';
import { notFound, ok, type Result } from '../errors';
import { type DeliveryId, uuidv7 } from '../ids';

/** Whether a workspace records what its recipients open and click. */
export const TrackingRule = z.object({ tracking: z.boolean() });
export type TrackingRule = z.infer<typeof TrackingRule>;

export async function findTracking(scope: Scope): Promise<Result<TrackingRule>> {
  const [rule] = await inScope(scope, (tx) =>
    tx.select({ tracking: workspaces.tracking }).from(workspaces).where(eq(workspaces.id, scope.workspaceId)),
  );
  return rule ? ok(rule) : notFound('workspace');
}

/** Holds from the next message on, and for the next click of those that went out: their links go on to lead where they did. */
export function changeTracking(scope: Scope, rule: TrackingRule): Promise<Result<undefined>> {
  return inScope(scope, async (tx) => {
    await tx.update(workspaces).set(rule).where(eq(workspaces.id, scope.workspaceId));
    await audit(tx, scope, 'workspace.tracking_changed', scope.workspaceId, rule);
    return ok();
  });
}

/** The same for one person, as they themselves chose by a link of a message. */
export async function changeTrackingBy(
  tx: ScopedTx,
  scope: Scope,
  deliveryId: DeliveryId,
  tracking: boolean,
): Promise<void> {
  const { workspaceId } = scope;
  const [delivery] = await tx
    .select({ contactId: deliveries.contactId, campaignId: deliveries.campaignId })
    .from(deliveries)
    .where(and(eq(deliveries.workspaceId, workspaceId), eq(deliveries.id, deliveryId)));
  if (!delivery?.contactId) return;
  const { contactId, campaignId } = delivery;
  const changed = await tx
    .update(contacts)
    .set({ tracking, updatedAt: sql`now()` })
    .where(
      and(
        eq(contacts.workspaceId, workspaceId),
        eq(contacts.id, contactId),
        eq(contacts.tracking, !tracking),
      ),
    )
    .returning({ id: contacts.id });
  if (changed.length === 0) return;
  const type = tracking ? 'tracking_on' : 'tracking_off';
  await tx.insert(contactEvents).values({ workspaceId, id: uuidv7(), contactId, type, campaignId });
  await audit(tx, scope, 'contact.tracking_chosen', contactId, { tracking, campaignId, deliveryId });
}
