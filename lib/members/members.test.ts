import { eq } from 'drizzle-orm';
import { beforeEach, describe, expect, test } from 'vitest';
import { createApiKey } from '../api-keys/create-key';
import { NewApiKey } from '../api-keys/key-input';
import { listApiKeys } from '../api-keys/list-keys';
import { memberScope, tokenScope } from '../auth/principals';
import { type Scope, userOf } from '../auth/scope';
import { invitations, members } from '../db/schema/workspaces';
import { inScope } from '../db/scoped';
import { type Role, roles } from '../db/states';
import { type ListId, newId, UserId } from '../ids';
import { createList } from '../lists/lists';
import { testWorkspace } from '../workspaces/testing';
import { inviteMember, listInvitations } from './invitations';
import { setListAccess } from './list-access';
import { changeRole, findMember, leaveWorkspace, listMembers, removeMember } from './members';
import { entries, newMember, newPerson, scopeOf } from './testing';

let owner: Scope;
let other: Scope;
beforeEach(async () => {
  ({ scope: owner } = await testWorkspace('Here'));
  ({ scope: other } = await testWorkspace('There'));
});

const idOf = (scope: Scope): UserId => {
  const id = userOf(scope);
  if (!id) throw new Error('a member has an id');
  return id;
};
async function list(name: string): Promise<ListId> {
  const made = await createList(owner, { name });
  if (!made.ok) throw new Error(made.problem.message);
  return made.value.id;
}
const rolesNow = async (scope = owner) =>
  Object.fromEntries((await listMembers(scope)).map((row) => [row.userId, row.role]));
const code = (result: { ok: true } | { ok: false; problem: { code: string } }) =>
  result.ok ? 'ok' : result.problem.code;

