import { sql } from 'drizzle-orm';
import { hashPassword } from '../auth/password';
import { unsafeDatabase } from '../db/client';
import { users } from '../db/schema/accounts';
import { fail, ok, type Result } from '../errors';
import { newId, UserId, type WorkspaceId } from '../ids';
import { createWorkspace } from './create-workspace';
import type { WorkspaceProfile } from './profile';

const setUpLock = 7_205_759_404;

/** Makes the first user and their workspace, while there is no user. Of two people who race, one wins and the other is told so. */
export async function setUp(
  owner: { name: string; email: string; password: string },
  workspace: WorkspaceProfile,
): Promise<Result<WorkspaceId>> {
  const passwordHash = await hashPassword(owner.password);
  return unsafeDatabase().transaction(async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(${setUpLock})`);
    const taken = await tx.select({ id: users.id }).from(users).limit(1);
    if (taken.length > 0) return fail('conflict', 'Posthaste is already set up. Sign in instead.');
    const id = newId(UserId);
    const email = owner.email.trim().toLowerCase();
    await tx.insert(users).values({ id, name: owner.name, email, passwordHash });
    return ok(await createWorkspace(tx, { id, email }, workspace));
  });
}
