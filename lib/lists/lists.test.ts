import { asc, eq } from 'drizzle-orm';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Scope } from '../auth/scope';
import { createContact } from '../contacts/edit-contact';
import { listContacts } from '../contacts/list-contacts';
import { contactEvents } from '../db/schema/deliveries';
import { auditLog } from '../db/schema/operation';
import { inScope } from '../db/scoped';
import { ContactId, type ListId, newId } from '../ids';
import { testWorkspace } from '../workspaces/testing';
import { addToList, pasteToList, removeFromList } from './list-members';
import { archiveList, createList, findList, ListName, listLists, renameList, restoreList } from './lists';

let scope: Scope;
let other: Scope;
beforeEach(async () => {
  ({ scope } = await testWorkspace('Here'));
  ({ scope: other } = await testWorkspace('There'));
});

async function make(name: string, owner = scope): Promise<ListId> {
  const made = await createList(owner, { name });
  if (!made.ok) throw new Error(made.problem.message);
  return made.value.id;
}
async function person(email: string, owner = scope): Promise<ContactId> {
  const made = await createContact(owner, { email });
  if (!made.ok) throw new Error(made.problem.message);
  return made.value.id;
}
const names = async (archived = false) => (await listLists(scope, { archived })).map((list) => list.name);
const count = async (id: ListId) => {
  const found = await findList(scope, id);
  return found.ok ? found.value.contactCount : undefined;
};
const on = async (id: ListId) =>
  (await listContacts(scope, { listId: id, sort: 'email' })).rows.map((row) => row.email);
const actions = () =>
  inScope(scope, async (tx) => {
    const rows = await tx
      .select({ action: auditLog.action })
      .from(auditLog)
      .orderBy(asc(auditLog.createdAt), asc(auditLog.id));
    return rows.map((row) => row.action).filter((action) => action.startsWith('list.'));
  });

describe('names', () => {
  test('are unique among active lists, regardless of case', async () => {
    await make('News');
    expect(await createList(scope, { name: 'NEWS' })).toMatchObject({
      ok: false,
      problem: { code: 'conflict', fields: { name: expect.stringContaining('NEWS') } },
    });
    expect(await names()).toEqual(['News']);
    expect(await createList(other, { name: 'News' })).toMatchObject({ ok: true });
  });
  test('are free again once a list is archived, and keep it from being restored', async () => {
    const old = await make('News');
    await archiveList(scope, old);
    await make('news');
    expect(await restoreList(scope, old)).toMatchObject({ problem: { code: 'conflict' } });
    expect(await names()).toEqual(['news']);
    expect(await names(true)).toEqual(['News']);
    await renameList(scope, old, { name: 'Old news' });
    expect(await restoreList(scope, old)).toMatchObject({ ok: true });
    expect(await names()).toEqual(['news', 'Old news']);
    expect(await actions()).toEqual([
      'list.created',
      'list.archived',
      'list.created',
      'list.renamed',
      'list.restored',
    ]);
  });
  test('can change to themselves in another case, and not to another’s', async () => {
    const id = await make('News');
    await make('Friends');
    expect(await renameList(scope, id, { name: 'NEWS' })).toMatchObject({ ok: true });
    expect(await renameList(scope, id, { name: 'friends' })).toMatchObject({ problem: { code: 'conflict' } });
    expect(await names()).toEqual(['Friends', 'NEWS']);
  });
  test('are one line of 1 to 100 characters', () => {
    expect(ListName.parse(' a\r\nb\t c ')).toBe('a b c');
    expect(ListName.safeParse(' \n ').success).toBe(false);
    expect(ListName.safeParse('x'.repeat(101)).success).toBe(false);
  });
});

describe('contacts of a list', () => {
  test('are added once, counted, noted, and can be taken off and put back', async () => {
    const list = await make('News');
    const ann = await person('ann@example.com');
    const ben = await person('ben@example.com');
    const first = await addToList(scope, list, [ann, ben, ann]);
    expect(first.ok && [...first.value.added].sort()).toEqual([ann, ben].sort());
    expect(await addToList(scope, list, [ann])).toEqual({ ok: true, value: { added: [] } });
    expect(await count(list)).toBe(2);
    expect(await removeFromList(scope, list, [ann, newId(ContactId)])).toEqual({
      ok: true,
      value: { removed: [ann] },
    });
    expect([await count(list), await on(list)]).toEqual([1, ['ben@example.com']]);
    await addToList(scope, list, [ann]);
    expect(await count(list)).toBe(2);
    const noted = await inScope(scope, (tx) =>
      tx.select({ type: contactEvents.type }).from(contactEvents).where(eq(contactEvents.contactId, ann)),
    );
    expect(noted.map((row) => row.type).sort()).toEqual([
      'added_to_list',
      'added_to_list',
      'created',
      'removed_from_list',
    ]);
    expect(await actions()).toEqual([
      'list.created',
      'list.contacts_added',
      'list.contacts_removed',
      'list.contacts_added',
    ]);
  });

  test('cannot be somebody else’s, and their lists do not exist', async () => {
    const mine = await make('Mine');
    const theirs = await make('Theirs', other);
    const stranger = await person('eve@example.com', other);
    expect(await addToList(scope, mine, [stranger])).toEqual({ ok: true, value: { added: [] } });
    await addToList(other, theirs, [stranger]);
    const ann = await person('ann@example.com');
    for (const answer of [
      await addToList(scope, theirs, [ann]),
      await removeFromList(scope, theirs, [stranger]),
      await pasteToList(scope, theirs, 'new@example.com'),
      await renameList(scope, theirs, { name: 'Mine now' }),
      await archiveList(scope, theirs),
      await findList(scope, theirs),
    ])
      expect(answer).toMatchObject({ ok: false, problem: { code: 'not_found' } });
    const kept = await findList(other, theirs);
    expect(kept).toMatchObject({ ok: true, value: { name: 'Theirs', contactCount: 1, archivedAt: null } });
    expect((await listContacts(scope, { search: 'new@' })).rows).toEqual([]);
    expect(await count(mine)).toBe(0);
  });

  test('are not added to an archived list', async () => {
    const list = await make('News');
    const ann = await person('ann@example.com');
    await archiveList(scope, list);
    expect(await addToList(scope, list, [ann])).toMatchObject({ problem: { code: 'conflict' } });
    expect(await pasteToList(scope, list, 'x@example.com')).toMatchObject({ problem: { code: 'conflict' } });
    expect((await listContacts(scope, { search: 'x@' })).rows).toEqual([]);
  });
});

test('pasted text becomes contacts, whatever stands around the addresses', async () => {
  const list = await make('News');
  const ann = await person('ann@example.com');
  await addToList(scope, list, [ann]);
  await person('ben@example.com');
  const text = `ANN@example.com, "Lee, Ben" <Ben@Example.com>; mailto:cleo@example.org.
    dora@example.net\tDora\n broken@ @nobody cleo@example.org`;
  const pasted = await pasteToList(scope, list, text);
  expect(pasted).toMatchObject({
    ok: true,
    value: { created: 2, alreadyOnList: 1, invalid: ['broken@', '@nobody'] },
  });
  expect(pasted.ok && pasted.value.added).toHaveLength(3);
  expect(await on(list)).toEqual([
    'ann@example.com',
    'ben@example.com',
    'cleo@example.org',
    'dora@example.net',
  ]);
  const tooMany = Array.from({ length: 2001 }, (_, n) => `p${n}@example.com`).join('\n');
  expect(await pasteToList(scope, list, tooMany)).toMatchObject({ problem: { code: 'too_large' } });
  expect(await count(list)).toBe(4);
});
