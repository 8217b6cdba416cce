import { eq } from 'drizzle-orm';
import { audit } from '../auth/audit';
import type { Scope } from '../auth/scope';
import { workspaces } from '../db/schema/workspaces';
import { inScope } from '../db/scoped';
import { ok, type Result } from '../errors';
import type { WorkspaceProfile } from './profile';

/** Campaigns that were launched already keep the name and address that they were launched with. */
export async function changeProfile(scope: Scope, profile: WorkspaceProfile): Promise<Result<undefined>> {
  return inScope(scope, async (tx) => {
    await tx.update(workspaces).set(profile).where(eq(workspaces.id, scope.workspaceId));
    await audit(tx, scope, 'workspace.changed', scope.workspaceId, profile);
    return ok();
  });
}
