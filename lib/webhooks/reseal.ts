import { and, eq } from 'drizzle-orm';
import { mintSystemScope } from '../auth/scope';
import { reseal } from '../auth/secrets';
import { unsafeDatabase } from '../db/client';
import { webhooks } from '../db/schema/webhooks';
import { workspaces } from '../db/schema/workspaces';
import { inScope } from '../db/scoped';
import { env } from '../env';

/** The keys of webhooks under APP_SECRET, as lib/senders/reseal.ts does it for the settings of senders. */
export async function resealWebhooks(): Promise<void> {
  if (env().APP_SECRET_PREVIOUS === undefined) return;
  const all = await unsafeDatabase().select({ id: workspaces.id }).from(workspaces);
  for (const workspace of all)
    await inScope(mintSystemScope(workspace.id), async (tx) => {
      const rows = await tx
        .select()
        .from(webhooks)
        .where(eq(webhooks.workspaceId, workspace.id))
        .for('no key update');
      for (const { id, secret, previousSecret } of rows)
        await tx
          .update(webhooks)
          .set({
            secret: reseal('webhook-secret', secret) ?? secret,
            previousSecret: previousSecret && (reseal('webhook-secret', previousSecret) ?? previousSecret),
          })
          .where(and(eq(webhooks.workspaceId, workspace.id), eq(webhooks.id, id)));
    });
}
