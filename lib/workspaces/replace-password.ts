import { eq, sql } from 'drizzle-orm';
import { clearAttempts } from '../auth/attempts';
import { audit } from '../auth/audit';
import { hashPassword } from '../auth/password';
import { mintSystemScope } from '../auth/scope';
import { unsafeDatabase } from '../db/client';
import { passwordResets, sessions, users } from '../db/schema/accounts';
import { members } from '../db/schema/workspaces';
import { enterScope } from '../db/scoped';
import { fail, ok, type Result } from '../errors';

/**
 * Gives somebody another password, ends their sessions and open reset links, and says so in the audit logs of their
 * workspaces. For whoever administers the installation.
 */
export async function replacePassword(email: string, password: string): Promise<Result<undefined>> {
  const passwordHash = await hashPassword(password);
  const address = email.trim().toLowerCase();
  const done = await unsafeDatabase().transaction(async (tx): Promise<Result<undefined>> => {
    const [user] = await tx
      .update(users)
      .set({ passwordHash })
      .where(eq(sql`lower(${users.email})`, address))
      .returning({ id: users.id, name: users.name });
    if (!user) return fail('not_found', `Nobody here has the address ${email}. Check how it is written.`);
    await tx.delete(sessions).where(eq(sessions.userId, user.id));
    await tx.delete(passwordResets).where(eq(passwordResets.userId, user.id));
    await tx.execute(sql`select set_config('app.user_id', ${user.id}, true)`); // to see all their workspaces
    const theirs = await tx
      .select({ workspaceId: members.workspaceId })
      .from(members)
      .where(eq(members.userId, user.id));
    for (const { workspaceId } of theirs) {
      const scope = mintSystemScope(workspaceId);
      await audit(await enterScope(tx, scope), scope, 'member.password_reset', user.id, { name: user.name });
    }
    return ok();
  });
  if (done.ok) await clearAttempts('sign-in-account', address);
  return done;
}
