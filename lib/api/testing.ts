import type { Scope } from '../auth/scope';
import { hashToken, newToken } from '../auth/tokens';
import { apiKeyGrants, apiKeys } from '../db/schema';
import { inScope } from '../db/scoped';
import type { ListAccess, Role } from '../db/states';
import { ApiKeyId, type ListId, newId } from '../ids';

/** An API key of a workspace. For tests. */
export async function testKey(
  { workspaceId, ...scope }: Scope,
  role: Role = 'owner',
  grants: [ListId, ListAccess][] = [],
): Promise<{ id: ApiKeyId; token: string }> {
  const id = newId(ApiKeyId);
  const token = newToken('api-key', workspaceId);
  await inScope({ ...scope, workspaceId }, async (tx) => {
    await tx
      .insert(apiKeys)
      .values({ workspaceId, id, name: 'Shop', role, tokenHash: hashToken(token), hint: token.slice(0, 8) });
    if (grants.length > 0)
      await tx
        .insert(apiKeyGrants)
        .values(grants.map(([listId, access]) => ({ workspaceId, keyId: id, listId, access })));
  });
  return { id, token };
}
