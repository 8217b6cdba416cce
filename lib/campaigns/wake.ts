import { and, eq, isNotNull } from 'drizzle-orm';
import type { Scope } from '../auth/scope';
import { campaigns } from '../db/schema/campaigns';
import { deliveries } from '../db/schema/deliveries';
import type { ScopedTx } from '../db/scoped';
import type { CampaignId } from '../ids';
import { enqueueBatches, openBatches } from './batches';

/** Lets those who wait for the end of quiet hours be looked at again. */
export async function forgetQuiet(tx: ScopedTx, scope: Scope, id: CampaignId): Promise<void> {
  await tx
    .update(deliveries)
    .set({ retryAt: null })
    .where(
      and(
        eq(deliveries.workspaceId, scope.workspaceId),
        eq(deliveries.campaignId, id),
        eq(deliveries.state, 'queued'),
        isNotNull(deliveries.retryAt),
      ),
    );
}

/** The same for all text messages that are being sent, when the hours have changed. */
export async function wakeSleepers(tx: ScopedTx, scope: Scope): Promise<void> {
  const sending = await tx
    .select({ id: campaigns.id })
    .from(campaigns)
    .where(
      and(
        eq(campaigns.workspaceId, scope.workspaceId),
        eq(campaigns.status, 'sending'),
        eq(campaigns.channel, 'sms'),
      ),
    )
    .orderBy(campaigns.id)
    .for('no key update');
  for (const { id } of sending) {
    await forgetQuiet(tx, scope, id);
    await enqueueBatches(tx, scope, id, await openBatches(tx, scope, id));
  }
}
