import { and, eq } from 'drizzle-orm';
import { reseal } from '../auth/secrets';
import { senders } from '../db/schema/senders';
import { inScope } from '../db/scoped';
import { env } from '../env';
import { log } from '../log';
import { listAllSenders } from './all-senders';

/**
 * Seals the senders' settings that lie under APP_SECRET_PREVIOUS anew under APP_SECRET, so that the former can be forgotten.
 * Runs twice or in two workers without harm; settings that somebody changes meanwhile are left as they are then.
 */
export async function resealSenders(): Promise<void> {
  if (env().APP_SECRET_PREVIOUS === undefined) return;
  let resealed = 0;
  for (const { scope, row } of await listAllSenders()) {
    const config = row.config === null ? undefined : reseal('provider-config', row.config);
    if (row.config === null || config === undefined) continue;
    const isAsRead = and(
      eq(senders.workspaceId, scope.workspaceId),
      eq(senders.id, row.id),
      eq(senders.config, row.config),
    );
    const { count } = await inScope(scope, (tx) => tx.update(senders).set({ config }).where(isAsRead));
    resealed += count;
  }
  log.info({ resealed }, 'settings of senders lie under the present secret');
}
