import { beforeEach, expect, test } from 'vitest';
import { type Scope, userOf } from '../auth/scope';
import { listAccesses } from '../db/states';
import { ListId, newId } from '../ids';
import { createList, findList, renameList } from '../lists/lists';
import { authorChoices } from '../messages/author-choices';
import { testWorkspace } from '../workspaces/testing';
import { listsOfMember, marketersOfList, setListAccess } from './list-access';
import { entries, newMember, type Person, scopeOf } from './testing';

let owner: Scope;
let mia: Person;
let news: ListId;
let friends: ListId;

async function list(name: string, scope = owner): Promise<ListId> {
  const made = await createList(scope, { name });
  if (!made.ok) throw new Error(made.problem.message);
  return made.value.id;
}
const code = (result: { ok: true } | { ok: false; problem: { code: string } }) =>
  result.ok ? 'ok' : result.problem.code;

beforeEach(async () => {
  ({ scope: owner } = await testWorkspace('Here'));
  mia = await newMember(owner, 'marketer', 'Mia');
  news = await list('News');
  friends = await list('Friends');
});

test('a list grants what is set on it, from the next request on, and no other list does', async () => {
  const grant = (access: 'view' | 'edit' | 'send' | null) =>
    setListAccess(owner, { listId: news, userId: mia.id, access });
  const now = async () => {
    const scope = await scopeOf(owner, mia);
    const choices = await authorChoices(scope, 'email');
    return {
      sees: code(await findList(scope, news)),
      edits: code(await renameList(scope, news, { name: 'News' })),
      sends: choices.lists.map(({ id }) => id),
      other: code(await findList(scope, friends)),
    };
  };
  const none = { sees: 'not_found', edits: 'not_found', sends: [], other: 'not_found' };
  expect(await now()).toEqual(none);
  await grant('view');
  expect(await now()).toEqual({ ...none, sees: 'ok', edits: 'forbidden' });
  await grant('edit');
  expect(await now()).toEqual({ ...none, sees: 'ok', edits: 'ok' });
  await grant('send');
  expect(await now()).toEqual({ ...none, sees: 'ok', edits: 'ok', sends: [news] });
  await grant(null);
  expect(await now()).toEqual(none);
  expect(await grant(null)).toEqual({ ok: true, value: { changed: false } });
  expect(await entries(owner)).toEqual(
    Array.from({ length: 4 }, () => ({
      action: 'member.list_access_changed',
      userId: userOf(owner),
      targetId: mia.id,
    })),
  );
});

test('both pages show the same: the list’s its marketers, the member’s their lists', async () => {
  const max = await newMember(owner, 'marketer', 'Max');
  await newMember(owner, 'viewer', 'Vic');
  await setListAccess(owner, { listId: news, userId: mia.id, access: 'edit' });
  const there = await marketersOfList(owner, news);
  expect(there.ok && there.value.map(({ userId, access }) => ({ userId, access }))).toEqual([
    { userId: max.id, access: null },
    { userId: mia.id, access: 'edit' },
  ]);
  expect((await listsOfMember(owner, mia.id)).map(({ id, access }) => ({ id, access }))).toEqual([
    { id: friends, access: null },
    { id: news, access: 'edit' },
  ]);
});

test('nobody without a right to, nobody elsewhere and nobody without need is granted anything', async () => {
  const { scope: other } = await testWorkspace('There');
  const theirs = await list('Theirs', other);
  const stranger = await newMember(other, 'marketer');
  const vic = await newMember(owner, 'viewer');
  const self = await scopeOf(owner, mia);
  const viewer = await scopeOf(owner, vic);
  for (const access of listAccesses) {
    const to = (scope: Scope, listId: ListId, userId = mia.id) =>
      setListAccess(scope, { listId, userId, access });
    expect(code(await to(self, news))).toBe('forbidden');
    expect(code(await to(viewer, news))).toBe('forbidden');
    expect(code(await to(owner, theirs))).toBe('not_found');
    expect(await to(owner, theirs)).toEqual(await to(owner, newId(ListId)));
    expect(code(await to(owner, news, stranger.id))).toBe('not_found');
    expect(code(await to(owner, news, vic.id))).toBe('conflict');
  }
  expect((await scopeOf(owner, mia)).lists).toEqual(new Map());
  expect((await scopeOf(other, stranger)).lists).toEqual(new Map());
  expect(await entries(owner)).toEqual([]);
  expect(code(await marketersOfList(owner, theirs))).toBe('not_found');
});

test('a marketer may send to a list that they make, and an admin can take it from them', async () => {
  const made = await createList(await scopeOf(owner, mia), { name: 'Own' });
  if (!made.ok) throw new Error(made.problem.message);
  expect((await scopeOf(owner, mia)).lists).toEqual(new Map([[made.value.id, 'send']]));
  await setListAccess(owner, { listId: made.value.id, userId: mia.id, access: 'view' });
  expect((await scopeOf(owner, mia)).lists).toEqual(new Map([[made.value.id, 'view']]));
});
