import { eq, sql } from 'drizzle-orm';
import { unsafeDatabase } from '../db/client';
import { users } from '../db/schema/accounts';
import { fail, ok, type Result } from '../errors';
import type { WorkspaceId } from '../ids';
import { createWorkspace } from './create-workspace';
import type { WorkspaceProfile } from './profile';

/** Another workspace for somebody who has an account. For whoever administers the installation. */
export function addWorkspace(ownerEmail: string, profile: WorkspaceProfile): Promise<Result<WorkspaceId>> {
  return unsafeDatabase().transaction(async (tx) => {
    const [owner] = await tx
      .select({ id: users.id, email: users.email })
      .from(users)
      .where(eq(sql`lower(${users.email})`, ownerEmail.trim().toLowerCase()));
    if (!owner)
      return fail(
        'not_found',
        `Nobody here has the address ${ownerEmail}. Name an owner who has an account, or make the first one by setup.`,
      );
    return ok(await createWorkspace(tx, owner, profile, 'system'));
  });
}
