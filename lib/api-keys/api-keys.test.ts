import { eq } from 'drizzle-orm';
import { beforeAll, expect, test } from 'vitest';
import { tokenScope } from '../auth/principals';
import { mintSystemScope, type Scope } from '../auth/scope';
import { apiKeys } from '../db/schema/access';
import { auditLog } from '../db/schema/operation';
import { inScope } from '../db/scoped';
import type { Role } from '../db/states';
import { ApiKeyId, ListId, newId } from '../ids';
import { createList } from '../lists/lists';
import { removeMember } from '../members/members';
import { newMember, scopeOf } from '../members/testing';
import { testWorkspace } from '../workspaces/testing';
import { createApiKey } from './create-key';
import { NewApiKey } from './key-input';
import { listApiKeys } from './list-keys';
import { revokeApiKey } from './revoke-key';

let owner: Scope;
let stranger: Scope;
beforeAll(async () => {
  owner = (await testWorkspace('Mine')).scope;
  stranger = (await testWorkspace('Theirs')).scope;
});

const as = async (role: Role): Promise<Scope> => scopeOf(owner, await newMember(owner, role));

async function newKey(scope: Scope, input: Partial<NewApiKey> = {}) {
  const made = await createApiKey(scope, NewApiKey.parse({ name: 'Shop', role: 'viewer', ...input }));
  if (!made.ok) throw new Error(made.problem.message);
  return made.value;
}

async function newList(scope: Scope, name: string): Promise<ListId> {
  const made = await createList(scope, { name });
  if (!made.ok) throw new Error(made.problem.message);
  return made.value.id;
}

const rowsOf = (scope: Scope, id: ApiKeyId) =>
  inScope(scope, (tx) => tx.select().from(apiKeys).where(eq(apiKeys.id, id)));

const auditOf = (scope: Scope, id: ApiKeyId) =>
  inScope(scope, (tx) =>
    tx
      .select({ action: auditLog.action, userId: auditLog.userId, detail: auditLog.detail })
      .from(auditLog)
      .where(eq(auditLog.targetId, id))
      .orderBy(auditLog.id),
  );

test('a key opens its workspace with its role and lists, is kept as a hash alone, and ends when it is revoked', async () => {
  const listId = await newList(owner, 'Readers');
  const { id, token } = await newKey(owner, {
    name: '  Web \n shop ',
    role: 'marketer',
    grants: [{ listId, access: 'edit' }],
  });
  expect(token).toMatch(/^ph_[\w-]{54}$/);
  expect(JSON.stringify(await rowsOf(owner, id))).not.toContain(token);
  expect(await tokenScope(token, null)).toMatchObject({
    workspaceId: owner.workspaceId,
    by: { kind: 'key', id, role: 'marketer' },
    lists: new Map([[listId, 'edit']]),
  });

  const [listed] = (await listApiKeys(owner)).filter((key) => key.id === id);
  expect(listed).toMatchObject({
    name: 'Web shop',
    hint: token.slice(-4),
    state: 'active',
    createdBy: 'Ann Owner',
    grants: [{ listId, name: 'Readers', access: 'edit' }],
    expiresAt: null,
  });
  expect(listed?.lastUsedAt).toBeInstanceOf(Date);

  expect(await revokeApiKey(owner, id)).toEqual({ ok: true, value: undefined });
  expect(await tokenScope(token, null)).toBeUndefined();
  expect((await revokeApiKey(owner, id)).ok).toBe(true); // again: it is what was wanted
  expect((await listApiKeys(owner)).find((key) => key.id === id)?.state).toBe('revoked');
  expect(await auditOf(owner, id)).toMatchObject([
    { action: 'api_key.created', detail: { name: 'Web shop', role: 'marketer' } },
    { action: 'api_key.revoked', detail: { name: 'Web shop' } },
  ]);
  expect(JSON.stringify(await auditOf(owner, id))).not.toContain(token);
});

