import { and, eq, inArray, isNull, sql } from 'drizzle-orm';
import { audit } from '../auth/audit';
import type { Scope } from '../auth/scope';
import { maySendTo } from '../campaigns/access';
import { statusOf } from '../campaigns/change-status';
import { deliveries } from '../db/schema/deliveries';
import { inScope } from '../db/scoped';
import { fail, notFound, ok, type Result } from '../errors';
import type { CampaignId, DeliveryId } from '../ids';
import { requeue } from './requeue';

/** Certain messages of a campaign, or all that still wait for somebody to decide. */
export type Which = 'waiting' | DeliveryId[];

const nobody =
  'None of these messages waits for a decision any more. Reload the page to see what became of them.';

const unconfirmed = (which: Which) =>
  and(
    eq(deliveries.state, 'unconfirmed'),
    // What somebody has left at that is decided, also for a page that does not show it yet.
    isNull(deliveries.acceptedAt),
    which === 'waiting' ? undefined : inArray(deliveries.id, which),
  );

const named = (which: Which) => (which === 'waiting' ? {} : { deliveries: which });

/** Sends messages again of which nobody knows whether they went out. Who has got the first gets a second. */
export const resendUnconfirmed = (scope: Scope, campaignId: CampaignId, which: Which) =>
  requeue(scope, campaignId, {
    who: unconfirmed(which),
    nobody,
    detail: { of: 'unconfirmed', ...named(which) },
  });

/** Leaves it at that: they stay unconfirmed, and nobody is asked about them again. */
export function acceptUnconfirmed(
  scope: Scope,
  campaignId: CampaignId,
  which: Which,
): Promise<Result<{ count: number }>> {
  return inScope(scope, async (tx) => {
    if (!(await statusOf(tx, scope, campaignId))) return notFound('campaign');
    const allowed = await maySendTo(tx, scope, campaignId);
    if (!allowed.ok) return allowed;
    const { count } = await tx
      .update(deliveries)
      .set({ acceptedAt: sql`now()` })
      .where(
        and(
          eq(deliveries.workspaceId, scope.workspaceId),
          eq(deliveries.campaignId, campaignId),
          unconfirmed(which),
        ),
      );
    if (count === 0) return fail('conflict', nobody);
    await audit(tx, scope, 'campaign.accept_unconfirmed', campaignId, { count, ...named(which) });
    return ok({ count });
  });
}
