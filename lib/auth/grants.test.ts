import { sql } from 'drizzle-orm';
import { beforeAll, describe, expect, test } from 'vitest';
import { compareCampaigns } from '../analytics/compare-campaigns';
import {
  createCampaign,
  deleteDraft,
  duplicateCampaign,
  findCampaign,
  listCampaigns,
} from '../campaigns/campaigns';
import { saveDraft } from '../campaigns/draft';
import { exampleMessage } from '../campaigns/example-message';
import { limitCampaign } from '../campaigns/limits';
import { preflight } from '../campaigns/preflight';
import { campaignProgress } from '../campaigns/progress';
import { scheduleCampaign } from '../campaigns/schedule';
import { sendCampaign } from '../campaigns/send';
import { sendTest } from '../campaigns/send-test';
import { campaignStats } from '../campaigns/stats';
import { cancelCampaign, pauseCampaign, resumeCampaign } from '../campaigns/status';
import { launchNow, ledger, testCampaign, testList } from '../campaigns/testing';
import { codesOf } from '../codes/contact-codes';
import { shortUrlsOf } from '../codes/short-links';
import { contactHistory } from '../contacts/contact-history';
import { createContact, editContact } from '../contacts/edit-contact';
import { findContact } from '../contacts/find-contact';
import { listContacts } from '../contacts/list-contacts';
import { unsafeDatabase } from '../db/client';
import { inScope } from '../db/scoped';
import type { ListAccess } from '../db/states';
import { listDeliveries } from '../deliveries/deliveries';
import { countReasons, failedAttempts } from '../deliveries/reasons';
import { retryFailed } from '../deliveries/retry-failed';
import { acceptUnconfirmed, resendUnconfirmed } from '../deliveries/unconfirmed';
import {
  CampaignId,
  ContactId,
  DeliveryId,
  ImportId,
  ListId,
  newId,
  SandboxMessageId,
  UserId,
  uuidv7,
} from '../ids';
import { cancelImport, findImport, listImports, previewImport } from '../imports/imports';
import { listRejections } from '../imports/rejections';
import { startImport } from '../imports/start-import';
import { upload } from '../imports/testing';
import { addToList, pasteToList, removeFromList } from '../lists/list-members';
import { archiveList, createList, findList, listLists, renameList, restoreList } from '../lists/lists';
import { authorChoices } from '../messages/author-choices';
import { previewMessage } from '../messages/preview';
import { countInbox, findSandboxMessage, listInbox } from '../sandbox/inbox';
import { testWorkspace } from '../workspaces/testing';
import { mintScope, type Scope } from './scope';

/*
 * A workspace with two lists, and all that hangs from them: one is granted to the marketer, the other is not. What hangs
 * from the other one says "secret", so that wherever it comes through it is found.
 */

type Side = {
  list: ListId;
  contact: ContactId;
  draft: CampaignId;
  sent: CampaignId;
  delivery: DeliveryId;
  import: ImportId;
  message: SandboxMessageId;
};

let owner: Scope;
let open: Side;
let secret: Side;
/** Over both lists: who was granted one of them may not know of it. */
let mixed: { draft: CampaignId; sent: CampaignId; delivery: DeliveryId };
let shared: ContactId;

const marketer = (grants: [ListId, ListAccess][], id = newId(UserId)) =>
  mintScope(owner.workspaceId, { kind: 'member', id, role: 'marketer' }, new Map(grants));

