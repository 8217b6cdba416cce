import { and, asc, desc, eq, inArray, sql } from 'drizzle-orm';
import type { Scope } from '../auth/scope';
import { apiKeyGrants, apiKeys } from '../db/schema/access';
import { users } from '../db/schema/accounts';
import { lists } from '../db/schema/lists';
import { inScope, type ScopedTx } from '../db/scoped';
import type { ListAccess, Role } from '../db/states';
import type { ApiKeyId, ListId, UserId } from '../ids';

export type ApiKey = {
  id: ApiKeyId;
  name: string;
  role: Role;
  /** The last characters of its token. */
  hint: string;
  state: 'active' | 'expired' | 'revoked';
  grants: { listId: ListId; name: string; access: ListAccess }[];
  /** Null: the command line made it. */
  createdBy: string | null;
  makerId: UserId | null;
  createdAt: Date;
  expiresAt: Date | null;
  revokedAt: Date | null;
  lastUsedAt: Date | null;
};

const most = 500;

/** The keys of a workspace: those that hold first, the newest first among each. */
export function listApiKeys(scope: Scope): Promise<ApiKey[]> {
  const state = sql<ApiKey['state']>`case when ${apiKeys.revokedAt} is not null then 'revoked'
    when ${apiKeys.expiresAt} <= now() then 'expired' else 'active' end`;
  return inScope(scope, async (tx) => {
    const rows = await tx
      .select({
        id: apiKeys.id,
        name: apiKeys.name,
        role: apiKeys.role,
        hint: apiKeys.hint,
        state,
        createdBy: users.name,
        makerId: apiKeys.createdBy,
        createdAt: apiKeys.createdAt,
        expiresAt: apiKeys.expiresAt,
        revokedAt: apiKeys.revokedAt,
        lastUsedAt: apiKeys.lastUsedAt,
      })
      .from(apiKeys)
      .leftJoin(users, eq(users.id, apiKeys.createdBy))
      .where(eq(apiKeys.workspaceId, scope.workspaceId))
      .orderBy(asc(state), desc(apiKeys.id))
      .limit(most);
    const granted = await grantsOf(
      tx,
      scope,
      rows.map(({ id }) => id),
    );
    return rows.map((row) => ({ ...row, grants: granted.get(row.id) ?? [] }));
  });
}

async function grantsOf(
  tx: ScopedTx,
  scope: Scope,
  ids: ApiKeyId[],
): Promise<Map<ApiKeyId, ApiKey['grants']>> {
  const found = new Map<ApiKeyId, ApiKey['grants']>();
  if (ids.length === 0) return found;
  const rows = await tx
    .select({
      keyId: apiKeyGrants.keyId,
      listId: apiKeyGrants.listId,
      access: apiKeyGrants.access,
      name: lists.name,
    })
    .from(apiKeyGrants)
    .innerJoin(lists, and(eq(lists.workspaceId, apiKeyGrants.workspaceId), eq(lists.id, apiKeyGrants.listId)))
    .where(and(eq(apiKeyGrants.workspaceId, scope.workspaceId), inArray(apiKeyGrants.keyId, ids)))
    .orderBy(asc(sql`lower(${lists.name})`));
  for (const { keyId, ...grant } of rows) found.set(keyId, [...(found.get(keyId) ?? []), grant]);
  return found;
}
