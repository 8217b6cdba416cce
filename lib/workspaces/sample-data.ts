import { and, eq, inArray, isNotNull, sql } from 'drizzle-orm';
import { audit } from '../auth/audit';
import { keyOf, type Scope, userOf } from '../auth/scope';
import { campaignLists, campaigns } from '../db/schema/campaigns';
import { contactEvents, deliveries, sandboxMessages, suppressions } from '../db/schema/deliveries';
import { contacts, listContacts, lists } from '../db/schema/lists';
import { senders } from '../db/schema/senders';
import { workspaces } from '../db/schema/workspaces';
import { inScope, type ScopedTx } from '../db/scoped';
import { fail, ok, type Result } from '../errors';
import { CampaignId, ContactId, ListId, newId } from '../ids';
import { sampleCampaign } from './sample-campaign';
import { samplePeople } from './sample-people';

const listName = 'Sample customers';

export type SampleData = { listId: ListId; campaignId: CampaignId | null };

/** Whether the workspace has sample data: its list is the sign of it. */
export function hasSampleData(scope: Scope): Promise<boolean> {
  return inScope(scope, async (tx) => (await findSampleList(tx, scope)) !== undefined);
}

/**
 * Fills a list with people and a draft with a message, so that everything can be seen at once. Everything is flagged
 * `sample`. Loaded twice, it changes nothing the second time.
 */
export function loadSampleData(scope: Scope): Promise<Result<SampleData>> {
  return inScope(scope, async (tx) => {
    await lockSamples(tx, scope);
    const existing = await findSampleList(tx, scope);
    if (existing) return ok({ listId: existing, campaignId: await findSampleCampaign(tx, scope) });
    const listId = await makeList(tx, scope);
    await makePeople(tx, scope, listId);
    const campaignId = await makeCampaign(tx, scope, listId);
    await audit(tx, scope, 'sample_data.loaded', listId);
    return ok({ listId, campaignId });
  });
}

/**
 * Removes what is flagged `sample` and what came of it: the campaign's ledger, its sandbox messages, events on other
 * contacts, suppressions of sample addresses. What people added themselves stays.
 */
export function removeSampleData(scope: Scope): Promise<Result<undefined>> {
  return inScope(scope, async (tx) => {
    await lockSamples(tx, scope);
    const own = await tx
      .select({ id: campaigns.id, name: campaigns.name, status: campaigns.status })
      .from(campaigns)
      .where(and(eq(campaigns.workspaceId, scope.workspaceId), campaigns.sample))
      .for('update');
    if (own.some((campaign) => campaign.status === 'sending'))
      return fail(
        'conflict',
        'The sample campaign is being sent. Wait until it is done, or cancel it, and try again.',
      );
    await removeCampaigns(
      tx,
      scope,
      own.map((campaign) => campaign.id),
    );
    const people = await removePeople(tx, scope);
    await keepSentTo(tx, scope);
    const gone = await tx
      .delete(lists)
      .where(and(eq(lists.workspaceId, scope.workspaceId), lists.sample))
      .returning({ id: lists.id });
    if (gone.length + people + own.length > 0)
      await audit(tx, scope, 'sample_data.removed', null, { contacts: people });
    return ok();
  });
}

/** Two clicks at once load once: the workspace's row is the queue. */
async function lockSamples(tx: ScopedTx, { workspaceId }: Scope): Promise<void> {
  await tx.select({ id: workspaces.id }).from(workspaces).where(eq(workspaces.id, workspaceId)).for('update');
}

async function findSampleList(tx: ScopedTx, scope: Scope): Promise<ListId | undefined> {
  const [row] = await tx
    .select({ id: lists.id })
    .from(lists)
    .where(and(eq(lists.workspaceId, scope.workspaceId), lists.sample))
    .limit(1);
  return row?.id;
}

async function findSampleCampaign(tx: ScopedTx, scope: Scope): Promise<CampaignId | null> {
  const [row] = await tx
    .select({ id: campaigns.id })
    .from(campaigns)
    .where(and(eq(campaigns.workspaceId, scope.workspaceId), campaigns.sample))
    .limit(1);
  return row?.id ?? null;
}

async function makeList(tx: ScopedTx, scope: Scope): Promise<ListId> {
  const id = newId(ListId);
  const taken = await tx
    .select({ name: sql<string>`lower(${lists.name})` })
    .from(lists)
    .where(and(eq(lists.workspaceId, scope.workspaceId), sql`archived_at is null`));
  const names = new Set(taken.map((list) => list.name));
  let name = listName;
  for (let number = 2; names.has(name.toLowerCase()); number++) name = `${listName} ${number}`;
  await tx.insert(lists).values({ workspaceId: scope.workspaceId, id, name, sample: true });
  return id;
}

