import { and, eq, gt, ne, sql } from 'drizzle-orm';
import { unsafeDatabase } from '../db/client';
import { passwordResets, sessions, users } from '../db/schema/accounts';
import { asUser } from '../db/scoped';
import { fail, ok, type Result } from '../errors';
import type { SessionId } from '../ids';
import { auditAccount } from './account-audit';
import { clearAttempts, countAttempt, tooManyAttempts } from './attempts';
import { hashPassword, verifyPassword } from './password';
import { type Scope, userOf } from './scope';

const perPerson = { limit: 10, windowSeconds: 15 * 60 };

/** A key, and the system, are nobody who signs in. */
export const noAccount = () => fail('forbidden', 'Only a person who signs in has an account.');

export async function changeName(scope: Scope, name: string): Promise<Result<undefined>> {
  const userId = userOf(scope);
  if (!userId) return noAccount();
  return asUser(userId, async (tx) => {
    await tx.update(users).set({ name }).where(eq(users.id, userId));
    await auditAccount(tx, { userId, address: scope.address }, 'account.renamed', { name });
    return ok();
  });
}

/**
 * Changes the password of whoever knows the current one. Ends all their sessions but the one they do it from, and the links
 * by which it could be chosen anew.
 */
export async function changePassword(
  scope: Scope,
  session: SessionId,
  { current, password }: { current: string; password: string },
): Promise<Result<undefined>> {
  const userId = userOf(scope);
  if (!userId) return noAccount();
  const wait = await countAttempt('password-change', userId, perPerson);
  if (wait > 0) return tooManyAttempts(wait);
  const [user] = await unsafeDatabase()
    .select({ passwordHash: users.passwordHash })
    .from(users)
    .where(eq(users.id, userId));
  if (!user || !(await verifyPassword(user.passwordHash, current))) {
    const message = 'This is not your current password.';
    return fail('invalid', message, { fields: { current: message } });
  }

  const passwordHash = await hashPassword(password);
  const result = await asUser(userId, async (tx): Promise<Result<undefined>> => {
    // Somebody else may have changed it meanwhile, and ended the session that asks: the row's lock decides who was first.
    const [now] = await tx
      .select({ passwordHash: users.passwordHash })
      .from(users)
      .where(eq(users.id, userId))
      .for('update');
    const [here] = await tx
      .select({ id: sessions.id })
      .from(sessions)
      .where(and(eq(sessions.id, session), eq(sessions.userId, userId), gt(sessions.expiresAt, sql`now()`)));
    if (!here || now?.passwordHash !== user.passwordHash)
      return fail('conflict', 'Your password was changed elsewhere a moment ago. Sign in again.');
    await tx.update(users).set({ passwordHash }).where(eq(users.id, userId));
    await tx.delete(passwordResets).where(eq(passwordResets.userId, userId));
    const ended = await tx.delete(sessions).where(and(eq(sessions.userId, userId), ne(sessions.id, session)));
    await auditAccount(tx, { userId, address: scope.address }, 'account.password_changed', {
      sessionsEnded: ended.count,
    });
    return ok();
  });
  if (result.ok) await clearAttempts('password-change', userId);
  return result;
}
