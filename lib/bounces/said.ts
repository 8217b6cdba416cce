import { and, eq, inArray, isNotNull } from 'drizzle-orm';
import type { Scope } from '../auth/scope';
import { bounces, softBounces } from '../db/schema/deliveries';
import { inScope } from '../db/scoped';
import type { BounceOutcome } from '../db/states';
import type { DeliveryId } from '../ids';

/** How a message came back, what the server said, and when it is sent again, if it is. */
export type Said = { kind: BounceOutcome; detail: string; againAt: Date | null };

/** What servers said of those of these deliveries that came back. */
export async function saidOf(scope: Scope, ids: DeliveryId[]): Promise<Map<DeliveryId, Said>> {
  if (ids.length === 0) return new Map();
  const rows = await inScope(scope, (tx) =>
    tx
      .select({
        ...{ id: bounces.deliveryId, kind: bounces.kind, detail: bounces.detail },
        againAt: softBounces.dueAt,
      })
      .from(bounces)
      .leftJoin(
        softBounces,
        and(
          eq(softBounces.workspaceId, bounces.workspaceId),
          eq(softBounces.deliveryId, bounces.deliveryId),
          isNotNull(softBounces.dueAt),
        ),
      )
      .where(and(eq(bounces.workspaceId, scope.workspaceId), inArray(bounces.deliveryId, ids))),
  );
  return new Map(rows.map(({ id, ...said }) => [id, said]));
}
