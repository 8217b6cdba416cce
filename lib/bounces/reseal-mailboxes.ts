import { and, eq } from 'drizzle-orm';
import { mintSystemScope } from '../auth/scope';
import { reseal } from '../auth/secrets';
import { unsafeDatabase } from '../db/client';
import { mailboxes } from '../db/schema/senders';
import { workspaces } from '../db/schema/workspaces';
import { inScope } from '../db/scoped';
import { env } from '../env';

/** The settings of mailboxes under APP_SECRET, as lib/senders/reseal.ts does it for those of senders. */
export async function resealMailboxes(): Promise<void> {
  if (env().APP_SECRET_PREVIOUS === undefined) return;
  const all = await unsafeDatabase().select({ id: workspaces.id }).from(workspaces);
  for (const { id: workspaceId } of all)
    await inScope(mintSystemScope(workspaceId), async (tx) => {
      const rows = await tx
        .select({ senderId: mailboxes.senderId, config: mailboxes.config })
        .from(mailboxes)
        .where(eq(mailboxes.workspaceId, workspaceId))
        .for('no key update');
      for (const { senderId, config } of rows)
        await tx
          .update(mailboxes)
          .set({ config: reseal('mailbox-config', config) ?? config })
          .where(and(eq(mailboxes.workspaceId, workspaceId), eq(mailboxes.senderId, senderId)));
    });
}
