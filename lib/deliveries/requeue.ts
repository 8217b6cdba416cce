import { and, eq, isNotNull, type SQL } from 'drizzle-orm';
import type { Scope } from '../auth/scope';
import { maySendTo } from '../campaigns/access';
import { changeStatus, statusOf } from '../campaigns/change-status';
import { wakeCampaign } from '../campaigns/status';
import { canChange, refusal } from '../campaigns/transitions';
import { campaigns } from '../db/schema/campaigns';
import { deliveries } from '../db/schema/deliveries';
import { inScope, type ScopedTx } from '../db/scoped';
import { fail, notFound, ok, type Result } from '../errors';
import type { CampaignId } from '../ids';

type Order = {
  who: SQL | undefined;
  /** Said when there is nobody of that kind. */
  nobody: string;
  detail: Record<string, unknown>;
};

/**
 * Puts people of a campaign back into the queue with all their retries, and wakes it if it had completed. The record of
 * their attempts stays. Whether they still may be written to is looked at when they are claimed, as ever. Who was erased
 * has no address left, and stays as they are.
 */
export function requeue(
  scope: Scope,
  campaignId: CampaignId,
  order: Order,
): Promise<Result<{ count: number }>> {
  return inScope(scope, (tx) => putBack(tx, scope, campaignId, order));
}

/** The same within a transaction. Who was sent to before is as if they had not been. */
export async function putBack(
  tx: ScopedTx,
  scope: Scope,
  campaignId: CampaignId,
  { who, nobody, detail }: Order,
): Promise<Result<{ count: number }>> {
  const status = await statusOf(tx, scope, campaignId, true);
  if (!status) return notFound('campaign');
  const allowed = await maySendTo(tx, scope, campaignId);
  if (!allowed.ok) return allowed;
  if (!canChange(status, 'retry')) return fail('conflict', refusal(status, 'retry'));
  if (!(await hasSender(tx, scope, campaignId)))
    return fail(
      'conflict',
      'The sender of this campaign was deleted, so that it can send to nobody any more. Duplicate it to send it with another one.',
    );
  const { count } = await tx
    .update(deliveries)
    .set({
      ...{ state: 'queued', reason: null, attempts: 0, retryAt: null, acceptedAt: null },
      ...{ sentAt: null, deferredAt: null, bouncedAt: null, providerMessageId: null },
    })
    .where(
      and(
        eq(deliveries.workspaceId, scope.workspaceId),
        eq(deliveries.campaignId, campaignId),
        isNotNull(deliveries.contactId),
        who,
      ),
    );
  if (count === 0) return fail('conflict', nobody);
  const set = { completedAt: null };
  await changeStatus(tx, scope, campaignId, 'retry', { set, detail: { ...detail, count } });
  await wakeCampaign(tx, scope, campaignId);
  return ok({ count });
}

async function hasSender(tx: ScopedTx, scope: Scope, id: CampaignId): Promise<boolean> {
  const [campaign] = await tx
    .select({ senderId: campaigns.senderId })
    .from(campaigns)
    .where(and(eq(campaigns.workspaceId, scope.workspaceId), eq(campaigns.id, id)));
  return campaign !== undefined && campaign.senderId !== null;
}
