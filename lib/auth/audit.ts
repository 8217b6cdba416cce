import { auditLog } from '../db/schema/operation';
import type { ScopedTx } from '../db/scoped';
import { uuidv7 } from '../ids';
import { keyOf, type Scope, userOf } from './scope';

/** Writes who did what. Takes the transaction of what it records, so that neither exists without the other. */
export async function audit(
  tx: ScopedTx,
  scope: Scope,
  action: string,
  targetId: string | null,
  detail: Record<string, unknown> = {},
): Promise<void> {
  await tx.insert(auditLog).values({
    workspaceId: scope.workspaceId,
    id: uuidv7(),
    userId: userOf(scope),
    keyId: keyOf(scope),
    address: scope.address,
    action,
    targetId,
    detail,
  });
}