describe('the members of a workspace', () => {
  test('are listed with their lists, and only those of this one', async () => {
    const mia = await newMember(owner, 'marketer', 'Mia');
    const vic = await newMember(owner, 'viewer', 'Vic');
    const news = await list('News');
    await setListAccess(owner, { listId: news, userId: mia.id, access: 'edit' });
    const rows = await listMembers(owner);
    expect(rows.map(({ name, role, lists }) => ({ name, role, lists }))).toEqual([
      { name: 'Ann Owner', role: 'owner', lists: [] },
      { name: 'Mia', role: 'marketer', lists: [{ id: news, name: 'News', access: 'edit' }] },
      { name: 'Vic', role: 'viewer', lists: [] },
    ]);
    expect(await listMembers(other)).toHaveLength(1);
    expect(code(await findMember(owner, vic.id))).toBe('ok');
    expect(code(await findMember(other, vic.id))).toBe('not_found');
  });

  test('get another role at once, and a former marketer keeps no grants', async () => {
    const mia = await newMember(owner, 'marketer');
    const news = await list('News');
    await setListAccess(owner, { listId: news, userId: mia.id, access: 'send' });
    expect((await scopeOf(owner, mia)).lists).toEqual(new Map([[news, 'send']]));
    expect(await changeRole(owner, mia.id, 'viewer')).toEqual({ ok: true, value: { role: 'viewer' } });
    expect(await scopeOf(owner, mia)).toMatchObject({ lists: 'all', by: { role: 'viewer' } });
    await changeRole(owner, mia.id, 'marketer');
    expect((await scopeOf(owner, mia)).lists).toEqual(new Map());
    await changeRole(owner, mia.id, 'marketer'); // changes nothing, and is not noted
    expect(await entries(owner)).toEqual([
      { action: 'member.list_access_changed', userId: idOf(owner), targetId: mia.id },
      { action: 'member.role_changed', userId: idOf(owner), targetId: mia.id },
      { action: 'member.role_changed', userId: idOf(owner), targetId: mia.id },
    ]);
  });

  test('lose the keys that they made with the rights to make them', async () => {
    const admin = await newMember(owner, 'admin');
    const boss = await newMember(owner, 'owner');
    const key = async (of: Scope, role: Role) => {
      const made = await createApiKey(of, NewApiKey.parse({ name: `Key of ${role}`, role }));
      if (!made.ok) throw new Error(made.problem.message);
      return made.value.token;
    };
    const mine = await key(owner, 'admin');
    const theirs = await key(await scopeOf(owner, admin), 'admin');
    const [asOwner, asAdmin] = [
      await key(await scopeOf(owner, boss), 'owner'),
      await key(await scopeOf(owner, boss), 'admin'),
    ];
    const opens = async (token: string) => (await tokenScope(token, null)) !== undefined;
    await changeRole(owner, boss.id, 'admin');
    expect([await opens(asOwner), await opens(asAdmin)]).toEqual([false, true]);
    await changeRole(owner, admin.id, 'viewer');
    expect(await opens(theirs)).toBe(false);
    await removeMember(owner, boss.id);
    expect([await opens(asAdmin), await opens(mine)]).toEqual([false, true]);
    expect((await listApiKeys(owner)).map(({ state }) => state)).toEqual([
      'active',
      'revoked',
      'revoked',
      'revoked',
    ]);
  });

  test('are out at once when removed, with their grants and the invitations that they made', async () => {
    const admin = await newMember(owner, 'admin');
    const mia = await newMember(owner, 'marketer');
    const news = await list('News');
    await setListAccess(owner, { listId: news, userId: mia.id, access: 'send' });
    const back = { email: null, role: 'admin' as const, grants: [] };
    await inviteMember(await scopeOf(owner, admin), back);
    await inviteMember(owner, back);
    expect(code(await removeMember(owner, mia.id))).toBe('ok');
    expect(code(await removeMember(owner, admin.id))).toBe('ok');
    expect(await memberScope(owner.workspaceId, mia.id)).toBeUndefined();
    expect((await listMembers(owner)).map((row) => row.role)).toEqual(['owner']);
    expect((await listInvitations(owner)).map((row) => row.invitedBy)).toEqual(['Ann Owner']);
    // Back again, they begin with nothing.
    await inScope(owner, (tx) =>
      tx.insert(members).values({ workspaceId: owner.workspaceId, userId: mia.id, role: 'marketer' }),
    );
    expect((await scopeOf(owner, mia)).lists).toEqual(new Map());
    expect((await entries(owner)).map((entry) => entry.action)).toContain('member.removed');
  });

  test('of another workspace cannot be touched, and nobody learns whether they exist', async () => {
    const theirs = await newMember(other, 'marketer');
    const nobody = newId(UserId);
    const before = await rolesNow(other);
    for (const id of [theirs.id, nobody]) {
      expect(await changeRole(owner, id, 'viewer')).toEqual(await changeRole(owner, nobody, 'viewer'));
      expect(await removeMember(owner, id)).toEqual(await removeMember(owner, nobody));
      expect(code(await removeMember(owner, id))).toBe('not_found');
    }
    expect(await rolesNow(other)).toEqual(before);
    expect(await entries(owner)).toEqual([]);
  });
});

describe('rights to change members', () => {
  test.each(['marketer', 'viewer'] as const)('are none of a %s', async (role) => {
    const acting = await scopeOf(owner, await newMember(owner, role));
    const vic = await newMember(owner, 'viewer');
    const before = await rolesNow();
    expect(code(await changeRole(acting, vic.id, 'admin'))).toBe('forbidden');
    expect(code(await changeRole(acting, idOf(acting), 'admin'))).toBe('forbidden');
    expect(code(await removeMember(acting, vic.id))).toBe('forbidden');
    expect(code(await inviteMember(acting, { email: null, role: 'viewer', grants: [] }))).toBe('forbidden');
    expect(await rolesNow()).toEqual(before);
    expect(await listInvitations(owner)).toEqual([]);
    expect(await entries(owner)).toEqual([]);
  });

  test('of an admin end at owners', async () => {
    const admin = await scopeOf(owner, await newMember(owner, 'admin'));
    const vic = await newMember(owner, 'viewer');
    const before = await rolesNow();
    expect(code(await changeRole(admin, idOf(admin), 'owner'))).toBe('forbidden');
    expect(code(await changeRole(admin, vic.id, 'owner'))).toBe('forbidden');
    expect(code(await changeRole(admin, idOf(owner), 'viewer'))).toBe('forbidden');
    expect(code(await removeMember(admin, idOf(owner)))).toBe('forbidden');
    expect(await rolesNow()).toEqual(before);
    expect(code(await changeRole(admin, vic.id, 'admin'))).toBe('ok');
  });

  test('are those of the moment, not of the scope that was read before', async () => {
    const admin = await newMember(owner, 'admin');
    const stale = await scopeOf(owner, admin);
    await changeRole(owner, admin.id, 'viewer');
    expect(code(await changeRole(stale, admin.id, 'admin'))).toBe('forbidden');
    expect(code(await inviteMember(stale, { email: null, role: 'admin', grants: [] }))).toBe('forbidden');
    await removeMember(owner, admin.id);
    expect(code(await leaveWorkspace(stale))).toBe('not_found');
    expect(await rolesNow()).toEqual({ [idOf(owner)]: 'owner' });
  });
});