beforeAll(async () => {
  const { scope, senderId } = await testWorkspace();
  owner = scope;
  const make = async (word: string): Promise<Side> => {
    const person = {
      firstName: word,
      email: `${word}@example.com`,
      attributes: { [`${word}_attribute`]: 1 },
    };
    const { listId, contactIds } = await testList(owner, [person], `${word} list`);
    const [contact] = contactIds;
    const draft = await testCampaign(owner, senderId, [listId], { name: `${word} draft`, subject: word });
    const sent = await testCampaign(owner, senderId, [listId], { name: `${word} sent`, subject: word });
    await launchNow(owner, sent);
    const [delivery] = await ledger(owner, sent);
    const received = await upload(owner, `email\n${word}@example.org\n`, `${word}.csv`);
    if (!contact || !delivery || !received.ok) throw new Error('all of these are there');
    return {
      ...{ list: listId, contact, draft, sent, delivery: delivery.id, import: received.value.id },
      message: await leaveTraces(word, delivery.id, received.value.id),
    };
  };
  open = await make('open');
  secret = await make('secret');
  const made = await createContact(owner, { email: 'shared@example.com', listIds: [open.list, secret.list] });
  const both = [open.list, secret.list];
  const draft = await testCampaign(owner, senderId, both, { name: 'secret draft over both' });
  const sent = await testCampaign(owner, senderId, both, { name: 'secret one over both' });
  await launchNow(owner, sent);
  const [delivery] = await ledger(owner, sent);
  if (!made.ok || !delivery) throw new Error('all of these are there');
  await inScope(owner, (tx) => codesOf(tx, owner, [open.contact, secret.contact]));
  shared = made.value.id;
  mixed = { draft, sent, delivery: delivery.id };
});

/** What only comes of sending and importing: an attempt that failed, a message in the sandbox, a request, a rejected row. */
async function leaveTraces(word: string, delivery: DeliveryId, importId: ImportId) {
  const { workspaceId } = owner;
  const message = newId(SandboxMessageId);
  await shortUrlsOf(owner, [delivery], 0);
  await inScope(owner, async (tx) => {
    await tx.execute(
      sql`update deliveries set state = 'failed', reason = 'temporary' where id = ${delivery}`,
    );
    await tx.execute(sql`insert into delivery_attempts (workspace_id, id, delivery_id, attempt, reason, detail)
      values (${workspaceId}, ${uuidv7()}, ${delivery}, 1, 'temporary', ${word})`);
    await tx.execute(sql`insert into sandbox_messages
      (workspace_id, id, delivery_id, "to", "from", subject, headers, html, text)
      values (${workspaceId}, ${message}, ${delivery}, ${word}, 'x@example.com', ${word}, '[]', '', ${word})`);
    await tx.execute(sql`insert into replays (workspace_id, id, campaign_id, delivery_ids, body, account, expires_at)
      select workspace_id, uuid_v7(), campaign_id, array[id], ${word}, '', now() from deliveries where id = ${delivery}`);
    await tx.execute(sql`
      insert into tracking_events (workspace_id, id, delivery_id, campaign_id, kind, class, at)
      select workspace_id, uuid_v7(), id, campaign_id, 'open', 'human', now() from deliveries where id = ${delivery}`);
    await tx.execute(sql`
      insert into tracking_rollups (workspace_id, campaign_id, grain, at, kind, link)
      select workspace_id, campaign_id, 'all', to_timestamp(0), 'open', 0 from deliveries where id = ${delivery}`);
    await tx.execute(sql`
      insert into delivery_rollups (workspace_id, campaign_id, part, state, reason, flags, n)
      select workspace_id, campaign_id, -1, 'queued', '', 0, 0 from deliveries where id = ${delivery}`);
    await tx.execute(sql`
      insert into delivery_moments (workspace_id, campaign_id, at, sent, delivered, bounced)
      select workspace_id, campaign_id, to_timestamp(0), 0, 0, 0 from deliveries where id = ${delivery}`);
    await tx.execute(sql`
      insert into delivery_domains (workspace_id, campaign_id, domain, planned, sent, failed, bounced, opened, clicked)
      select workspace_id, campaign_id, ${word}, 0, 0, 0, 0, 0, 0 from deliveries where id = ${delivery}`);
    await tx.execute(sql`insert into bounces (workspace_id, delivery_id, kind, detail)
      values (${workspaceId}, ${delivery}, 'bounced', ${word})`);
    await tx.execute(sql`insert into soft_bounces (workspace_id, delivery_id, returned)
      values (${workspaceId}, ${delivery}, ${word})`);
    await tx.execute(sql`insert into import_rejections (workspace_id, import_id, "row", reason, "values")
      values (${workspaceId}, ${importId}, 1, 'no_at', ${JSON.stringify([word])})`);
  });
  return message;
}

