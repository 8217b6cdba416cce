import { expect, test } from 'vitest';
import { hashPassword } from '../auth/password';
import { memberScope } from '../auth/principals';
import { findSession, type Session, signIn } from '../auth/sign-in';
import { unsafeDatabase } from '../db/client';
import { users } from '../db/schema/accounts';
import { members } from '../db/schema/workspaces';
import { inScope } from '../db/scoped';
import { newId, UserId, WorkspaceId } from '../ids';
import { listLists } from '../lists/lists';
import { addWorkspace, chooseWorkspace } from './choose-workspace';
import { testWorkspace } from './testing';

async function session(): Promise<Session> {
  const id = newId(UserId);
  const email = `${id}@example.com`;
  const passwordHash = await hashPassword('a long password');
  await unsafeDatabase().insert(users).values({ id, email, name: 'Ann', passwordHash });
  const opened = await signIn({ email, password: 'a long password', address: id, userAgent: null });
  if (!opened.ok) throw new Error(opened.problem.message);
  return opened.value;
}

test('a session goes over to workspaces of its person, and to no other', async () => {
  const ann = await session();
  const { scope: theirs } = await testWorkspace();
  const { scope: others } = await testWorkspace();
  await inScope(theirs, (tx) =>
    tx.insert(members).values({ workspaceId: theirs.workspaceId, userId: ann.user.id, role: 'viewer' }),
  );
  expect(await chooseWorkspace(ann, theirs.workspaceId)).toMatchObject({ ok: true });
  const foreign = await chooseWorkspace(ann, others.workspaceId);
  expect(foreign).toMatchObject({ problem: { code: 'not_found' } });
  expect(foreign).toEqual(await chooseWorkspace(ann, newId(WorkspaceId)));
  expect(await findSession(ann.id)).toMatchObject({ workspaceId: theirs.workspaceId });
});

test('a new workspace belongs to whoever makes it, is empty, and is gone over to', async () => {
  const ann = await session();
  const place = { name: 'New', postalAddress: '1 Main Street', country: 'DE', timeZone: 'Europe/Berlin' };
  const made = await addWorkspace(ann, place);
  if (!made.ok) throw new Error(made.problem.message);
  expect(await findSession(ann.id)).toMatchObject({ workspaceId: made.value });
  const scope = await memberScope(made.value, ann.user.id);
  expect(scope).toMatchObject({ by: { role: 'owner' }, lists: 'all' });
  expect(scope && (await listLists(scope))).toEqual([]);
});
