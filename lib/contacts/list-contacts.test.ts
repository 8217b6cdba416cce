import { sql } from 'drizzle-orm';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { mintScope, type Scope } from '../auth/scope';
import { unsafeDatabase } from '../db/client';
import { suppressions } from '../db/schema/deliveries';
import { contacts, lists, listContacts as members } from '../db/schema/lists';
import { inScope } from '../db/scoped';
import { ContactId, ListId, newId, UserId, uuidv7 } from '../ids';
import { testWorkspace } from '../workspaces/testing';
import { sourceOf, stretchQuery } from './contact-query';
import { type ContactFilter, lastPage, listContacts } from './list-contacts';

let scope: Scope;
let neighbour: Scope;
let listId: ListId;
const everybody: ContactId[] = [];
const onList: ContactId[] = [];

type Person = {
  email: string | null;
  firstName?: string;
  lastName?: string;
  phone?: string;
  smsSubscribed?: boolean;
};

async function insert(into: Scope, people: Person[]): Promise<ContactId[]> {
  const rows = people.map((person) => ({ ...person, workspaceId: into.workspaceId, id: newId(ContactId) }));
  await inScope(into, (tx) => tx.insert(contacts).values(rows));
  return rows.map((row) => row.id);
}

beforeAll(async () => {
  ({ scope } = await testWorkspace('Here'));
  ({ scope: neighbour } = await testWorkspace('There'));
  const twins = Array.from({ length: 40 }, (_, n) => ({
    email: `twin${n}@twins.example`,
    firstName: 'Sam',
    lastName: 'Smith',
  }));
  const phones = Array.from({ length: 7 }, (_, n) => ({ email: null, phone: `+4930901820${n}` }));
  const named = [
    { email: 'ann@example.com', firstName: 'Ann', lastName: 'Lee' },
    { email: 'annabel@example.org', firstName: 'Sam', lastName: 'Annand' },
    { email: 'zoe@example.net', firstName: 'Zoë', lastName: 'Ünal' },
    { email: 'x1@sub.example.net', firstName: 'Joanna', lastName: 'Ann' },
    { email: '100%_\\@example.net', firstName: "O'Neil; drop", lastName: '%' },
  ];
  everybody.push(...(await insert(scope, [...twins, ...phones, ...named])));
  await insert(neighbour, [...twins, ...named]);
  listId = newId(ListId);
  await inScope(scope, async (tx) => {
    const { workspaceId } = scope;
    await tx.insert(lists).values({ workspaceId, id: listId, name: 'Some' });
    onList.push(...everybody.filter((_, index) => index % 2 === 0));
    await tx.insert(members).values(onList.map((contactId) => ({ workspaceId, listId, contactId })));
  });
});

test('somebody who reaches single lists gets their contacts, each once, in pages that neither skip nor repeat', async () => {
  const { workspaceId } = scope;
  const second = newId(ListId);
  const onSecond = everybody.filter((_, index) => index % 3 === 0);
  await inScope(scope, async (tx) => {
    await tx.insert(lists).values({ workspaceId, id: second, name: 'Others' });
    await tx
      .insert(members)
      .values(onSecond.map((contactId) => ({ workspaceId, listId: second, contactId })));
  });
  const reaching = (...reached: ListId[]) =>
    mintScope(
      workspaceId,
      { kind: 'member', id: newId(UserId), role: 'marketer' },
      new Map(reached.map((id) => [id, 'view'])),
    );
  const all = async (as: Scope, filter: ContactFilter) => {
    const ids: ContactId[] = [];
    let cursor: string | null = null;
    do {
      const page = await listContacts(as, { ...filter, cursor, limit: 7 });
      ids.push(...page.rows.map((row) => row.id));
      cursor = page.next;
    } while (cursor);
    return ids;
  };
  const both = [...new Set([...onList, ...onSecond])].sort();
  const two = reaching(listId, second);
  expect(await all(two, {})).toEqual([...both].reverse());
  for (const filter of [{ sort: 'email' }, { search: 'sam' }] as const) {
    const everything = await all(scope, filter);
    expect(await all(two, filter)).toEqual(everything.filter((id) => both.includes(id)));
  }
  expect(await all(reaching(second), {})).toEqual([...onSecond].sort().reverse());
  expect(await all(reaching(second), { listId })).toEqual([]);
  expect(await all(reaching(), {})).toEqual([]);
});

const emails = async (search: string, more: ContactFilter = {}) =>
  (await listContacts(scope, { ...more, search })).rows.map((row) => row.email);

/** Every page from the first on, by `next`. */
async function forwards(filter: ContactFilter): Promise<ContactId[][]> {
  const pages: ContactId[][] = [];
  let cursor: string | null = null;
  do {
    const page = await listContacts(scope, { ...filter, cursor });
    pages.push(page.rows.map((row) => row.id));
    cursor = page.next;
  } while (cursor && pages.length < 100);
  return pages;
}

