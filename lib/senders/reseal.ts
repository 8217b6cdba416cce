import { and, eq, isNotNull } from 'drizzle-orm';
import { mintSystemScope } from '../auth/scope';
import { reseal } from '../auth/secrets';
import { unsafeDatabase } from '../db/client';
import { senders, workspaces } from '../db/schema';
import { inScope } from '../db/scoped';
import { env } from '../env';
import { log } from '../log';

/**
 * Seals the senders' settings that lie under APP_SECRET_PREVIOUS anew under APP_SECRET, so that the former can be forgotten.
 * Runs twice or in two workers without harm.
 */
export async function resealSenders(): Promise<void> {
  if (env().APP_SECRET_PREVIOUS === undefined) return;
  let resealed = 0;
  for (const { id } of await unsafeDatabase().select({ id: workspaces.id }).from(workspaces)) {
    const scope = mintSystemScope(id);
    resealed += await inScope(scope, async (tx) => {
      const rows = await tx
        .select({ id: senders.id, config: senders.config })
        .from(senders)
        .where(and(eq(senders.workspaceId, id), isNotNull(senders.config)))
        .for('update');
      const changed = rows.flatMap((row) => {
        const config = row.config === null ? undefined : reseal('provider-config', row.config);
        return config === undefined ? [] : [{ id: row.id, config }];
      });
      for (const { id: senderId, config } of changed)
        await tx
          .update(senders)
          .set({ config })
          .where(and(eq(senders.workspaceId, id), eq(senders.id, senderId)));
      return changed.length;
    });
  }
  log.info({ resealed }, 'APP_SECRET_PREVIOUS can be removed once no link and session of its time is needed');
}
