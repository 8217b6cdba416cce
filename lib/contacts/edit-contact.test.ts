import { eq } from 'drizzle-orm';
import { beforeEach, describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { mintScope, type Scope } from '../auth/scope';
import { testList } from '../campaigns/testing';
import { contactEvents } from '../db/schema/deliveries';
import { contacts, listContacts } from '../db/schema/lists';
import { auditLog } from '../db/schema/operation';
import { workspaces } from '../db/schema/workspaces';
import { inScope } from '../db/scoped';
import { type ContactId, ListId, newId, UserId } from '../ids';
import { createList } from '../lists/lists';
import { testWorkspace } from '../workspaces/testing';
import { attributeEntries, readAttributes } from './attributes';
import { contactHistory } from './contact-history';
import { ContactInput } from './contact-input';
import { createContact, editContact } from './edit-contact';
import { findContact } from './find-contact';

let scope: Scope;
beforeEach(async () => {
  ({ scope } = await testWorkspace());
});

const input = (changes: Partial<z.input<typeof ContactInput>> = {}) =>
  ContactInput.parse({
    email: 'Ann.Lee@Example.com',
    phone: '',
    firstName: ' Ann\r\nBcc: x ',
    lastName: 'Lee',
    timeZone: 'Europe/Berlin',
    emailSubscribed: true,
    ...changes,
  });

async function add(changes = {}): Promise<ContactId> {
  const made = await createContact(scope, input(changes));
  if (!made.ok) throw new Error(made.problem.message);
  return made.value.id;
}

const find = async (id: ContactId) => {
  const found = await findContact(scope, id);
  if (!found.ok) throw new Error(found.problem.message);
  return found.value;
};
const events = (id: ContactId) =>
  inScope(scope, async (tx) => {
    const rows = await tx
      .select({ type: contactEvents.type })
      .from(contactEvents)
      .where(eq(contactEvents.contactId, id))
      .orderBy(contactEvents.id);
    return rows.map((row) => row.type);
  });
const audits = () =>
  inScope(scope, async (tx) => {
    const rows = await tx.select({ action: auditLog.action }).from(auditLog).orderBy(auditLog.id);
    return rows.map((row) => row.action).filter((action) => action.startsWith('contact.'));
  });
const total = async () => {
  const rows = await inScope(scope, (tx) =>
    tx
      .select({ count: workspaces.contactCount })
      .from(workspaces)
      .where(eq(workspaces.id, scope.workspaceId)),
  );
  return rows[0]?.count;
};

describe('adding a contact', () => {
  test('keeps the address in lower case, names on one line, and notes it', async () => {
    const contact = await find(await add());
    expect(contact).toMatchObject({
      email: 'ann.lee@example.com',
      firstName: 'Ann Bcc: x',
      emailSubscribed: true,
      emailUnsubscribedAt: null,
    });
    expect(await events(contact.id)).toEqual(['created']);
    expect(await audits()).toEqual(['contact.created']);
    expect(await total()).toBe(1);
  });

  test('the same address in another case is a conflict that names the contact, and changes nothing', async () => {
    const id = await add();
    const again = await createContact(scope, input({ email: 'ANN.LEE@example.COM', firstName: 'Other' }));
    expect(again).toMatchObject({ ok: false, problem: { code: 'conflict', fields: { contactId: id } } });
    expect((await find(id)).firstName).toBe('Ann Bcc: x');
    expect(await events(id)).toEqual(['created']);
    expect(await audits()).toEqual(['contact.created']);
    expect(await total()).toBe(1);
  });

  test('the same address in another workspace is none', async () => {
    await add();
    const { scope: other } = await testWorkspace('Other');
    expect(await createContact(other, input())).toMatchObject({ ok: true });
  });

  test('two at once make one', async () => {
    const both = await Promise.all([createContact(scope, input()), createContact(scope, input())]);
    expect(both.filter((result) => result.ok)).toHaveLength(1);
    expect(await total()).toBe(1);
  });

  test('puts it on the lists named, which must be there, active and ours', async () => {
    const list = await createList(scope, { name: 'News' });
    const { scope: other } = await testWorkspace('Other');
    const foreign = await createList(other, { name: 'Theirs' });
    if (!list.ok || !foreign.ok) throw new Error('lists are made');
    for (const strange of [foreign.value.id, newId(ListId)])
      expect(await createContact(scope, { ...input(), listIds: [list.value.id, strange] })).toMatchObject({
        problem: { code: 'not_found' },
      });
    expect(await total()).toBe(0);
    const made = await createContact(scope, { ...input(), listIds: [list.value.id] });
    if (!made.ok) throw new Error(made.problem.message);
    expect((await find(made.value.id)).lists.map((on) => on.name)).toEqual(['News']);
    expect((await events(made.value.id)).sort()).toEqual(['added_to_list', 'created']);
  });

  test('reads a phone as it is dialled in the workspace’s country', async () => {
    expect((await find(await add({ email: '', phone: '030 901820' }))).phone).toBe('+4930901820');
    expect((await find(await add({ email: '', phone: ' 0044 20 7946 0018' }))).phone).toBe('+442079460018');
    expect(await createContact(scope, input({ email: 'b@example.com', phone: '12' }))).toMatchObject({
      ok: false,
      problem: { code: 'invalid', fields: { phone: expect.any(String) } },
    });
    expect(await createContact(scope, input({ email: '' }))).toMatchObject({ problem: { code: 'invalid' } });
    expect(await total()).toBe(2);
  });

  test.each([
    'ann',
    'ann@',
    '@example.com',
    'a b@example.com',
    'a@b',
    'a@example..com',
    'a@example.com\r\nBcc:x',
  ])('refuses the address %j', (email) => {
    const parsed = ContactInput.safeParse({ ...input(), phone: '', timeZone: '', email });
    expect(parsed.success).toBe(false);
  });
});

describe('editing a contact', () => {
  test('changes what is named, and notes which fields', async () => {
    const id = await add();
    const edited = await editContact(scope, id, { lastName: 'Li', attributes: { city: 'Rome' } });
    expect(edited).toEqual({ ok: true, value: { changed: true } });
    expect(await find(id)).toMatchObject({
      lastName: 'Li',
      email: 'ann.lee@example.com',
      attributes: { city: 'Rome' },
    });
    expect(await events(id)).toEqual(['created', 'edited']);
    expect(await audits()).toEqual(['contact.created', 'contact.edited']);
  });

  test('without a difference writes nothing', async () => {
    const id = await add();
    await editContact(scope, id, { attributes: { b: 2, a: 1 } });
    const before = await find(id);
    const same = await editContact(scope, id, { ...input(), attributes: { a: 1, b: 2 } });
    expect(same).toEqual({ ok: true, value: { changed: false } });
    expect(await find(id)).toEqual(before);
    expect(await events(id)).toEqual(['created', 'edited']);
  });

  test('an address that is taken is a conflict that names who has it', async () => {
    const ann = await add();
    const ben = await add({ email: 'ben@example.com' });
    const taken = await editContact(scope, ben, { email: 'ann.lee@example.com', firstName: 'X' });
    expect(taken).toMatchObject({ problem: { code: 'conflict', fields: { contactId: ann } } });
    expect(await find(ben)).toMatchObject({ email: 'ben@example.com', firstName: 'Ann Bcc: x' });
  });

  test('consent is noted by itself, with its time', async () => {
    const id = await add();
    await editContact(scope, id, { emailSubscribed: false });
    expect((await find(id)).emailUnsubscribedAt).toBeInstanceOf(Date);
    await editContact(scope, id, { emailSubscribed: true });
    expect((await find(id)).emailUnsubscribedAt).toBeNull();
    expect(await events(id)).toEqual(['created', 'unsubscribed', 'resubscribed']);
  });

  test('somebody else’s contact does not exist, and stays as it is', async () => {
    const id = await add();
    const { scope: other } = await testWorkspace('Other');
    expect(await editContact(other, id, { firstName: 'Hacked' })).toMatchObject({
      problem: { code: 'not_found' },
    });
    expect(await findContact(other, id)).toMatchObject({ problem: { code: 'not_found' } });
    expect((await contactHistory(other, id)).rows).toEqual([]);
    expect((await find(id)).firstName).toBe('Ann Bcc: x');
  });
});

test('a form keeps the kinds of attributes that it shows as text', () => {
  const old = { n: 3, yes: true, text: '7', deep: { a: [1] }, none: null };
  expect(readAttributes(old, attributeEntries(old))).toEqual({ ...old });
  const changed = readAttributes(old, [
    { name: 'n', value: '4' },
    { name: 'yes', value: 'false' },
    { name: 'text', value: '8' },
    { name: 'fresh', value: '1' },
  ]);
  expect(changed).toEqual({ n: 4, yes: false, text: '8', fresh: '1' });
});

test('history is told newest first, in pages that neither skip nor repeat', async () => {
  const id = await add();
  for (let n = 0; n < 70; n++) await editContact(scope, id, { firstName: `Ann ${n}` });
  const first = await contactHistory(scope, id);
  const second = await contactHistory(scope, id, first.next);
  const third = await contactHistory(scope, id, second.next);
  const ids = [...first.rows, ...second.rows, ...third.rows].map((entry) => entry.id);
  expect(ids).toHaveLength(71);
  expect(ids).toEqual([...new Set(ids)].sort().reverse());
  expect([first.previous, third.next]).toEqual([null, null]);
  expect((await contactHistory(scope, id, third.previous)).rows).toEqual(second.rows);
  expect((await contactHistory(scope, id, second.previous)).rows).toEqual(first.rows);
});

test('the columns that a search compares follow the names', async () => {
  const id = await add({ firstName: 'ÉLODIE', lastName: 'de Sá' });
  const [row] = await inScope(scope, (tx) =>
    tx
      .select({ name: contacts.nameKey, last: contacts.lastNameKey, domain: contacts.domain })
      .from(contacts)
      .where(eq(contacts.id, id)),
  );
  expect(row).toEqual({ name: 'élodie de sá', last: 'de sá', domain: 'example.com' });
});

test('whoever may change one of its lists gives a contact no other address: those of the other lists would be written to', async () => {
  const [one, other] = [(await testList(scope, 0)).listId, (await testList(scope, 0)).listId];
  const id = await add({ phone: '+49 30 901820' });
  const { workspaceId } = scope;
  await inScope(scope, (tx) =>
    tx.insert(listContacts).values([one, other].map((listId) => ({ workspaceId, listId, contactId: id }))),
  );
  const marketer = (...lists: ListId[]) =>
    mintScope(
      workspaceId,
      { kind: 'member', id: newId(UserId), role: 'marketer' },
      new Map(lists.map((listId) => [listId, 'edit'])),
    );
  const before = await find(id);
  for (const changes of [{ email: 'evil@example.com' }, { phone: '+49 30 901821' }, { phone: null }])
    expect(await editContact(marketer(one), id, changes)).toMatchObject({
      ok: false,
      problem: { code: 'forbidden' },
    });
  expect(await find(id)).toEqual(before);
  expect(await editContact(marketer(one), id, { firstName: 'Zoë', email: before.email })).toMatchObject({
    ok: true,
  });
  expect(await editContact(marketer(one, other), id, { email: 'zoe@example.com' })).toMatchObject({
    ok: true,
  });
  expect(await find(id)).toMatchObject({ firstName: 'Zoë', email: 'zoe@example.com' });
});