/** Every row from the last page back, by `previous`. */
async function backwards(filter: ContactFilter): Promise<ContactId[]> {
  let rows: ContactId[] = [];
  let cursor: string | null = lastPage;
  for (let turn = 0; cursor && turn < 100; turn++) {
    const page = await listContacts(scope, { ...filter, cursor });
    const seen = new Set(rows);
    // The first page is full even when fewer are left before it: what was seen already is not counted twice.
    rows = [...page.rows.map((row) => row.id).filter((id) => !seen.has(id)), ...rows];
    cursor = page.previous;
  }
  return rows;
}

describe('pages', () => {
  const ways: [string, ContactFilter, () => ContactId[]][] = [
    ['the newest first', {}, () => everybody],
    ['by e-mail, those without one at the end', { sort: 'email' }, () => everybody],
    ['of a list', {}, () => onList],
    ['of a list by e-mail', { sort: 'email' }, () => onList],
    ['of a search over equal names', { search: 'sam' }, () => []],
    ['of a search of a domain', { search: '@twins' }, () => []],
  ];
  test.each(ways)('%s are complete without doubles, forwards and backwards', async (name, way, expected) => {
    const filter = { ...way, limit: 7, ...(name.includes('of a list') && { listId }) };
    const pages = await forwards(filter);
    const rows = pages.flat();
    expect(new Set(rows).size).toBe(rows.length);
    if (expected().length > 0) expect([...rows].sort()).toEqual([...expected()].sort());
    else expect(rows.length).toBeGreaterThanOrEqual(40);
    expect(pages.slice(0, -1).every((page) => page.length === 7)).toBe(true);
    expect(await backwards(filter)).toEqual(rows);
  });

  test('are in order', async () => {
    const newest = (await forwards({ limit: 7 })).flat();
    expect(newest).toEqual([...newest].sort().reverse());
    const sorted = await listContacts(scope, { sort: 'email', limit: 100 });
    const addresses = sorted.rows.flatMap((row) => row.email ?? []);
    expect(addresses).toEqual([...addresses].sort());
    expect(sorted.rows.slice(-7).every((row) => row.email === null)).toBe(true);
  });

  test('the first has no previous, the last no next', async () => {
    const first = await listContacts(scope, { limit: 7 });
    expect(first.previous).toBeNull();
    const last = await listContacts(scope, { limit: 7, cursor: lastPage });
    expect(last.next).toBeNull();
    expect(last.rows).toHaveLength(7);
    const all = await listContacts(scope, { limit: 100, cursor: lastPage });
    expect([all.next, all.previous, all.rows.length]).toEqual([null, null, everybody.length]);
  });

  test('a cursor that is none, or of another order, shows the first page or a page, never an error', async () => {
    const first = await listContacts(scope, { limit: 7 });
    const odd = [
      'x',
      'e30',
      btoa('{"d":"after","k":["0","\\u0000","x"]}'),
      btoa('{"d":"after","k":["99","a","b"]}'),
    ];
    for (const cursor of odd)
      expect((await listContacts(scope, { limit: 7, cursor })).rows).toEqual(first.rows);
    const other = await listContacts(scope, { sort: 'email', limit: 7, cursor: first.next });
    expect(other.rows.length).toBeGreaterThan(0);
  });
});

describe('a search', () => {
  test('finds the beginning of an address, then of a name, then of a last name, each person once', async () => {
    expect(await emails('ann')).toEqual(['ann@example.com', 'annabel@example.org', 'x1@sub.example.net']);
  });
  test('does not find the middle of a word', async () => {
    expect(await emails('oanna')).toEqual([]);
    expect(await emails('xample.com')).toEqual([]);
  });
  test('finds "first last" across case and accents as they are written', async () => {
    expect(await emails('ANN  le')).toEqual(['ann@example.com']);
    expect(await emails('zoë ü')).toEqual(['zoe@example.net']);
    expect(await emails('ÜNAL')).toEqual(['zoe@example.net']);
  });
  test('finds a mail domain by @', async () => {
    expect(await emails('@example.net')).toEqual(expect.arrayContaining(['zoe@example.net']));
    expect(await emails('@example.net')).not.toContain('x1@sub.example.net');
    expect(await emails('@sub.')).toEqual(['x1@sub.example.net']);
  });
  test('takes wildcards and quotes for what they are', async () => {
    expect(await emails('%')).toEqual(['100%_\\@example.net']);
    expect(await emails('100%_\\')).toEqual(['100%_\\@example.net']);
    expect(await emails("o'neil;")).toEqual(['100%_\\@example.net']);
    expect(await emails('_')).toEqual([]);
  });
  test('within a list finds only its contacts', async () => {
    const found = await listContacts(scope, { search: 'sam', listId, limit: 100 });
    expect(found.rows.length).toBeGreaterThan(10);
    for (const row of found.rows) expect(onList).toContain(row.id);
  });
  test('of nothing shows all', async () => {
    const all = await listContacts(scope, {});
    for (const search of ['', '  ', '\0', '@', '\t\n'])
      expect((await listContacts(scope, { search })).rows).toEqual(all.rows);
  });
  test('survives any input', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 300 }), fc.string(), async (search, cursor) => {
        const page = await listContacts(scope, { search, cursor, limit: 5 });
        for (const row of page.rows) expect(everybody).toContain(row.id);
      }),
      { numRuns: 60 },
    );
    expect(await emails('\ud800')).toEqual([]);
  });
});

