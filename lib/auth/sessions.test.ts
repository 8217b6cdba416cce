import { eq, sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { unsafeDatabase } from '../db/client';
import { sessions } from '../db/schema/accounts';
import { auditLog } from '../db/schema/operation';
import { inScope } from '../db/scoped';
import { newId, SessionId } from '../ids';
import { listSessions, signOutElsewhere, signOutSession } from './sessions';
import { findSession, signIn } from './sign-in';
import { auditedOf, firstPassword, sessionsOf, signedIn, testPerson, trySignIn } from './testing';

describe('sessions', () => {
  test('are written into the log of each workspace as they begin, and not where the password was wrong', async () => {
    const ann = await testPerson();
    await trySignIn(ann, 'wrong');
    await signedIn(ann);
    const log = await inScope(ann.scope, (tx) =>
      tx.select().from(auditLog).where(eq(auditLog.action, 'account.signed_in')),
    );
    expect(log).toMatchObject([{ userId: ann.userId, targetId: ann.userId, address: '192.0.2.9' }]);
  });

  test('are told to their person with device, address and times; those that ran out are not', async () => {
    const [ann, bob] = [await testPerson(), await testPerson()];
    const old = await signedIn(ann);
    await unsafeDatabase().update(sessions).set({ expiresAt: sql`now()` }).where(eq(sessions.id, old));
    const opened = await signIn({
      email: ann.email,
      password: firstPassword,
      address: '192.0.2.7',
      userAgent: 'Mozilla/5.0 (Windows NT 10.0; rv:143.0) Gecko/20100101 Firefox/143.0',
    });
    if (!opened.ok) throw new Error(opened.problem.message);
    await signedIn(bob);
    expect(await listSessions(ann.scope)).toEqual([
      {
        id: opened.value.id,
        device: 'Firefox on Windows',
        address: '192.0.2.7',
        openedAt: expect.any(Date),
        lastSeenAt: expect.any(Date),
      },
    ]);
  });

  test('are ended one by one, at once, which the log tells', async () => {
    const ann = await testPerson();
    const [here, there] = [await signedIn(ann), await signedIn(ann)];
    expect(await signOutSession(ann.scope, there)).toEqual({ ok: true });
    expect(await findSession(there)).toBeUndefined();
    expect(await sessionsOf(ann)).toEqual([here]);
    expect(await auditedOf(ann.scope, ann)).toMatchObject([
      { action: 'account.signed_out', detail: { sessionsEnded: 1 } },
    ]);
    expect(await signOutSession(ann.scope, there)).toMatchObject({ problem: { code: 'not_found' } });
    expect(await auditedOf(ann.scope, ann)).toHaveLength(1);
  });

  test('of somebody else are as little there as those that never were', async () => {
    const [ann, bob] = [await testPerson(), await testPerson()];
    const bobs = await signedIn(bob);
    const foreign = await signOutSession(ann.scope, bobs);
    expect(foreign).toMatchObject({ problem: { code: 'not_found' } });
    expect(foreign).toEqual(await signOutSession(ann.scope, newId(SessionId)));
    expect(await sessionsOf(bob)).toEqual([bobs]);
    expect(await auditedOf(ann.scope, ann)).toEqual([]);
  });

  test('are ended everywhere but here, and only one’s own', async () => {
    const [ann, bob] = [await testPerson(), await testPerson()];
    const [here, ...others] = [await signedIn(ann), await signedIn(ann), await signedIn(ann)];
    const bobs = await signedIn(bob);
    expect(await signOutElsewhere(ann.scope, here)).toEqual({ ok: true, value: { ended: 2 } });
    for (const other of others) expect(await findSession(other)).toBeUndefined();
    expect(await sessionsOf(ann)).toEqual([here]);
    expect(await sessionsOf(bob)).toEqual([bobs]);
    expect(await signOutElsewhere(ann.scope, here)).toEqual({ ok: true, value: { ended: 0 } });
    expect(await auditedOf(ann.scope, ann)).toMatchObject([{ detail: { sessionsEnded: 2 } }]);
  });
});
