import { and, eq } from 'drizzle-orm';
import { z } from 'zod';
import { ContactAnswer, contactAnswer } from '../api/contacts';
import type { Scope } from '../auth/scope';
import { findContact } from '../contacts/find-contact';
import { campaigns } from '../db/schema/campaigns';
import { deliveries } from '../db/schema/deliveries';
import { alerts } from '../db/schema/operation';
import type { webhookMessages } from '../db/schema/webhooks';
import { inScope } from '../db/scoped';
import { AlertId, CampaignId, ContactId, DeliveryId } from '../ids';

type Message = Pick<typeof webhookMessages.$inferSelect, 'type' | 'subjectId' | 'createdAt'>;

/**
 * The JSON of a message: what happened, when, and to what, as it is now and as the API shows it. Of what is gone since
 * then there is the id alone.
 */
export async function messageBody(scope: Scope, { type, subjectId, createdAt }: Message): Promise<string> {
  const data = subjectId === null ? {} : { id: subjectId, ...(await dataOf(scope, type, subjectId)) };
  return JSON.stringify({ type, timestamp: createdAt.toISOString(), data });
}

async function dataOf(scope: Scope, type: Message['type'], id: string): Promise<object | undefined> {
  if (type.startsWith('contact.')) {
    const contact = await findContact(scope, ContactId.parse(id));
    return contact.ok ? z.encode(ContactAnswer, contactAnswer(contact.value)) : undefined;
  }
  if (type.startsWith('alert.')) return alertOf(scope, AlertId.parse(id));
  return type.startsWith('campaign.')
    ? campaignOf(scope, CampaignId.parse(id))
    : deliveryOf(scope, DeliveryId.parse(id));
}

async function campaignOf(scope: Scope, id: CampaignId): Promise<object | undefined> {
  const [campaign] = await inScope(scope, (tx) =>
    tx
      .select({
        name: campaigns.name,
        channel: campaigns.channel,
        status: campaigns.status,
        startedAt: campaigns.startedAt,
        completedAt: campaigns.completedAt,
      })
      .from(campaigns)
      .where(and(eq(campaigns.workspaceId, scope.workspaceId), eq(campaigns.id, id))),
  );
  return campaign;
}

async function deliveryOf(scope: Scope, id: DeliveryId): Promise<object | undefined> {
  const [delivery] = await inScope(scope, (tx) =>
    tx
      .select({
        campaignId: deliveries.campaignId,
        contactId: deliveries.contactId,
        channel: deliveries.channel,
        address: deliveries.address,
        state: deliveries.state,
        providerMessageId: deliveries.providerMessageId,
        sentAt: deliveries.sentAt,
        deliveredAt: deliveries.deliveredAt,
        bouncedAt: deliveries.bouncedAt,
        complainedAt: deliveries.complainedAt,
        openedAt: deliveries.openedAt,
        clickedAt: deliveries.clickedAt,
        unsubscribedAt: deliveries.unsubscribedAt,
      })
      .from(deliveries)
      .where(and(eq(deliveries.workspaceId, scope.workspaceId), eq(deliveries.id, id))),
  );
  return delivery;
}

async function alertOf(scope: Scope, alertId: AlertId): Promise<object | undefined> {
  const { id, kind, subjectId, severity, title, detail, openedAt, resolvedAt, workspaceId } = alerts;
  const [alert] = await inScope(scope, (tx) =>
    tx
      .select({ kind, subjectId, severity, title, detail, openedAt, resolvedAt })
      .from(alerts)
      .where(and(eq(workspaceId, scope.workspaceId), eq(id, alertId))),
  );
  return alert;
}