describe('without the application’s own conditions', () => {
  const guarded = async () => {
    const rows = await unsafeDatabase().execute<{ name: string }>(
      sql`select tablename as name from pg_policies where policyname = 'granted' order by 1`,
    );
    return rows.map(({ name }) => name);
  };
  const rowsOf = async (scope: Scope, table: string) => {
    const rows = await inScope(scope, (tx) =>
      tx.execute<{ row: string }>(sql`select to_jsonb(t)::text as row from ${sql.identifier(table)} t`),
    );
    return rows.map(({ row }) => row);
  };
  /** Ids by which a row hangs from what is secret, also where it says no name. */
  const secrets = () => [...Object.values(secret), ...Object.values(mixed), 'secret'];
  const isSecret = (row: string) => secrets().some((word) => row.includes(word));

  test('a marketer sees the granted rows and no other, in every table that knows grants', async () => {
    const tables = await guarded();
    expect(tables.length).toBeGreaterThanOrEqual(10);
    const id = newId(UserId);
    const one = marketer([[open.list, 'send']], id);
    const own = await upload(one, 'email\nmine@example.org\n', 'mine.csv');
    if (!own.ok) throw new Error(own.problem.message);
    await inScope(one, (tx) =>
      tx.execute(sql`insert into import_rejections (workspace_id, import_id, "row", reason, "values")
        values (${owner.workspaceId}, ${own.value.id}, 1, 'no_at', '[]')`),
    );
    for (const table of tables) {
      const all = await rowsOf(owner, table);
      const seen = await rowsOf(one, table);
      // Imports are their maker's, whatever list they fill.
      const theirs = (row: string) =>
        table.startsWith('import') ? row.includes(own.value.id) : !isSecret(row);
      expect({ table, seen: [...seen].sort() }).toEqual({ table, seen: all.filter(theirs).sort() });
      expect({ table, seen: seen.length > 0, hidden: all.length > seen.length }).toEqual({
        ...{ table, seen: true, hidden: true },
      });
    }
  });

  test('a marketer without a grant sees nothing at all', async () => {
    for (const table of await guarded())
      expect({ table, rows: await rowsOf(marketer([]), table) }).toEqual({ table, rows: [] });
  });

  test('a marketer changes and deletes nothing that they do not see', async () => {
    const before = await fingerprint();
    for (const table of await guarded())
      await inScope(marketer([]), (tx) =>
        tx.execute(sql`delete from ${sql.identifier(table)} where workspace_id is not null`),
      );
    expect(await fingerprint()).toBe(before);
  });
});

/** What every row of the workspace is. */
async function fingerprint(): Promise<string> {
  const tables = await unsafeDatabase().execute<{ name: string }>(sql`
    select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'workspace_id'
    where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace order by 1`);
  return inScope(owner, async (tx) => {
    const all: unknown[] = [];
    for (const { name } of tables)
      all.push(
        await tx.execute(
          sql`select md5(coalesce(string_agg(to_jsonb(t)::text, '' order by to_jsonb(t)::text), '')) from ${sql.identifier(name)} t`,
        ),
      );
    return JSON.stringify(all);
  });
}

const source = {
  subject: 'Hi',
  preheader: '',
  content: { format: 'markdown' as const, body: 'Hi {{ first_name }}' },
};
const choices = (list: ListId) => ({
  ...{
    encoding: 'utf-8' as const,
    delimiter: ',' as const,
    header: true,
    columns: ['email' as const],
    list: { id: list },
  },
});
const tomorrow = () => ({
  ...{ date: new Date(Date.now() + 48 * 3_600_000).toISOString().slice(0, 10), time: '09:00', zone: 'UTC' },
  which: null,
});
const noLimits = { perSecond: null, perMinute: null, perHour: null, perDay: null };

type Verb = (scope: Scope, side: Side) => Promise<unknown>;

