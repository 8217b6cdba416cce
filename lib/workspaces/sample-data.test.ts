import { eq, sql } from 'drizzle-orm';
import { beforeEach, describe, expect, test } from 'vitest';
import { foldCounts } from '../analytics/fold-counts';
import type { Scope } from '../auth/scope';
import { createContact } from '../contacts/edit-contact';
import { listContacts } from '../contacts/list-contacts';
import { campaigns } from '../db/schema/campaigns';
import { contactEvents, deliveries, sandboxMessages, suppressions } from '../db/schema/deliveries';
import { contacts } from '../db/schema/lists';
import { senders } from '../db/schema/senders';
import { inScope } from '../db/scoped';
import { type ContactId, DeliveryId, newId, SandboxMessageId, uuidv7 } from '../ids';
import { addToList, pasteToList } from '../lists/list-members';
import { createList, findList, listLists } from '../lists/lists';
import { compileMessage } from '../messages/compile';
import { mergeValuesOf } from '../messages/merge-values';
import { prepareMessage } from '../messages/prepare';
import { sampleCampaign } from './sample-campaign';
import { hasSampleData, loadSampleData, removeSampleData } from './sample-data';
import { samplePeople } from './sample-people';
import { testWorkspace } from './testing';

let scope: Scope;
beforeEach(async () => {
  ({ scope } = await testWorkspace());
});

/** Everything in the workspace but its audit log, which nothing leaves. */
async function snapshot(of: Scope): Promise<Record<string, unknown>> {
  return inScope(of, async (tx) => {
    const tables = await tx.execute<{ name: string }>(sql`
      select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'workspace_id'
      where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace and c.relname <> 'audit_log' order by 1`);
    const all: Record<string, unknown> = {};
    for (const { name } of tables) {
      const rows = await tx.execute(
        sql`select to_jsonb(t) as row from ${sql.identifier(name)} t order by to_jsonb(t)::text`,
      );
      all[name] = rows.map((row) => row.row);
    }
    const [workspace] = await tx.execute(
      sql`select contact_count from workspaces where id = ${of.workspaceId}`,
    );
    return { ...all, workspace };
  });
}

async function load() {
  const loaded = await loadSampleData(scope);
  if (!loaded.ok || !loaded.value.campaignId) throw new Error('sample data is loaded');
  return { listId: loaded.value.listId, campaignId: loaded.value.campaignId };
}

test('the people are believable, unique, and on reserved domains', () => {
  const people = samplePeople();
  expect(people.length).toBeGreaterThanOrEqual(60);
  expect(new Set(people.map((person) => person.email)).size).toBe(people.length);
  for (const { email, timeZone } of people) {
    expect(email).toMatch(/^[a-z][a-z.-]*[a-z]@example\.(com|org|net)$/);
    if (timeZone) expect(() => new Intl.DateTimeFormat('en', { timeZone })).not.toThrow();
  }
  expect(people.some((person) => !person.emailSubscribed)).toBe(true);
});

test('the sample message composes for everybody on the list', async () => {
  const company = { name: 'Test Bakery', postalAddress: '1 Main Street' };
  const compiled = await compileMessage({ ...sampleCampaign, company });
  if (!compiled.ok) throw new Error(compiled.problem.message);
  const message = prepareMessage(compiled.value);
  for (const person of samplePeople()) {
    const links = { unsubscribe: 'http://localhost/u/x' };
    const rendered = message.render(mergeValuesOf(person, links, company));
    expect(rendered).toMatchObject({
      ok: true,
      value: { subject: expect.stringContaining(person.firstName) },
    });
  }
});

describe('loaded', () => {
  test('fills a list and a draft for the sandbox, once', async () => {
    expect(await hasSampleData(scope)).toBe(false);
    const [one, two] = await Promise.all([load(), load()]);
    expect(two).toEqual(one);
    expect(await hasSampleData(scope)).toBe(true);
    const list = await findList(scope, one.listId);
    expect(list).toMatchObject({
      value: { name: 'Sample customers', sample: true, contactCount: samplePeople().length },
    });
    const drafts = await inScope(scope, (tx) =>
      tx
        .select({ id: campaigns.id, status: campaigns.status, provider: senders.provider })
        .from(campaigns)
        .innerJoin(senders, eq(senders.id, campaigns.senderId)),
    );
    expect(drafts).toEqual([{ id: one.campaignId, status: 'draft', provider: 'sandbox' }]);
  });

  test('beside a list of that name and a contact of such an address, takes neither over', async () => {
    const own = await createContact(scope, { email: 'anna.schneider@example.org', firstName: 'My Anna' });
    await createList(scope, { name: 'sample CUSTOMERS' });
    const before = await snapshot(scope);
    await load();
    expect((await listLists(scope)).map((list) => list.name).sort()).toEqual(
      ['Sample customers 2', 'sample CUSTOMERS'].sort(),
    );
    await removeSampleData(scope);
    expect(await snapshot(scope)).toEqual(before);
    expect(own.ok).toBe(true);
  });
});

