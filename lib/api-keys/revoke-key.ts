import { and, eq, isNull, sql } from 'drizzle-orm';
import { audit } from '../auth/audit';
import type { Scope } from '../auth/scope';
import { apiKeys } from '../db/schema';
import { inScope } from '../db/scoped';
import { notFound, ok, type Result } from '../errors';
import type { ApiKeyId } from '../ids';

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
