import { and, count, desc, eq, inArray, isNotNull } from 'drizzle-orm';
import type { Scope } from '../auth/scope';
import { deliveries, deliveryAttempts } from '../db/schema/deliveries';
import { inScope } from '../db/scoped';
import type { DeliveryReason, DeliveryState, FailReason } from '../db/states';
import type { CampaignId, DeliveryId } from '../ids';

export type ReasonCount = { state: DeliveryState; reason: DeliveryReason; count: number };

/** Why people of a campaign did not get it, the most frequent first. */
export function countReasons(scope: Scope, campaignId: CampaignId): Promise<ReasonCount[]> {
  return inScope(scope, async (tx) => {
    const n = count();
    const rows = await tx
      .select({ state: deliveries.state, reason: deliveries.reason, count: n })
      .from(deliveries)
      .where(
        and(
          eq(deliveries.workspaceId, scope.workspaceId),
          eq(deliveries.campaignId, campaignId),
          inArray(deliveries.state, ['skipped', 'failed', 'unconfirmed', 'retrying']),
          isNotNull(deliveries.reason),
        ),
      )
      .groupBy(deliveries.state, deliveries.reason)
      .orderBy(desc(n));
    return rows.flatMap(({ reason, ...row }) => (reason === null ? [] : [{ ...row, reason }]));
  });
}

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