describe('removed', () => {
  test('leaves no trace of a campaign that was sent, and touches no neighbour', async () => {
    const { scope: neighbour } = await testWorkspace('Other');
    await loadSampleData(neighbour);
    const theirs = await snapshot(neighbour);
    const ann = await createContact(scope, { email: 'me@example.com' });
    if (!ann.ok) throw new Error('a contact is made');
    const before = await snapshot(scope);
    const { listId, campaignId } = await load();
    await addToList(scope, listId, [ann.value.id]);
    await pretendSent(campaignId, ann.value.id);
    expect(await removeSampleData(scope)).toMatchObject({ ok: true });
    await foldCounts(scope);
    const after = await snapshot(scope);
    // What the person did themselves stays noted on their own contact.
    const added = (rows: unknown) =>
      Array.isArray(rows) ? rows.filter((row) => row.type !== 'added_to_list') : rows;
    expect({ ...after, contact_events: added(after.contact_events) }).toEqual(before);
    expect(await snapshot(neighbour)).toEqual(theirs);
    expect(await hasSampleData(scope)).toBe(false);
    expect(await removeSampleData(scope)).toMatchObject({ ok: true });
  });

  test('keeps the contacts that people added to its list', async () => {
    const { listId } = await load();
    await pasteToList(scope, listId, 'friend@example.org');
    await removeSampleData(scope);
    expect((await listContacts(scope, {})).rows.map((row) => row.email)).toEqual(['friend@example.org']);
    expect(await listLists(scope)).toEqual([]);
  });

  test('waits while the sample campaign is being sent', async () => {
    const { campaignId } = await load();
    await inScope(scope, (tx) =>
      tx.update(campaigns).set({ status: 'sending' }).where(eq(campaigns.id, campaignId)),
    );
    const before = await snapshot(scope);
    expect(await removeSampleData(scope)).toMatchObject({ ok: false, problem: { code: 'conflict' } });
    expect(await snapshot(scope)).toEqual(before);
  });

  async function pretendSent(
    campaignId: Awaited<ReturnType<typeof load>>['campaignId'],
    ownContact: ContactId,
  ) {
    const { workspaceId } = scope;
    await inScope(scope, async (tx) => {
      const [bouncer] = await tx.select().from(contacts).where(eq(contacts.email, 'bounce@example.com'));
      if (!bouncer) throw new Error('bounce@ is a sample contact');
      const message = { workspaceId, from: 'a@example.com', subject: '', html: '', text: '' };
      for (const contact of [
        { id: bouncer.id, email: 'bounce@example.com' },
        { id: ownContact, email: 'me@example.com' },
      ]) {
        const deliveryId = newId(DeliveryId);
        await tx.insert(deliveries).values({
          workspaceId,
          id: deliveryId,
          campaignId,
          contactId: contact.id,
          channel: 'email',
          address: contact.email,
          state: 'sent',
        });
        await tx
          .insert(sandboxMessages)
          .values({ ...message, id: newId(SandboxMessageId), deliveryId, to: contact.email, headers: [] });
        await tx
          .insert(contactEvents)
          .values({ workspaceId, id: uuidv7(), contactId: contact.id, type: 'unsubscribed', campaignId });
      }
      await tx.insert(sandboxMessages).values({
        ...message,
        id: newId(SandboxMessageId),
        to: 'ann@example.com',
        headers: [['Feedback-ID', `${campaignId}:x:posthaste`]],
      });
      await tx.insert(suppressions).values({
        workspaceId,
        id: uuidv7(),
        channel: 'email',
        address: 'bounce@example.com',
        reason: 'bounced',
      });
      await tx.update(campaigns).set({ status: 'completed' }).where(eq(campaigns.id, campaignId));
    });
  }
});
