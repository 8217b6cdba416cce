import { eq, sql } from 'drizzle-orm';
import { describe, expect, test, vi } from 'vitest';
import { unsafeDatabase } from '../db/client';
import { sessions, users } from '../db/schema/accounts';
import { newId, SessionId, UserId } from '../ids';
import { hashPassword, verifyPassword } from './password';
import { endSession, findSession, signIn } from './sign-in';

const from = (address: string) => ({ address, userAgent: 'a browser' });

async function person(password: string) {
  const id = newId(UserId);
  const email = `${id}@example.com`;
  await unsafeDatabase()
    .insert(users)
    .values({ id, email, name: 'Ann', passwordHash: await hashPassword(password) });
  return { id, email, password };
}

describe('sign-in', () => {
  test('opens a session that lives until it is ended', async () => {
    const ann = await person('correct horse battery');
    const result = await signIn({
      email: ann.email.toUpperCase(),
      password: ann.password,
      ...from('192.0.2.1'),
    });
    if (!result.ok) throw new Error(result.problem.message);
    expect(await findSession(result.value.id)).toMatchObject({ user: { id: ann.id, email: ann.email } });

    await endSession(result.value.id);
    expect(await findSession(result.value.id)).toBeUndefined();
    expect(await findSession(newId(SessionId))).toBeUndefined();
  });

  test('gives one answer for a wrong password and an unknown account, and opens nothing', async () => {
    const ann = await person('correct horse battery');
    const wrong = await signIn({ email: ann.email, password: 'wrong', ...from('192.0.2.2') });
    const unknown = await signIn({ email: 'nobody@example.com', password: 'wrong', ...from('192.0.2.2') });
    expect(wrong).toEqual(unknown);
    expect(wrong).toMatchObject({ ok: false, problem: { code: 'unauthenticated' } });
    expect(await unsafeDatabase().select().from(sessions).where(eq(sessions.userId, ann.id))).toEqual([]);
  });

  test('does the same hashing for an unknown account', async () => {
    const stored = await hashPassword('a password');
    expect(await verifyPassword(stored, 'a password')).toBe(true);
    expect(await verifyPassword(stored, 'another')).toBe(false);
    // The decoy's own password opens nothing either: it belongs to no account.
    expect(await verifyPassword(undefined, 'nobody has this password')).toBe(false);
  });

  test('opens nothing by a password that is changed while it is checked', async () => {
    const ann = await person('correct horse battery');
    const attempt = await unsafeDatabase().transaction(async (tx) => {
      await tx.update(users).set({ passwordHash: 'another' }).where(eq(users.id, ann.id));
      const signingIn = signIn({ email: ann.email, password: ann.password, ...from('192.0.2.4') });
      // The change is committed only once the sign-in, which still saw the old one, stands behind it.
      await vi.waitFor(async () => {
        const waiting = await unsafeDatabase().execute(
          sql`select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
        );
        expect(waiting).toHaveLength(1);
      }, 10_000);
      return { signingIn };
    });
    expect(await attempt.signingIn).toMatchObject({ ok: false, problem: { code: 'unauthenticated' } });
    expect(await unsafeDatabase().select().from(sessions).where(eq(sessions.userId, ann.id))).toEqual([]);
  });

  test('limits attempts per account, also with the right password, also when they come at once', async () => {
    const ann = await person('correct horse battery');
    const guesses = await Promise.all(
      Array.from({ length: 15 }, (_, n) =>
        signIn({ email: ann.email, password: `guess ${n}`, ...from(`192.0.2.${100 + n}`) }),
      ),
    );
    const codes = guesses.map((guess) => (guess.ok ? 'in' : guess.problem.code));
    expect(codes.filter((code) => code === 'unauthenticated')).toHaveLength(10);
    expect(codes.filter((code) => code === 'rate_limited')).toHaveLength(5);

    const locked = await signIn({ email: ann.email, password: ann.password, ...from('192.0.2.200') });
    expect(locked).toMatchObject({ ok: false, problem: { code: 'rate_limited' } });
    const other = await person('another password');
    expect((await signIn({ email: other.email, password: other.password, ...from('192.0.2.201') })).ok).toBe(
      true,
    );
  });

  test('limits attempts per network address over many accounts', async () => {
    const codes = [];
    for (let n = 0; n < 52; n++) {
      const result = await signIn({ email: `guess${n}@example.com`, password: 'x', ...from('198.51.100.7') });
      codes.push(result.ok ? 'in' : result.problem.code);
    }
    expect(codes.indexOf('rate_limited')).toBe(50);
  });
});
