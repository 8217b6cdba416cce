import { eq, sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { unsafeDatabase } from '../db/client';
import { passwordResets } from '../db/schema/accounts';
import { findPasswordReset, newPasswordReset, resetPassword } from './password-reset';
import { auditedOf, sessionsOf, signedIn, testPerson, trySignIn } from './testing';
import { newSecret } from './tokens';

const next = 'another long password';
let addresses = 0;
const use = (token: string, password = next, address = `198.51.100.${addresses++}`) =>
  resetPassword({ token, password, address });
const isGone = { ok: false, problem: { code: 'not_found' } };

describe('a link for a new password', () => {
  test('works once: all sessions and other links of its person end, nobody else’s', async () => {
    const [ann, bob] = [await testPerson(), await testPerson()];
    await signedIn(ann);
    await signedIn(ann);
    const bobs = await signedIn(bob);
    const [link, other] = [await newPasswordReset(ann.userId), await newPasswordReset(ann.userId)];
    const bobsLink = await newPasswordReset(bob.userId);

    expect(await use(link, next, '192.0.2.3')).toEqual({ ok: true });
    expect(await sessionsOf(ann)).toEqual([]);
    expect(await auditedOf(ann.scope, ann)).toEqual([
      {
        userId: ann.userId,
        address: '192.0.2.3',
        action: 'account.password_reset',
        detail: { sessionsEnded: 2 },
      },
    ]);
    for (const used of [link, other]) {
      expect(await findPasswordReset(used)).toBeUndefined();
      expect(await use(used, 'a third long password')).toMatchObject(isGone);
    }
    expect(await trySignIn(ann)).toBeUndefined();
    expect(await trySignIn(ann, next)).toBeDefined();
    expect(await auditedOf(ann.scope, ann)).toHaveLength(1);

    expect(await sessionsOf(bob)).toEqual([bobs]);
    expect(await findPasswordReset(bobsLink)).toBe(bob.userId);
    expect(await trySignIn(bob)).toBeDefined();
  });

  test('is kept only as its hash, and asking whose it is changes nothing', async () => {
    const ann = await testPerson();
    const link = await newPasswordReset(ann.userId);
    const stored = () =>
      unsafeDatabase().select().from(passwordResets).where(eq(passwordResets.userId, ann.userId));
    const before = await stored();
    expect(JSON.stringify(before)).not.toContain(link);
    expect(before[0]?.tokenHash.toString('latin1')).not.toContain(link);
    for (let n = 0; n < 3; n++) expect(await findPasswordReset(link)).toBe(ann.userId);
    expect(await stored()).toEqual(before);
  });

  test('runs out', async () => {
    const ann = await testPerson();
    const here = await signedIn(ann);
    const link = await newPasswordReset(ann.userId);
    const expire = (when: ReturnType<typeof sql>) =>
      unsafeDatabase()
        .update(passwordResets)
        .set({ expiresAt: sql`expires_at - interval '1 hour' + ${when}` })
        .where(eq(passwordResets.userId, ann.userId));
    await expire(sql`interval '1 minute'`); // a minute is left
    expect(await findPasswordReset(link)).toBe(ann.userId);
    await expire(sql`interval '0 minutes'`);
    expect(await findPasswordReset(link)).toBeUndefined();
    expect(await use(link)).toMatchObject(isGone);
    expect(await sessionsOf(ann)).toEqual([here]);
    expect(await trySignIn(ann)).toBeDefined();
    // And is cleared away with the next one.
    await newPasswordReset(ann.userId);
    expect(
      await unsafeDatabase().select().from(passwordResets).where(eq(passwordResets.userId, ann.userId)),
    ).toHaveLength(1);
  });

  test('used twice at once works for one; two links of one person do not stand in each other’s way', async () => {
    for (const same of [true, false]) {
      const ann = await testPerson();
      const first = await newPasswordReset(ann.userId);
      const second = same ? first : await newPasswordReset(ann.userId);
      const passwords = [`${next} one`, `${next} two`];
      const [one, two] = await Promise.all([use(first, passwords[0]), use(second, passwords[1])]);
      const results = [one, two];
      const winner = results.findIndex((result) => result.ok);
      expect(results.filter((result) => result.ok)).toHaveLength(1);
      expect(results[1 - winner]).toMatchObject(isGone);
      expect(await trySignIn(ann, passwords[winner])).toBeDefined();
      expect(await trySignIn(ann, passwords[1 - winner])).toBeUndefined();
      expect(await auditedOf(ann.scope, ann)).toHaveLength(1);
    }
  });

  test('opens the account also to whom failed attempts had locked out', async () => {
    const ann = await testPerson();
    for (let n = 0; n < 11; n++) await trySignIn(ann, `a guess, number ${n}`);
    expect(await trySignIn(ann)).toBeUndefined();
    expect(await use(await newPasswordReset(ann.userId))).toEqual({ ok: true });
    expect(await trySignIn(ann, next)).toBeDefined();
  });

  test('is not found by trying', async () => {
    const ann = await testPerson();
    const link = await newPasswordReset(ann.userId);
    const strange = ['', ' ', link.slice(1), `${link}x`, link.toUpperCase(), '\0', '%', 'x'.repeat(200)];
    for (const token of [...strange, newSecret()]) expect(await use(token)).toMatchObject(isGone);
    const codes: string[] = [];
    for (let n = 0; n < 32; n++) {
      const result = await use(newSecret(), next, '203.0.113.1');
      codes.push(result.ok ? 'changed' : result.problem.code);
    }
    expect(codes.indexOf('rate_limited')).toBe(30);
    expect(await findPasswordReset(link)).toBe(ann.userId);
  });
});
