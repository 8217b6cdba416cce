import { asc, eq } from 'drizzle-orm';
import { unsafeDatabase } from '../db/client';
import { workspaces } from '../db/schema/workspaces';
import { fail, notFound, ok, type Result } from '../errors';
import type { WorkspaceId } from '../ids';

/** A workspace of this installation, or its first one. For whoever administers the installation. */
export async function findWorkspace(id?: WorkspaceId): Promise<Result<WorkspaceId>> {
  const [row] = await unsafeDatabase()
    .select({ id: workspaces.id })
    .from(workspaces)
    .where(id && eq(workspaces.id, id))
    .orderBy(asc(workspaces.createdAt), asc(workspaces.id))
    .limit(1);
  if (row) return ok(row.id);
  return id
    ? notFound('workspace')
    : fail('not_found', 'There is no workspace yet. Make the first owner by setup.');
}