test('no page and no search shows a neighbour, nor their list', async () => {
  const theirs = await listContacts(neighbour, { limit: 100 });
  expect(theirs.rows).toHaveLength(45);
  for (const row of theirs.rows) expect(everybody).not.toContain(row.id);
  expect((await listContacts(neighbour, { listId })).rows).toEqual([]);
});

test('a row says what somebody agreed to, and what stops each channel', async () => {
  const { scope: own } = await testWorkspace('Channels');
  await insert(own, [
    { email: 'ann@example.com', phone: '+4930901820', smsSubscribed: true },
    { email: 'ben@example.com', phone: '+4930901821', smsSubscribed: true },
    { email: 'cleo@example.com' },
  ]);
  await inScope(own, (tx) =>
    tx.insert(suppressions).values({
      ...{ workspaceId: own.workspaceId, id: uuidv7(), channel: 'sms', address: '+4930901821' },
      reason: 'opted_out',
    }),
  );
  const { rows } = await listContacts(own, { sort: 'email' });
  expect(rows.map((row) => [row.smsSubscribed, row.suppression, row.textSuppression])).toEqual([
    [true, null, null],
    [true, null, 'opted_out'],
    [false, null, null],
  ]);
});

type Node = { 'Node Type': string; rows: number; Plans: Node[] };
const Node: z.ZodType<Node> = z.lazy(() =>
  z
    .object({
      'Node Type': z.string(),
      'Actual Rows': z.number(),
      'Actual Loops': z.number(),
      'Rows Removed by Filter': z.number().default(0),
      'Rows Removed by Index Recheck': z.number().default(0),
      Plans: z.array(Node).default([]),
    })
    .transform((node) => ({
      'Node Type': node['Node Type'],
      rows:
        (node['Actual Rows'] + node['Rows Removed by Filter'] + node['Rows Removed by Index Recheck']) *
        node['Actual Loops'],
      Plans: node.Plans,
    })),
);
const Plans = z.tuple([z.object({ 'QUERY PLAN': z.tuple([z.object({ Plan: Node })]) })]);

const nodesOf = (node: Node): Node[] => [node, ...node.Plans.flatMap(nodesOf)];

test('a page of a list reads its own rows, also while the planner knows nothing of the workspace', async () => {
  const many = async (name: string, count: number) => {
    const { scope } = await testWorkspace(name);
    const { workspaceId } = scope;
    const listId = newId(ListId);
    const people = Array.from({ length: count }, (_, n) => ({ email: `p${n}@example.com` }));
    const ids: ContactId[] = [];
    for (let from = 0; from < count; from += 2000)
      ids.push(...(await insert(scope, people.slice(from, from + 2000))));
    await inScope(scope, async (tx) => {
      await tx.insert(lists).values({ workspaceId, id: listId, name });
      for (let from = 0; from < count; from += 2000)
        await tx
          .insert(members)
          .values(ids.slice(from, from + 2000).map((contactId) => ({ workspaceId, listId, contactId })));
    });
    return { scope, listId };
  };
  await many('Known', 6000);
  await unsafeDatabase().execute(sql`analyze`);
  const fresh = await many('Fresh', 3000);
  const middle = await listContacts(fresh.scope, { listId: fresh.listId, limit: 50 });
  const last = middle.rows.at(-1);
  if (!last) throw new Error('the list has members');

  const nodes = await inScope(fresh.scope, async (tx) => {
    const source = await sourceOf(tx, fresh.scope, { listId: fresh.listId });
    const [stretch] = source?.stretches ?? [];
    if (!source || !stretch) throw new Error('the list is there');
    const parts = [undefined, { key: '', id: last.id }].flatMap((from) =>
      [true, false].map((backwards) => ({ from, backwards, limit: 51 })),
    );
    const found: Node[] = [];
    for (const part of parts) {
      const query = stretchQuery(tx, source, stretch, part).getSQL();
      const plans = await tx.execute(sql`explain (analyze, timing off, format json) ${query}`);
      found.push(...nodesOf(Plans.parse([...plans])[0]['QUERY PLAN'][0].Plan));
    }
    return found;
  });
  expect(nodes.some((node) => node['Node Type'].includes('Scan'))).toBe(true);
  for (const node of nodes) {
    expect(node['Node Type']).not.toMatch(/Join|Nested Loop/);
    expect(node.rows).toBeLessThanOrEqual(51);
  }
});
