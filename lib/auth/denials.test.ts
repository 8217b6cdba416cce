import { eq, sql } from 'drizzle-orm';
import { beforeEach, expect, test } from 'vitest';
import { unsafeDatabase } from '../db/client';
import { auditLog } from '../db/schema/operation';
import { inScope } from '../db/scoped';
import { ApiKeyId, newId, UserId } from '../ids';
import { testWorkspace } from '../workspaces/testing';
import { noteDenial } from './denials';
import { mintScope, type Scope } from './scope';

let owner: Scope;
beforeEach(async () => {
  owner = (await testWorkspace()).scope;
});

const viewer = (): Scope =>
  mintScope(owner.workspaceId, { kind: 'member', id: newId(UserId), role: 'viewer' }, new Map(), '192.0.2.7');

const entries = () =>
  inScope(owner, (tx) =>
    tx.select().from(auditLog).where(eq(auditLog.action, 'authorization.denied')).orderBy(auditLog.id),
  );

test('a refusal is written with who, what, and from where', async () => {
  const scope = viewer();
  await noteDenial(scope, { permission: 'settings:write', path: '/settings', said: 'No.' });
  expect(await entries()).toMatchObject([
    {
      userId: scope.by.kind === 'member' ? scope.by.id : '',
      keyId: null,
      address: '192.0.2.7',
      targetId: null,
      detail: { permission: 'settings:write', path: '/settings', said: 'No.' },
    },
  ]);
});

test('however often and at once somebody tries, there is one entry a minute for each person and permission', async () => {
  const [scope, other] = [viewer(), viewer()];
  const key = mintScope(owner.workspaceId, { kind: 'key', id: newId(ApiKeyId), role: 'viewer' }, new Map());
  const tries = Array.from({ length: 20 }, () => noteDenial(scope, { permission: 'keys:write', path: '/a' }));
  await Promise.all(tries);
  expect(await entries()).toHaveLength(1);
  await noteDenial(scope, { permission: 'audit:read', path: '/a' });
  await noteDenial(other, { permission: 'keys:write', path: '/a' });
  await noteDenial(key, { permission: 'keys:write', path: '/a' });
  expect(await entries()).toHaveLength(4);

  await unsafeDatabase().execute(sql`update attempts set resets_at = now() where key like 'denied:%'`);
  await noteDenial(scope, { permission: 'keys:write', path: '/b' });
  expect((await entries()).at(-1)?.detail).toEqual({ permission: 'keys:write', path: '/b' });
});
