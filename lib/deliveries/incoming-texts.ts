import { and, desc, eq, gte, inArray, sql } from 'drizzle-orm';
import { audit } from '../auth/audit';
import type { Scope } from '../auth/scope';
import { contactEvents, deliveries, suppressions } from '../db/schema/deliveries';
import { contacts } from '../db/schema/lists';
import { workspaces } from '../db/schema/workspaces';
import type { ScopedTx } from '../db/scoped';
import { type CampaignId, ContactId, type DeliveryId, uuidv7 } from '../ids';
import type { IncomingText } from '../providers/provider';

/*
 * What people answer to text messages. STOP and its family end them at once, for the number itself and for everybody who has
 * it; START undoes just that. Everything is kept on the pages of those whose number it is.
 */

const eventOf = { stop: 'unsubscribed', start: 'resubscribed', help: 'texted' } as const;

type Answered = { deliveryId: DeliveryId; campaignId: CampaignId } | undefined;

/** Acts on what somebody wrote, and notes it. To be called once for each, in the transaction that marks it as read. */
export async function recordIncomingText(tx: ScopedTx, scope: Scope, text: IncomingText): Promise<void> {
  const { from, asks } = text;
  if (!/^\+[1-9]\d{6,14}$/.test(from)) return;
  const answered = await lastTextTo(tx, scope, from);
  const people = await peopleWith(tx, scope, from);
  if (asks === 'stop') await stop(tx, scope, from, people, answered);
  if (asks === 'start') await start(tx, scope, from, people);
  if (people.length > 0)
    await tx.insert(contactEvents).values(
      people.map((contactId) => ({
        ...{ workspaceId: scope.workspaceId, id: uuidv7(), contactId },
        type: eventOf[asks ?? 'help'],
        campaignId: answered?.campaignId ?? null,
        detail: { channel: 'sms', text: text.text },
      })),
    );
}

async function lastTextTo(tx: ScopedTx, { workspaceId }: Scope, phone: string): Promise<Answered> {
  const [row] = await tx
    .select({ deliveryId: deliveries.id, campaignId: deliveries.campaignId })
    .from(deliveries)
    .where(
      and(
        eq(deliveries.workspaceId, workspaceId),
        eq(deliveries.channel, 'sms'),
        eq(deliveries.address, phone),
        inArray(deliveries.state, ['sent', 'unconfirmed']),
      ),
    )
    .orderBy(desc(deliveries.id))
    .limit(1);
  return row;
}

/** Who has the number and gets text messages, or did. */
async function peopleWith(tx: ScopedTx, { workspaceId }: Scope, phone: string): Promise<ContactId[]> {
  const rows = await tx.execute<{ id: string }>(sql`
    select id from contacts
    where workspace_id = ${workspaceId} and phone = ${phone} and (sms_subscribed or sms_unsubscribed_at is not null)
    order by id`);
  return rows.map(({ id }) => ContactId.parse(id));
}

async function stop(tx: ScopedTx, scope: Scope, phone: string, people: ContactId[], answered: Answered) {
  const { workspaceId } = scope;
  const campaignId = answered?.campaignId ?? null;
  const [added] = await tx
    .insert(suppressions)
    .values({
      ...{ workspaceId, id: uuidv7(), campaignId },
      ...{ channel: 'sms' as const, address: phone, reason: 'opted_out' as const },
    })
    // Their word stands above what their phone did before: whoever lifts that must not lift this.
    .onConflictDoUpdate({
      target: [suppressions.workspaceId, suppressions.channel, suppressions.address],
      set: { reason: 'opted_out', campaignId, createdAt: sql`now()` },
      setWhere: inArray(suppressions.reason, ['bounced', 'complained']),
    })
    .returning({ id: suppressions.id });
  if (added)
    await audit(tx, scope, 'address.suppressed', added.id, {
      channel: 'sms',
      reason: 'opted_out',
      campaignId,
    });
  if (answered)
    await tx
      .update(deliveries)
      .set({ unsubscribedAt: sql`coalesce(${deliveries.unsubscribedAt}, now())` })
      .where(and(eq(deliveries.workspaceId, workspaceId), eq(deliveries.id, answered.deliveryId)));
  for (const contactId of await agree(tx, scope, people, false))
    await audit(tx, scope, 'contact.unsubscribed', contactId, { channel: 'sms', campaignId });
}

async function start(tx: ScopedTx, scope: Scope, phone: string, people: ContactId[]) {
  const [gone] = await tx
    .delete(suppressions)
    .where(
      and(
        eq(suppressions.workspaceId, scope.workspaceId),
        eq(suppressions.channel, 'sms'),
        eq(suppressions.address, phone),
        eq(suppressions.reason, 'opted_out'),
      ),
    )
    .returning({ id: suppressions.id, since: suppressions.createdAt });
  // A mere “Yes” of somebody who never said STOP asks for nothing.
  if (!gone) return;
  await audit(tx, scope, 'address.unsuppressed', gone.id, { channel: 'sms', reason: 'opted_out' });
  for (const contactId of await agree(tx, scope, people, true, gone.since))
    await audit(tx, scope, 'contact.resubscribed', contactId, { channel: 'sms' });
}

/** Those for whom that is a change. */
async function agree(
  tx: ScopedTx,
  { workspaceId }: Scope,
  people: ContactId[],
  smsSubscribed: boolean,
  /** Only who has been unsubscribed since then. */
  since?: Date,
) {
  if (people.length === 0) return [];
  const rows = await tx
    .update(contacts)
    .set({ smsSubscribed, smsUnsubscribedAt: smsSubscribed ? null : sql`now()`, updatedAt: sql`now()` })
    .where(
      and(
        eq(contacts.workspaceId, workspaceId),
        sql`${contacts.id} = any(${`{${people.join(',')}}`}::uuid[])`,
        eq(contacts.smsSubscribed, !smsSubscribed),
        since && gte(contacts.smsUnsubscribedAt, since),
      ),
    )
    .returning({ id: contacts.id });
  return rows.map(({ id }) => id);
}

/** What is answered to somebody who asks for help: who writes, and how to end it. */
export async function helpText(tx: ScopedTx, { workspaceId }: Scope): Promise<string> {
  const [workspace] = await tx
    .select({ name: workspaces.name, postalAddress: workspaces.postalAddress, text: workspaces.helpText })
    .from(workspaces)
    .where(eq(workspaces.id, workspaceId));
  if (!workspace) return '';
  const { name, postalAddress, text } = workspace;
  return text || `${name}, ${postalAddress.replaceAll('\n', ', ')}. Reply STOP to get no more messages.`;
}