const reads: Record<string, Verb> = {
  listLists: (scope) => listLists(scope),
  findList: (scope, { list }) => findList(scope, list),
  listContacts: (scope) => listContacts(scope, {}),
  'listContacts by e-mail': (scope) => listContacts(scope, { sort: 'email' }),
  'listContacts of a list': (scope, { list }) => listContacts(scope, { listId: list }),
  'listContacts, searched': (scope) => listContacts(scope, { search: 's' }),
  findContact: (scope, { contact }) => findContact(scope, contact),
  contactHistory: (scope, { contact }) => contactHistory(scope, contact),
  'contactHistory of one on both lists': (scope) => contactHistory(scope, shared),
  'findContact of one on both lists': (scope) => findContact(scope, shared),
  listCampaigns: (scope) => listCampaigns(scope, {}),
  findCampaign: (scope, { sent }) => findCampaign(scope, sent),
  campaignStats: (scope, { sent }) => campaignStats(scope, sent),
  campaignProgress: async (scope, { sent }) => [...(await campaignProgress(scope, [sent])).values()],
  compareCampaigns: (scope, { sent }) => compareCampaigns(scope, [open.sent, sent]),
  exampleMessage: (scope, { sent }) => exampleMessage(scope, sent),
  preflight: (scope, { draft }) => preflight(scope, draft),
  countReasons: (scope, { sent }) => countReasons(scope, sent),
  listDeliveries: (scope, { sent }) => listDeliveries(scope, sent, {}),
  failedAttempts: async (scope, { delivery }) => [...(await failedAttempts(scope, [delivery]))],
  listImports: (scope) => listImports(scope),
  findImport: (scope, side) => findImport(scope, side.import),
  previewImport: (scope, side) => previewImport(scope, side.import),
  listRejections: (scope, side) => listRejections(scope, side.import, { limit: 10 }),
  listInbox: (scope) => listInbox(scope, {}),
  countInbox: (scope) => countInbox(scope),
  findSandboxMessage: (scope, { message }) => findSandboxMessage(scope, message),
  authorChoices: (scope) => authorChoices(scope, 'email'),
  'previewMessage as a contact': (scope, { contact }) =>
    previewMessage(scope, source, { contactId: contact, listIds: [] }),
  'previewMessage of a list': (scope, { list }) =>
    previewMessage(scope, source, { contactId: null, listIds: [list] }),
};

/** What changes something; the second asks for the right to do that. */
const writes: Record<string, [verb: Verb, needs: ListAccess]> = {
  renameList: [(scope, { list }) => renameList(scope, list, { name: 'Mine' }), 'edit'],
  archiveList: [(scope, { list }) => archiveList(scope, list), 'edit'],
  restoreList: [(scope, { list }) => restoreList(scope, list), 'edit'],
  addToList: [(scope, { list }) => addToList(scope, list, [shared]), 'edit'],
  removeFromList: [(scope, { list, contact }) => removeFromList(scope, list, [contact]), 'edit'],
  pasteToList: [(scope, { list }) => pasteToList(scope, list, 'new@example.com'), 'edit'],
  createContact: [
    (scope, { list }) => createContact(scope, { email: 'new@example.com', listIds: [list] }),
    'edit',
  ],
  editContact: [(scope, { contact }) => editContact(scope, contact, { firstName: 'Mine' }), 'edit'],
  saveDraft: [
    (scope, { draft }) => saveDraft(scope, draft, { revision: 1, changes: { name: 'Mine' } }),
    'send',
  ],
  deleteDraft: [(scope, { draft }) => deleteDraft(scope, draft), 'send'],
  sendTest: [(scope, { draft }) => sendTest(scope, draft, { to: ['ann@example.com'] }), 'send'],
  sendCampaign: [(scope, { draft }) => sendCampaign(scope, draft), 'send'],
  scheduleCampaign: [(scope, { draft }) => scheduleCampaign(scope, draft, tomorrow()), 'send'],
  limitCampaign: [(scope, { draft }) => limitCampaign(scope, draft, noLimits), 'send'],
  pauseCampaign: [(scope, { sent }) => pauseCampaign(scope, sent), 'send'],
  resumeCampaign: [(scope, { sent }) => resumeCampaign(scope, sent), 'send'],
  cancelCampaign: [(scope, { sent }) => cancelCampaign(scope, sent), 'send'],
  retryFailed: [(scope, { sent }) => retryFailed(scope, sent), 'send'],
  acceptUnconfirmed: [(scope, { sent }) => acceptUnconfirmed(scope, sent, 'waiting'), 'send'],
  resendUnconfirmed: [(scope, { sent }) => resendUnconfirmed(scope, sent, 'waiting'), 'send'],
};

