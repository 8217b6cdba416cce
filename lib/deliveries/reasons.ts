import { and, eq, exists, inArray, isNotNull } from 'drizzle-orm';
import { deliveryShapes } from '../analytics/delivery-counts';
import type { Scope } from '../auth/scope';
import { deliveries, deliveryAttempts, suppressions } from '../db/schema/deliveries';
import { inScope } from '../db/scoped';
import type { DeliveryReason, DeliveryState, FailReason } from '../db/states';
import type { CampaignId, DeliveryId } from '../ids';

export type ReasonCount = { state: DeliveryState; reason: DeliveryReason; count: number };

/** Why people of a campaign did not get it, the most frequent first. */
export async function countReasons(scope: Scope, campaignId: CampaignId): Promise<ReasonCount[]> {
  const shapes = await inScope(scope, (tx) => deliveryShapes(tx, scope, [campaignId]));
  const counts = new Map<string, ReasonCount>();
  for (const { state, reason, n } of shapes) {
    if (reason === null || !withReason.includes(state)) continue;
    const key = `${state} ${reason}`;
    counts.set(key, { state, reason, count: (counts.get(key)?.count ?? 0) + n });
  }
  return [...counts.values()].sort((a, b) => b.count - a.count);
}

/** To how many addresses a campaign's message came back, so that they are not written to again. */
export const countBouncedForGood = (scope: Scope, id: CampaignId): Promise<number> =>
  inScope(scope, (tx) =>
    tx.$count(
      suppressions,
      and(
        eq(suppressions.workspaceId, scope.workspaceId),
        eq(suppressions.campaignId, id),
        eq(suppressions.reason, 'bounced'),
        // An address that was refused at once is suppressed as well, and its message never went out.
        exists(
          tx
            .select({ id: deliveries.id })
            .from(deliveries)
            .where(
              and(
                eq(deliveries.workspaceId, suppressions.workspaceId),
                eq(deliveries.campaignId, id),
                eq(deliveries.address, suppressions.address),
                isNotNull(deliveries.bouncedAt),
              ),
            ),
        ),
      ),
    ),
  );

const withReason: DeliveryState[] = ['skipped', 'failed', 'unconfirmed', 'retrying'];

export type FailedAttempt = { reason: FailReason; detail: string; at: Date };

/** The attempts of these deliveries that did not end in `sent`, the oldest first. */
export async function failedAttempts(
  scope: Scope,
  ids: DeliveryId[],
): Promise<Map<DeliveryId, FailedAttempt[]>> {
  const attempts = new Map<DeliveryId, FailedAttempt[]>();
  if (ids.length === 0) return attempts;
  const rows = await inScope(scope, (tx) =>
    tx
      .select({
        deliveryId: deliveryAttempts.deliveryId,
        reason: deliveryAttempts.reason,
        detail: deliveryAttempts.detail,
        at: deliveryAttempts.createdAt,
      })
      .from(deliveryAttempts)
      .where(
        and(eq(deliveryAttempts.workspaceId, scope.workspaceId), inArray(deliveryAttempts.deliveryId, ids)),
      )
      // By id, that is by time: the numbers begin anew when somebody is put back into the queue.
      .orderBy(deliveryAttempts.deliveryId, deliveryAttempts.id)
      .limit(1000),
  );
  for (const { deliveryId, ...attempt } of rows)
    attempts.set(deliveryId, [...(attempts.get(deliveryId) ?? []), attempt]);
  return attempts;
}