describe('the last owner', () => {
  test('cannot be removed, leave, or lose the role', async () => {
    await newMember(owner, 'admin');
    const before = await rolesNow();
    for (const role of roles.filter((one) => one !== 'owner'))
      expect(code(await changeRole(owner, idOf(owner), role))).toBe('conflict');
    expect(code(await removeMember(owner, idOf(owner)))).toBe('conflict');
    expect(code(await leaveWorkspace(owner))).toBe('conflict');
    expect(await rolesNow()).toEqual(before);
    expect(await entries(owner)).toEqual([]);
  });

  test.each([
    ['leave', (scope: Scope) => leaveWorkspace(scope)],
    ['give the role up', (scope: Scope) => changeRole(scope, idOf(scope), 'viewer')],
    ['remove themselves', (scope: Scope) => removeMember(scope, idOf(scope))],
  ])('is one of many, when all %s at the same time', async (_, go) => {
    const all = [owner];
    for (let n = 0; n < 4; n++) all.push(await scopeOf(owner, await newMember(owner, 'owner')));
    const codes = await Promise.all(all.map(async (scope) => code(await go(scope))));
    expect(codes.filter((one) => one === 'ok')).toHaveLength(4);
    expect(codes.filter((one) => one === 'conflict')).toHaveLength(1);
    const left = Object.values(await rolesNow()).filter((role: Role) => role === 'owner');
    expect(left).toHaveLength(1);
  });

  test('remains when two take the role from each other at the same time', async () => {
    const second = await scopeOf(owner, await newMember(owner, 'owner'));
    const codes = await Promise.all([
      changeRole(owner, idOf(second), 'viewer'),
      changeRole(second, idOf(owner), 'viewer'),
    ]);
    expect(codes.map(code).sort()).toEqual(['forbidden', 'ok']);
    expect(Object.values(await rolesNow()).sort()).toEqual(['owner', 'viewer']);
  });
});

test('whoever leaves is out of this workspace and of no other', async () => {
  const mia = await newPerson();
  for (const scope of [owner, other])
    await inScope(scope, (tx) =>
      tx.insert(members).values({ workspaceId: scope.workspaceId, userId: mia.id, role: 'viewer' }),
    );
  expect(code(await leaveWorkspace(await scopeOf(owner, mia)))).toBe('ok');
  expect(await memberScope(owner.workspaceId, mia.id)).toBeUndefined();
  expect(await memberScope(other.workspaceId, mia.id)).toBeDefined();
  expect(await entries(owner)).toEqual([{ action: 'member.left', userId: mia.id, targetId: mia.id }]);
});

test('whoever is an owner no more has offered nobody to be one', async () => {
  const second = await scopeOf(owner, await newMember(owner, 'owner'));
  await inviteMember(second, { email: null, role: 'owner', grants: [] });
  await inviteMember(second, { email: null, role: 'viewer', grants: [] });
  await changeRole(owner, idOf(second), 'admin');
  expect((await listInvitations(owner)).map((row) => row.role)).toEqual(['viewer']);
  await changeRole(owner, idOf(second), 'marketer');
  const left = await inScope(owner, (tx) =>
    tx.select().from(invitations).where(eq(invitations.workspaceId, owner.workspaceId)),
  );
  expect(left).toEqual([]);
});
