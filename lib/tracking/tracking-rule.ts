import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { audit } from '../auth/audit';
import type { Scope } from '../auth/scope';
import { workspaces } from '../db/schema/workspaces';
import { inScope } from '../db/scoped';
import { notFound, ok, type Result } from '../errors';

/** Whether a workspace records what its recipients open and click. */
export const TrackingRule = z.object({ tracking: z.boolean() });
export type TrackingRule = z.infer<typeof TrackingRule>;

export async function findTracking(scope: Scope): Promise<Result<TrackingRule>> {
  const [rule] = await inScope(scope, (tx) =>
    tx.select({ tracking: workspaces.tracking }).from(workspaces).where(eq(workspaces.id, scope.workspaceId)),
  );
  return rule ? ok(rule) : notFound('workspace');
}

/** Holds from the next message on, and for the next click of those that went out: their links go on to lead where they did. */
export function changeTracking(scope: Scope, rule: TrackingRule): Promise<Result<undefined>> {
  return inScope(scope, async (tx) => {
    await tx.update(workspaces).set(rule).where(eq(workspaces.id, scope.workspaceId));
    await audit(tx, scope, 'workspace.tracking_changed', scope.workspaceId, rule);
    return ok();
  });
}
