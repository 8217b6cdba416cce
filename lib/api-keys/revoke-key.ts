import { and, eq, inArray, isNull, sql } from 'drizzle-orm';
import { audit } from '../auth/audit';
import type { Scope } from '../auth/scope';
import { apiKeys } from '../db/schema/access';
import { inScope, type ScopedTx } from '../db/scoped';
import type { Role } from '../db/states';
import { notFound, ok, type Result } from '../errors';
import type { ApiKeyId, UserId } from '../ids';

/**
 * Ends a key with its next request. For every key, also one of a higher role: whoever sees a key leak must be able to stop
 * it. Its row stays, so that the audit log can name it.
 */
export function revokeApiKey(scope: Scope, id: ApiKeyId): Promise<Result<undefined>> {
  const isIt = and(eq(apiKeys.workspaceId, scope.workspaceId), eq(apiKeys.id, id));
  return inScope(scope, async (tx) => {
    const [revoked] = await tx
      .update(apiKeys)
      .set({ revokedAt: sql`now()` })
      .where(and(isIt, isNull(apiKeys.revokedAt)))
      .returning({ name: apiKeys.name });
    if (revoked) await audit(tx, scope, 'api_key.revoked', id, revoked);
    else if ((await tx.select({ id: apiKeys.id }).from(apiKeys).where(isIt)).length === 0)
      return notFound('API key');
    return ok();
  });
}

/**
 * Ends the keys that somebody made, or those of some roles: a key has no more rights than its maker, also when they lose
 * theirs. In the transaction in which they do.
 */
export async function revokeKeysOf(tx: ScopedTx, scope: Scope, maker: UserId, only?: Role[]): Promise<void> {
  const revoked = await tx
    .update(apiKeys)
    .set({ revokedAt: sql`now()` })
    .where(
      and(
        eq(apiKeys.workspaceId, scope.workspaceId),
        eq(apiKeys.createdBy, maker),
        isNull(apiKeys.revokedAt),
        only && inArray(apiKeys.role, only),
      ),
    )
    .returning({ id: apiKeys.id, name: apiKeys.name });
  for (const { id, name } of revoked) await audit(tx, scope, 'api_key.revoked', id, { name });
}
