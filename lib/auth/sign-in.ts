import { and, eq, gt, lt, sql } from 'drizzle-orm';
import { unsafeDatabase } from '../db/client';
import { sessions, users } from '../db/schema/accounts';
import { asUser } from '../db/scoped';
import { fail, ok, type Result } from '../errors';
import { newId, SessionId, type UserId, type WorkspaceId } from '../ids';
import { storable } from '../text';
import { auditAccount } from './account-audit';
import { clearAttempts, countAttempt, tooManyAttempts } from './attempts';
import { verifyPassword } from './password';

const perAccount = { limit: 10, windowSeconds: 15 * 60 };
const perAddress = { limit: 50, windowSeconds: 15 * 60 };
const sessionDays = 30;

export type Session = {
  id: SessionId;
  user: { id: UserId; name: string; email: string };
  /** The workspace that was chosen last; whether it is theirs is another question. */
  workspaceId: WorkspaceId | null;
};

/**
 * Checks a password and opens a session. Attempts are limited per account and per network address; the answer and its
 * time are the same for a wrong password and an unknown account.
 */
export async function signIn(input: {
  email: string;
  password: string;
  address: string;
  userAgent: string | null;
}): Promise<Result<Session>> {
  const waits = [
    await countAttempt('sign-in-account', input.email.trim(), perAccount),
    await countAttempt('sign-in-address', input.address, perAddress),
  ];
  const wait = Math.max(...waits);
  if (wait > 0) return tooManyAttempts(wait);

  const db = unsafeDatabase();
  const [user] = await db
    .select()
    .from(users)
    .where(eq(sql`lower(${users.email})`, input.email.trim().toLowerCase()));
  const matches = await verifyPassword(user?.passwordHash, input.password);
  const id = matches && user && (await openSession(user, input));
  if (!id) return fail('unauthenticated', 'E-mail or password is not right.');

  await clearAttempts('sign-in-account', input.email.trim());
  await db.delete(sessions).where(lt(sessions.expiresAt, sql`now()`));
  return ok({ id, user: { id: user.id, name: user.name, email: user.email }, workspaceId: null });
}

/** Nothing if the password was changed since it was read: a change ends all sessions, so none may slip in behind it. */
async function openSession(
  user: { id: UserId; passwordHash: string },
  { address, userAgent }: { address: string; userAgent: string | null },
): Promise<SessionId | undefined> {
  return asUser(user.id, async (tx) => {
    const [same] = await tx
      .select({ id: users.id })
      .from(users)
      .where(and(eq(users.id, user.id), eq(users.passwordHash, user.passwordHash)))
      .for('share');
    if (!same) return undefined;
    const id = newId(SessionId);
    await tx.insert(sessions).values({
      id,
      userId: user.id,
      userAgent: userAgent === null ? null : storable(userAgent.slice(0, 300)),
      address,
      expiresAt: sql`now() + make_interval(days => ${sessionDays})`,
    });
    await auditAccount(tx, { userId: user.id, address }, 'account.signed_in');
    return id;
  });
}

/** The session while it lives in the database: one that was ended, or whose user is gone, ends at once. */
export async function findSession(id: SessionId): Promise<Session | undefined> {
  const db = unsafeDatabase();
  const [row] = await db
    .select({
      id: sessions.id,
      lastSeenAt: sessions.lastSeenAt,
      userId: users.id,
      name: users.name,
      email: users.email,
      workspaceId: sessions.workspaceId,
    })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .where(and(eq(sessions.id, id), gt(sessions.expiresAt, sql`now()`)));
  if (!row) return undefined;
  await db
    .update(sessions)
    .set({ lastSeenAt: sql`now()` })
    .where(and(eq(sessions.id, id), lt(sessions.lastSeenAt, sql`now() - interval '1 minute'`)));
  return {
    id: row.id,
    user: { id: row.userId, name: row.name, email: row.email },
    workspaceId: row.workspaceId,
  };
}

export async function endSession(id: SessionId): Promise<void> {
  await unsafeDatabase().delete(sessions).where(eq(sessions.id, id));
}

export async function hasUsers(): Promise<boolean> {
  const rows = await unsafeDatabase().select({ id: users.id }).from(users).limit(1);
  return rows.length > 0;
}