test('a key that ran out opens nothing', async () => {
  const { id, token } = await newKey(owner, { expiresInDays: 1 });
  expect(await tokenScope(token, null)).toBeDefined();
  await inScope(owner, (tx) =>
    tx
      .update(apiKeys)
      .set({ expiresAt: new Date(Date.now() - 1000) })
      .where(eq(apiKeys.id, id)),
  );
  expect(await tokenScope(token, null)).toBeUndefined();
  expect((await listApiKeys(owner)).find((key) => key.id === id)?.state).toBe('expired');
});

test.each<[Role, Role, boolean]>([
  ['owner', 'owner', true],
  ['admin', 'owner', false],
  ['admin', 'admin', true],
  ['admin', 'marketer', true],
  ['marketer', 'admin', false],
  ['viewer', 'marketer', false],
])('somebody who is %s makes a key of %s: %s', async (own, role, may) => {
  const before = (await listApiKeys(owner)).length;
  const made = await createApiKey(await as(own), NewApiKey.parse({ name: 'K', role }));
  expect(made).toMatchObject(may ? { ok: true } : { ok: false, problem: { code: 'forbidden' } });
  expect(await listApiKeys(owner)).toHaveLength(before + (may ? 1 : 0));
});

test('the command line acts as the system and may make any key', async () => {
  const { id } = await newKey(mintSystemScope(owner.workspaceId), { role: 'owner' });
  expect(await auditOf(owner, id)).toMatchObject([{ action: 'api_key.created', userId: null }]);
  expect((await listApiKeys(owner)).find((key) => key.id === id)?.createdBy).toBeNull();
});

test('a list of another workspace is as one that never was, and no key is made', async () => {
  const foreign = await newList(stranger, 'Foreign');
  const before = await listApiKeys(owner);
  const answers = [];
  for (const listId of [foreign, newId(ListId)])
    answers.push(
      await createApiKey(
        owner,
        NewApiKey.parse({ name: 'K', role: 'marketer', grants: [{ listId, access: 'view' }] }),
      ),
    );
  expect(answers[0]).toMatchObject({ ok: false, problem: { code: 'not_found' } });
  expect(answers[1]).toEqual(answers[0]);
  expect(await listApiKeys(owner)).toEqual(before);
});

test('nobody sees or revokes a key of another workspace', async () => {
  const { id, token } = await newKey(owner);
  expect((await listApiKeys(stranger)).map((key) => key.id)).not.toContain(id);
  const answer = await revokeApiKey(stranger, id);
  expect(answer).toMatchObject({ ok: false, problem: { code: 'not_found' } });
  expect(await revokeApiKey(stranger, newId(ApiKeyId))).toEqual(answer);
  expect(await tokenScope(token, null)).toBeDefined();
});

test.each([
  { name: ' ' },
  { name: 'x'.repeat(101) },
  { role: 'root' },
  { role: 'owner', grants: [{ listId: newId(ListId), access: 'send' }] },
  { role: 'marketer', grants: [{ listId: newId(ListId), access: 'own' }] },
  { expiresInDays: 0 },
  { expiresInDays: 1.5 },
  { expiresInDays: 4000 },
])('%j is no key', (wrong) => {
  expect(NewApiKey.safeParse({ name: 'Shop', role: 'viewer', ...wrong }).success).toBe(false);
});

test('a list is named once', () => {
  const grant = { listId: newId(ListId), access: 'view' };
  expect(NewApiKey.safeParse({ name: 'S', role: 'marketer', grants: [grant, grant] }).success).toBe(false);
});

test('whoever was removed a moment ago makes no key', async () => {
  const admin = await newMember(owner, 'admin');
  const before = await scopeOf(owner, admin); // as their request had it
  await removeMember(owner, admin.id);
  const made = await createApiKey(before, NewApiKey.parse({ name: 'Late', role: 'admin' }));
  expect(made).toMatchObject({ ok: false, problem: { code: 'forbidden' } });
  expect((await listApiKeys(owner)).map(({ name }) => name)).not.toContain('Late');
});
