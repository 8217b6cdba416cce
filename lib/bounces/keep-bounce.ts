import { and, desc, eq } from 'drizzle-orm';
import type { Scope } from '../auth/scope';
import { campaigns } from '../db/schema/campaigns';
import { deliveries, providerReports } from '../db/schema/deliveries';
import { senders } from '../db/schema/senders';
import { inScope, type ScopedTx } from '../db/scoped';
import { type SenderId, uuidv7 } from '../ids';
import { processReports } from '../jobs/definitions';
import { enqueue } from '../jobs/queue';
import { storable } from '../text';
import { reportOf } from './bounce-report';
import type { Bounce } from './read-bounce';

/**
 * Keeps what a bounce tells, with the job that writes it into the ledger. The same one again changes nothing. False: it is
 * about no delivery of this workspace.
 */
export function keepBounce(scope: Scope, bounce: Bounce): Promise<boolean> {
  const { workspaceId } = scope;
  return inScope(scope, async (tx) => {
    const [delivery] = await tx
      .select({ senderId: campaigns.senderId })
      .from(deliveries)
      .innerJoin(
        campaigns,
        and(eq(campaigns.workspaceId, deliveries.workspaceId), eq(campaigns.id, deliveries.campaignId)),
      )
      .where(
        and(
          eq(deliveries.workspaceId, workspaceId),
          eq(deliveries.id, bounce.deliveryId),
          eq(deliveries.channel, 'email'),
        ),
      );
    if (!delivery) return false;
    const report = reportOf(bounce);
    const senderId = delivery.senderId ?? (await anySender(tx, scope));
    if (!report || !senderId) return true;
    const kept = await tx
      .insert(providerReports)
      .values({ workspaceId, id: uuidv7(), senderId, reportId: report.reportId, body: storable(report.body) })
      .onConflictDoNothing()
      .returning({ id: providerReports.id });
    if (kept.length > 0) await enqueue(tx, processReports, [{ workspaceId }]);
    return true;
  });
}

/** The sender of a campaign may be gone, and what comes back counts all the same. */
async function anySender(tx: ScopedTx, { workspaceId }: Scope): Promise<SenderId | undefined> {
  const [found] = await tx
    .select({ id: senders.id })
    .from(senders)
    .where(eq(senders.workspaceId, workspaceId))
    .orderBy(desc(senders.isDefault), senders.id)
    .limit(1);
  return found?.id;
}