/** Somebody who is a contact already stays as they are, and is on the list too. */
async function makePeople(tx: ScopedTx, scope: Scope, listId: ListId): Promise<void> {
  const { workspaceId } = scope;
  const people = samplePeople();
  await tx
    .insert(contacts)
    .values(
      people.map((person) => ({
        ...person,
        workspaceId,
        id: newId(ContactId),
        sample: true,
        emailUnsubscribedAt: person.emailSubscribed ? null : sql`now()`,
      })),
    )
    .onConflictDoNothing({ target: [contacts.workspaceId, contacts.email] });
  const emails = people.map((person) => person.email);
  const all = await tx
    .select({ contactId: contacts.id })
    .from(contacts)
    .where(and(eq(contacts.workspaceId, workspaceId), inArray(contacts.email, emails)));
  await tx.insert(listContacts).values(all.map(({ contactId }) => ({ workspaceId, listId, contactId })));
}

async function makeCampaign(tx: ScopedTx, scope: Scope, listId: ListId): Promise<CampaignId> {
  const { workspaceId } = scope;
  const [sandbox] = await tx
    .select({ id: senders.id })
    .from(senders)
    .where(and(eq(senders.workspaceId, workspaceId), eq(senders.provider, 'sandbox')))
    .orderBy(senders.id)
    .limit(1);
  const id = newId(CampaignId);
  await tx.insert(campaigns).values({
    ...sampleCampaign,
    workspaceId,
    id,
    // The sandbox alone: sample people must not be written to for real.
    senderId: sandbox?.id ?? null,
    sample: true,
    createdBy: userOf(scope),
    createdByKey: keyOf(scope),
  });
  await tx.insert(campaignLists).values({ workspaceId, campaignId: id, listId });
  return id;
}

async function removeCampaigns(tx: ScopedTx, scope: Scope, ids: CampaignId[]): Promise<void> {
  if (ids.length === 0) return;
  const { workspaceId } = scope;
  // Test messages hang from no delivery; their headers name the campaign.
  for (const id of ids)
    await tx
      .delete(sandboxMessages)
      .where(
        and(
          eq(sandboxMessages.workspaceId, workspaceId),
          sql`${sandboxMessages.deliveryId} is null and strpos(${sandboxMessages.headers}::text, ${id}) > 0`,
        ),
      );
  await tx
    .delete(contactEvents)
    .where(and(eq(contactEvents.workspaceId, workspaceId), inArray(contactEvents.campaignId, ids)));
  await tx.delete(campaigns).where(and(eq(campaigns.workspaceId, workspaceId), inArray(campaigns.id, ids)));
}

/**
 * What went out to the sample list is seen by whoever sees that list: without it, by all who see the others. So it stays, as
 * one of the archived lists.
 */
async function keepSentTo(tx: ScopedTx, { workspaceId }: Scope): Promise<void> {
  const sentTo = tx
    .select({ id: campaignLists.listId })
    .from(campaignLists)
    .innerJoin(
      campaigns,
      and(eq(campaigns.workspaceId, campaignLists.workspaceId), eq(campaigns.id, campaignLists.campaignId)),
    )
    .where(and(eq(campaignLists.workspaceId, workspaceId), isNotNull(campaigns.startedAt)));
  await tx
    .update(lists)
    .set({ sample: false, archivedAt: sql`coalesce(${lists.archivedAt}, now())` })
    .where(and(eq(lists.workspaceId, workspaceId), lists.sample, inArray(lists.id, sentTo)));
}

async function removePeople(tx: ScopedTx, scope: Scope): Promise<number> {
  const { workspaceId } = scope;
  // Campaigns that are not part of the sample keep their ledger, without an address of theirs.
  const people = tx
    .select({ id: contacts.id })
    .from(contacts)
    .where(and(eq(contacts.workspaceId, workspaceId), contacts.sample));
  await tx
    .update(deliveries)
    .set({ address: null, contactId: null })
    .where(and(eq(deliveries.workspaceId, workspaceId), inArray(deliveries.contactId, people)));
  const gone = await tx
    .delete(contacts)
    .where(and(eq(contacts.workspaceId, workspaceId), contacts.sample))
    .returning({ email: contacts.email });
  const addresses = gone.flatMap((person) => person.email ?? []);
  if (addresses.length > 0)
    await tx
      .delete(suppressions)
      .where(
        and(
          eq(suppressions.workspaceId, workspaceId),
          inArray(suppressions.address, addresses),
          inArray(suppressions.reason, ['bounced', 'complained']),
        ),
      );
  return gone.length;
}
