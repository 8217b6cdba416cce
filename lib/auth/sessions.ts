import { and, desc, eq, gt, ne, type SQL, sql } from 'drizzle-orm';
import { unsafeDatabase } from '../db/client';
import { sessions } from '../db/schema/accounts';
import { asUser } from '../db/scoped';
import { notFound, ok, type Result } from '../errors';
import type { SessionId, UserId } from '../ids';
import { noAccount } from './account';
import { auditAccount } from './account-audit';
import { deviceOf } from './device';
import { type Scope, userOf } from './scope';

/** Where somebody is signed in. */
export type OpenSession = {
  id: SessionId;
  device: string;
  address: string | null;
  openedAt: Date;
  lastSeenAt: Date;
};

const alive = gt(sessions.expiresAt, sql`now()`);

/** All places where whoever asks is signed in, the last seen first. */
export async function listSessions(scope: Scope): Promise<OpenSession[]> {
  const userId = userOf(scope);
  if (!userId) return [];
  const rows = await unsafeDatabase()
    .select({
      id: sessions.id,
      userAgent: sessions.userAgent,
      address: sessions.address,
      openedAt: sessions.createdAt,
      lastSeenAt: sessions.lastSeenAt,
    })
    .from(sessions)
    .where(and(eq(sessions.userId, userId), alive))
    .orderBy(desc(sessions.lastSeenAt), desc(sessions.id));
  return rows.map(({ userAgent, ...row }) => ({ ...row, device: deviceOf(userAgent) }));
}

/** Ends one of one's own sessions. */
export async function signOutSession(scope: Scope, id: SessionId): Promise<Result<undefined>> {
  const userId = userOf(scope);
  if (!userId) return noAccount();
  const ended = await endSessions(userId, scope.address, eq(sessions.id, id));
  return ended > 0 ? ok() : notFound('session');
}

/** Ends all of one's own sessions but the one from which it is asked. */
export async function signOutElsewhere(scope: Scope, here: SessionId): Promise<Result<{ ended: number }>> {
  const userId = userOf(scope);
  if (!userId) return noAccount();
  return ok({ ended: await endSessions(userId, scope.address, ne(sessions.id, here)) });
}

async function endSessions(userId: UserId, address: string | null, which: SQL): Promise<number> {
  return asUser(userId, async (tx) => {
    const { count } = await tx.delete(sessions).where(and(eq(sessions.userId, userId), alive, which));
    if (count > 0)
      await auditAccount(tx, { userId, address }, 'account.signed_out', { sessionsEnded: count });
    return count;
  });
}
