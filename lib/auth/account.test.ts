import { eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { unsafeDatabase } from '../db/client';
import { users } from '../db/schema/accounts';
import { members } from '../db/schema/workspaces';
import { inScope } from '../db/scoped';
import { ApiKeyId, newId } from '../ids';
import { testWorkspace } from '../workspaces/testing';
import { changeName, changePassword } from './account';
import { PersonName } from './new-account';
import { findPasswordReset, newPasswordReset } from './password-reset';
import { memberScope } from './principals';
import { mintScope } from './scope';
import { endSession, findSession } from './sign-in';
import {
  auditedOf,
  firstPassword,
  sessionsOf,
  signedIn,
  type TestPerson,
  testPerson,
  trySignIn,
} from './testing';

const next = 'another long password';
const change = (person: TestPerson, session: Parameters<typeof changePassword>[1], current = firstPassword) =>
  changePassword(person.scope, session, { current, password: next });
const nameOf = async ({ userId }: TestPerson) =>
  (await unsafeDatabase().select({ name: users.name }).from(users).where(eq(users.id, userId)))[0]?.name;

describe('a name', () => {
  test('is changed, which the log of every workspace of its person tells, and no other', async () => {
    const [ann, bob] = [await testPerson(), await testPerson()];
    const { scope: second } = await testWorkspace('Second');
    await inScope(second, (tx) =>
      tx.insert(members).values({ workspaceId: second.workspaceId, userId: ann.userId, role: 'marketer' }),
    );
    const scope = await memberScope(ann.scope.workspaceId, ann.userId, '192.0.2.1');
    if (!scope) throw new Error('she is a member');
    expect(await changeName(scope, 'Ann New')).toEqual({ ok: true });
    expect(await nameOf(ann)).toBe('Ann New');
    const entry = {
      userId: ann.userId,
      address: '192.0.2.1',
      action: 'account.renamed',
      detail: { name: 'Ann New' },
    };
    expect(await auditedOf(ann.scope, ann)).toEqual([entry]);
    expect(await auditedOf(second, ann)).toEqual([entry]);
    expect(await auditedOf(bob.scope, ann)).toEqual([]);
    expect(await nameOf(bob)).toBe('Ann Owner');
  });

  test('is one line of some length', () => {
    expect(PersonName.parse('  Ann\r\nBcc:\0 x ')).toBe('Ann Bcc: x');
    expect(PersonName.safeParse(' \n ').success).toBe(false);
    expect(PersonName.safeParse('x'.repeat(101)).success).toBe(false);
  });
});

describe('a password', () => {
  test('is changed by whoever knows the current one; all other sessions and links end, this one stays', async () => {
    const [ann, bob] = [await testPerson(), await testPerson()];
    const [here, there, elsewhere] = [await signedIn(ann), await signedIn(ann), await signedIn(bob)];
    const link = await newPasswordReset(ann.userId);
    const bobsLink = await newPasswordReset(bob.userId);

    expect(await change(ann, here)).toEqual({ ok: true });
    expect(await findSession(there)).toBeUndefined();
    expect(await findSession(here)).toMatchObject({ id: here, user: { id: ann.userId } });
    expect(await findPasswordReset(link)).toBeUndefined();
    expect(await trySignIn(ann)).toBeUndefined();
    expect(await trySignIn(ann, next)).toBeDefined();
    expect(await auditedOf(ann.scope, ann)).toMatchObject([
      { userId: ann.userId, action: 'account.password_changed', detail: { sessionsEnded: 1 } },
    ]);

    expect(await findSession(elsewhere)).toBeDefined();
    expect(await findPasswordReset(bobsLink)).toBe(bob.userId);
    expect(await trySignIn(bob)).toBeDefined();
  });

  test('stays when the current one is wrong, and so does everything else', async () => {
    const ann = await testPerson();
    const [here, there] = [await signedIn(ann), await signedIn(ann)];
    expect(await change(ann, here, 'a wrong password')).toMatchObject({
      ok: false,
      problem: { code: 'invalid', fields: { current: 'This is not your current password.' } },
    });
    expect(await sessionsOf(ann)).toEqual([here, there].sort());
    expect(await auditedOf(ann.scope, ann)).toEqual([]);
    expect(await trySignIn(ann)).toBeDefined();
  });

  test('cannot be guessed at from an open session: ten attempts, the right one then not either', async () => {
    const [ann, bob] = [await testPerson(), await testPerson()];
    const [here, bobs] = [await signedIn(ann), await signedIn(bob)];
    const guesses = await Promise.all(
      Array.from({ length: 12 }, (_, n) => change(ann, here, `a guess, number ${n}`)),
    );
    const codes = guesses.map((guess) => (guess.ok ? 'changed' : guess.problem.code));
    expect(codes.filter((code) => code === 'invalid')).toHaveLength(10);
    expect(codes.filter((code) => code === 'rate_limited')).toHaveLength(2);
    expect(await change(ann, here)).toMatchObject({ problem: { code: 'rate_limited' } });
    expect(await trySignIn(ann)).toBeDefined();
    expect(await change(bob, bobs)).toEqual({ ok: true });
  });

  test('of two sessions that change it at once one wins, and the other is ended', async () => {
    const ann = await testPerson();
    const both = [await signedIn(ann), await signedIn(ann)];
    const results = await Promise.all(
      both.map((session, n) =>
        changePassword(ann.scope, session, { current: firstPassword, password: `${next} ${n}` }),
      ),
    );
    const winner = results.findIndex((result) => result.ok);
    expect(results.filter((result) => result.ok)).toHaveLength(1);
    expect(results[1 - winner]).toMatchObject({ problem: { code: 'conflict' } });
    expect(await sessionsOf(ann)).toEqual([both[winner]]);
    expect(await trySignIn(ann, `${next} ${winner}`)).toBeDefined();
    expect(await trySignIn(ann, `${next} ${1 - winner}`)).toBeUndefined();
    expect(await auditedOf(ann.scope, ann)).toHaveLength(1);
  });

  test('is not changed from a session that was ended meanwhile', async () => {
    const ann = await testPerson();
    const [here, there] = [await signedIn(ann), await signedIn(ann)];
    await endSession(here);
    expect(await change(ann, here)).toMatchObject({ problem: { code: 'conflict' } });
    expect(await sessionsOf(ann)).toEqual([there]);
    expect(await trySignIn(ann)).toBeDefined();
  });

  test('is nothing that an API key has', async () => {
    const ann = await testPerson();
    const here = await signedIn(ann);
    const key = mintScope(
      ann.scope.workspaceId,
      { kind: 'key', id: newId(ApiKeyId), role: 'owner' },
      new Map(),
    );
    expect(await changePassword(key, here, { current: firstPassword, password: next })).toMatchObject({
      problem: { code: 'forbidden' },
    });
    expect(await changeName(key, 'Key')).toMatchObject({ problem: { code: 'forbidden' } });
    expect(await trySignIn(ann)).toBeDefined();
  });
});
