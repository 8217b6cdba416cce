import { and, eq, ne } from 'drizzle-orm';
import { unsafeDatabase } from '../db/client';
import { sessions, users } from '../db/schema/accounts';
import { auditLog } from '../db/schema/operation';
import { inScope } from '../db/scoped';
import type { SessionId, UserId } from '../ids';
import { testWorkspace } from '../workspaces/testing';
import { hashPassword } from './password';
import { type Scope, userOf } from './scope';
import { signIn } from './sign-in';

export type TestPerson = { scope: Scope; userId: UserId; email: string };

export const firstPassword = 'correct horse battery';

/** An owner of a workspace, who can sign in. */
export async function testPerson(): Promise<TestPerson> {
  const { scope } = await testWorkspace();
  const userId = userOf(scope);
  if (!userId) throw new Error('an owner is a person');
  const [user] = await unsafeDatabase()
    .update(users)
    .set({ passwordHash: await hashPassword(firstPassword) })
    .where(eq(users.id, userId))
    .returning({ email: users.email });
  return { scope, userId, email: user?.email ?? '' };
}

/** Signs in, or not, as a browser would. */
export async function trySignIn(
  { email }: TestPerson,
  password = firstPassword,
): Promise<SessionId | undefined> {
  const result = await signIn({ email, password, address: '192.0.2.9', userAgent: null });
  return result.ok ? result.value.id : undefined;
}

export async function signedIn(person: TestPerson, password = firstPassword): Promise<SessionId> {
  const id = await trySignIn(person, password);
  if (!id) throw new Error('the password is right');
  return id;
}

export async function sessionsOf({ userId }: TestPerson): Promise<SessionId[]> {
  const rows = await unsafeDatabase().select().from(sessions).where(eq(sessions.userId, userId));
  return rows.map(({ id }) => id).sort();
}

/** What the log of the scope's workspace says that somebody did to their account, signing in aside. */
export async function auditedOf(scope: Scope, { userId }: TestPerson) {
  return inScope(scope, (tx) =>
    tx
      .select({
        userId: auditLog.userId,
        address: auditLog.address,
        action: auditLog.action,
        detail: auditLog.detail,
      })
      .from(auditLog)
      .where(
        and(
          eq(auditLog.workspaceId, scope.workspaceId),
          eq(auditLog.targetId, userId),
          ne(auditLog.action, 'account.signed_in'),
        ),
      )
      .orderBy(auditLog.id),
  );
}