const onlySeen: Record<string, Verb> = {
  duplicateCampaign: (scope, { draft }) => duplicateCampaign(scope, draft),
  startImport: (scope, side) => startImport(scope, side.import, choices(open.list)),
  cancelImport: (scope, side) => cancelImport(scope, side.import),
};

/** Ids of rows that never were. */
const never = (): Side => ({
  ...{ list: newId(ListId), contact: newId(ContactId), draft: newId(CampaignId), sent: newId(CampaignId) },
  ...{ delivery: newId(DeliveryId), import: newId(ImportId), message: newId(SandboxMessageId) },
});

describe('a marketer with one of two lists', () => {
  test.each(Object.entries(reads))('reads nothing of the other: %s', async (_name, verb) => {
    for (const access of ['view', 'send'] as const) {
      const one = marketer([[open.list, access]]);
      const about = await verb(one, secret);
      expect(JSON.stringify(about)).not.toContain('secret');
      expect(about).toEqual(await verb(one, never()));
      expect(JSON.stringify(await verb(one, { ...open, ...mixed }))).not.toContain('secret');
    }
    // There is something to hide.
    expect(await verb(owner, secret)).not.toEqual(await verb(marketer([]), never()));
  });

  const changes = {
    ...onlySeen,
    ...Object.fromEntries(Object.entries(writes).map(([name, [verb]]) => [name, verb])),
  };
  test.each(Object.entries(changes))('changes nothing of the other: %s', async (_name, verb) => {
    const before = await fingerprint();
    for (const access of ['view', 'send'] as const) {
      const one = marketer([[open.list, access]]);
      const answer = await verb(one, secret);
      expect(answer).toMatchObject({ ok: false, problem: { code: 'not_found' } });
      expect(answer).toEqual(await verb(one, never()));
      // What also hangs from a list that they see is there for them as little.
      const overBoth = { ...never(), ...mixed };
      expect(await verb(one, overBoth)).toEqual(await verb(one, never()));
    }
    expect(await fingerprint()).toBe(before);
  });

  test.each(Object.entries(writes))('needs more than to see its own: %s', async (_name, [verb, needs]) => {
    const before = await fingerprint();
    const lower: ListAccess[] = needs === 'send' ? ['view', 'edit'] : ['view'];
    for (const access of lower)
      expect(await verb(marketer([[open.list, access]]), open)).toMatchObject({
        ...{ ok: false, problem: { code: 'forbidden' } },
      });
    expect(await fingerprint()).toBe(before);
  });

  test('puts no list on a campaign that they may not send to', async () => {
    const one = marketer([[open.list, 'edit']]);
    const made = await createCampaign(one, { name: 'Mine' });
    if (!made.ok) throw new Error(made.problem.message);
    const before = await fingerprint();
    const save = (listId: ListId) =>
      saveDraft(one, made.value.id, { revision: 1, changes: { listIds: [listId] } });
    expect(await save(open.list)).toMatchObject({ problem: { code: 'forbidden' } });
    expect(await save(secret.list)).toEqual(await save(newId(ListId)));
    expect(await save(secret.list)).toMatchObject({ problem: { code: 'invalid' } });
    expect(await fingerprint()).toBe(before);
  });

  test('puts nobody on a list of their own whom they only see', async () => {
    const one = marketer([
      [open.list, 'send'],
      [secret.list, 'view'],
    ]);
    const before = await fingerprint();
    const both = [shared, secret.contact];
    expect(await addToList(one, open.list, both)).toMatchObject({ problem: { code: 'forbidden' } });
    expect(await pasteToList(one, open.list, 'secret@example.com')).toMatchObject({
      value: { added: [], created: 0, hidden: ['secret@example.com'] },
    });
    expect(await fingerprint()).toBe(before);
    // Who also is on a list that they may change can be put on others of theirs.
    const third = await createList(owner, { name: 'Third' });
    if (!third.ok) throw new Error(third.problem.message);
    const other = marketer([
      [open.list, 'edit'],
      [third.value.id, 'edit'],
    ]);
    expect(await addToList(other, third.value.id, [shared])).toMatchObject({ value: { added: [shared] } });
  });
});
