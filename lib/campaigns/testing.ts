import { and, eq, inArray, sql } from 'drizzle-orm';
import type { Scope } from '../auth/scope';
import { campaignLists, campaigns } from '../db/schema/campaigns';
import { deliveries } from '../db/schema/deliveries';
import { contacts, listContacts, lists } from '../db/schema/lists';
import { senders } from '../db/schema/senders';
import { inScope } from '../db/scoped';
import { CampaignId, ContactId, ListId, newId, type SenderId } from '../ids';
import { runLaunch } from './launch';
import { sendCampaign } from './send';

const unlimited = () => new AbortController().signal;

type TestContact = Partial<typeof contacts.$inferInsert>;

/** A list with contacts; by default `n` ordinary people. For tests. */
export async function testList(
  scope: Scope,
  people: number | TestContact[],
  name = `List ${newId(ListId)}`,
): Promise<{ listId: ListId; contactIds: ContactId[] }> {
  const { workspaceId } = scope;
  const listId = newId(ListId);
  const given =
    typeof people === 'number'
      ? Array.from({ length: people }, (_, n): TestContact => ({ firstName: `Person ${n}` }))
      : people;
  const ids = given.map(() => newId(ContactId)).sort();
  const rows = given.map((person, n) => {
    const id = ids[n] ?? newId(ContactId);
    return { workspaceId, id, email: `p${n}-${id}@example.com`, ...person };
  });
  await inScope(scope, async (tx) => {
    await tx.insert(lists).values({ workspaceId, id: listId, name });
    if (rows.length === 0) return;
    await tx.insert(contacts).values(rows);
    await tx.insert(listContacts).values(rows.map(({ id }) => ({ workspaceId, listId, contactId: id })));
  });
  return { listId, contactIds: rows.map(({ id }) => id) };
}

/** A complete draft over lists. For tests. */
export async function testCampaign(
  scope: Scope,
  senderId: SenderId,
  listIds: ListId[],
  more: Partial<typeof campaigns.$inferInsert> = {},
): Promise<CampaignId> {
  const { workspaceId } = scope;
  const id = newId(CampaignId);
  await inScope(scope, async (tx) => {
    await tx.insert(campaigns).values({
      workspaceId,
      id,
      name: 'Autumn',
      subject: 'Hello {{ first_name | default: "there" }}',
      content: { format: 'markdown', body: 'Fresh bread, {{ first_name }}.' },
      senderId,
      ...more,
    });
    if (listIds.length > 0)
      await tx
        .insert(campaignLists)
        .values(listIds.map((listId) => ({ workspaceId, campaignId: id, listId })));
  });
  return id;
}

/** Sends and copies the whole audience, without a queue. For tests. */
export async function launchNow(scope: Scope, id: CampaignId): Promise<void> {
  const sent = await sendCampaign(scope, id);
  if (!sent.ok) throw new Error(sent.problem.message);
  await runLaunch(scope, id, unlimited());
}

/** A sender without a limit. For tests. */
export async function unthrottle(scope: Scope, senderId: SenderId): Promise<void> {
  await inScope(scope, (tx) =>
    tx
      .update(senders)
      .set({ perMinute: null })
      .where(and(eq(senders.workspaceId, scope.workspaceId), eq(senders.id, senderId))),
  );
}

/** The ledger of a campaign in the order of its contacts. For tests. */
export function ledger(scope: Scope, campaignId: CampaignId) {
  return inScope(scope, (tx) =>
    tx
      .select()
      .from(deliveries)
      .where(and(eq(deliveries.workspaceId, scope.workspaceId), eq(deliveries.campaignId, campaignId)))
      .orderBy(deliveries.contactId),
  );
}

/** Lets leases and retries of some deliveries be due now, whatever they were. For tests. */
export async function makeDue(scope: Scope, campaignId: CampaignId): Promise<void> {
  await inScope(scope, (tx) =>
    tx
      .update(deliveries)
      .set({
        retryAt: sql`case when ${deliveries.retryAt} is null then null else now() - interval '1 second' end`,
        leaseUntil: sql`case when ${deliveries.leaseUntil} is null then null else now() - interval '1 second' end`,
      })
      .where(
        and(
          eq(deliveries.workspaceId, scope.workspaceId),
          eq(deliveries.campaignId, campaignId),
          inArray(deliveries.state, ['retrying', 'sending']),
        ),
      ),
  );
}
