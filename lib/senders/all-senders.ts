import { asc, eq } from 'drizzle-orm';
import { mintSystemScope, type Scope } from '../auth/scope';
import { unsafeDatabase } from '../db/client';
import { senders } from '../db/schema/senders';
import { workspaces } from '../db/schema/workspaces';
import { inScope } from '../db/scoped';

export type SenderOfWorkspace = { scope: Scope; workspace: string; row: typeof senders.$inferSelect };

/** The senders of all workspaces, each with its own scope. For whoever administers the installation. */
export async function listAllSenders(): Promise<SenderOfWorkspace[]> {
  const all = await unsafeDatabase()
    .select({ id: workspaces.id, name: workspaces.name })
    .from(workspaces)
    .orderBy(asc(workspaces.createdAt), asc(workspaces.id));
  const found: SenderOfWorkspace[] = [];
  for (const { id, name: workspace } of all) {
    const scope = mintSystemScope(id);
    const rows = await inScope(scope, (tx) =>
      tx.select().from(senders).where(eq(senders.workspaceId, id)).orderBy(asc(senders.id)),
    );
    found.push(...rows.map((row) => ({ scope, workspace, row })));
  }
  return found;
}
