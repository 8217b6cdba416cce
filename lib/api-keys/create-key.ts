import { and, eq, inArray, sql } from 'drizzle-orm';
import { audit } from '../auth/audit';
import { mayGiveRole } from '../auth/policy';
import { type Scope, userOf } from '../auth/scope';
import { hashToken, newToken } from '../auth/tokens';
import { apiKeyGrants, apiKeys } from '../db/schema/access';
import { lists } from '../db/schema/lists';
import { inScope, type ScopedTx } from '../db/scoped';
import { fail, notFound, ok, type Result } from '../errors';
import { ApiKeyId, newId } from '../ids';
import { governingRole } from '../members/governing';
import type { NewApiKey } from './key-input';

/** As much of a token as people need to tell keys apart. */
const hintLength = 4;

/**
 * Makes a key and answers its token, which nobody can read again: only its hash is kept. A key can do no more than whoever
 * makes it.
 */
export function createApiKey(
  scope: Scope,
  { name, role, grants, expiresInDays }: NewApiKey,
): Promise<Result<{ id: ApiKeyId; token: string }>> {
  const { workspaceId } = scope;
  return inScope(scope, async (tx) => {
    // As it is by now: whoever is removed at this moment makes no key that outlives them.
    const acting = await governingRole(tx, scope);
    if (!acting.ok) return acting;
    if (!mayGiveRole(acting.value, role))
      return fail('forbidden', `Your own role is lower than ${role}: choose another one for the key.`);
    if (!(await areThere(tx, scope, grants))) return notFound('list');
    const id = newId(ApiKeyId);
    const token = newToken('api-key', workspaceId);
    await tx.insert(apiKeys).values({
      workspaceId,
      id,
      name,
      role,
      tokenHash: hashToken(token),
      hint: token.slice(-hintLength),
      createdBy: userOf(scope),
      expiresAt: expiresInDays === null ? null : sql`now() + make_interval(days => ${expiresInDays})`,
    });
    if (grants.length > 0)
      await tx.insert(apiKeyGrants).values(grants.map((grant) => ({ workspaceId, keyId: id, ...grant })));
    await audit(tx, scope, 'api_key.created', id, { name, role, grants, expiresInDays });
    return ok({ id, token });
  });
}

/** Whether the lists exist, and go on to until the transaction ends. */
async function areThere(tx: ScopedTx, scope: Scope, grants: NewApiKey['grants']): Promise<boolean> {
  if (grants.length === 0) return true;
  const ids = grants.map(({ listId }) => listId);
  const found = await tx
    .select({ id: lists.id })
    .from(lists)
    .where(and(eq(lists.workspaceId, scope.workspaceId), inArray(lists.id, ids)))
    .for('key share');
  return found.length === ids.length;
}
