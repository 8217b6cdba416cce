import { and, eq, gt, lt, sql } from 'drizzle-orm';
import { unsafeDatabase } from '../db/client';
import { passwordResets, sessions, users } from '../db/schema/accounts';
import { asUser } from '../db/scoped';
import { fail, ok, type Result } from '../errors';
import type { UserId } from '../ids';
import { auditAccount } from './account-audit';
import { clearAttempts, countAttempt, tooManyAttempts } from './attempts';
import { hashPassword } from './password';
import { hashToken, newSecret } from './tokens';

const perAddress = { limit: 30, windowSeconds: 15 * 60 };
const hours = 1;

const isLink = (token: string) =>
  and(eq(passwordResets.tokenHash, hashToken(token)), gt(passwordResets.expiresAt, sql`now()`));

const gone = () =>
  fail(
    'not_found',
    'This link has run out or was used already. Ask for a new one, and open the newest message.',
  );

/** The token of a new link for somebody. Theirs that are still good stay so: mail may overtake mail. */
export async function newPasswordReset(userId: UserId): Promise<string> {
  const token = newSecret();
  const db = unsafeDatabase();
  await db.delete(passwordResets).where(lt(passwordResets.expiresAt, sql`now()`));
  await db.insert(passwordResets).values({
    tokenHash: hashToken(token),
    userId,
    expiresAt: sql`now() + make_interval(hours => ${hours})`,
  });
  return token;
}

/** Whose link it is, while it can be used. Changes nothing: programs follow links in mail before people do. */
export async function findPasswordReset(token: string): Promise<UserId | undefined> {
  const [row] = await unsafeDatabase()
    .select({ userId: passwordResets.userId })
    .from(passwordResets)
    .where(isLink(token));
  return row?.userId;
}

/** Uses a link up: a new password, and an end to all sessions and other links of its person. Of two at once one wins. */
export async function resetPassword(input: {
  token: string;
  password: string;
  address: string;
}): Promise<Result<undefined>> {
  const wait = await countAttempt('reset-address', input.address, perAddress);
  if (wait > 0) return tooManyAttempts(wait);
  const userId = await findPasswordReset(input.token);
  if (!userId) return gone(); // before the hash, which is dear
  const passwordHash = await hashPassword(input.password);
  const email = await asUser(userId, async (tx) => {
    // The person first, then their links: two links of one person, used at once, would else wait for each other.
    const [user] = await tx
      .select({ email: users.email })
      .from(users)
      .where(eq(users.id, userId))
      .for('update');
    const used = await tx.delete(passwordResets).where(isLink(input.token));
    if (!user || used.count === 0) return undefined;
    await tx.update(users).set({ passwordHash }).where(eq(users.id, userId));
    await tx.delete(passwordResets).where(eq(passwordResets.userId, userId));
    const ended = await tx.delete(sessions).where(eq(sessions.userId, userId));
    await auditAccount(tx, { userId, address: input.address }, 'account.password_reset', {
      sessionsEnded: ended.count,
    });
    return user.email;
  });
  if (email === undefined) return gone();
  await clearAttempts('sign-in-account', email); // whoever guessed at the old one does not keep them out
  return ok();
}
