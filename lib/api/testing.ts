import { createApiKey } from '../api-keys/create-key';
import type { Scope } from '../auth/scope';
import type { ListAccess, Role } from '../db/states';
import type { ApiKeyId, ListId } from '../ids';

/** An API key of a workspace. For tests. */
export async function testKey(
  scope: Scope,
  role: Role = 'owner',
  granted: [ListId, ListAccess][] = [],
): Promise<{ id: ApiKeyId; token: string }> {
  const grants = granted.map(([listId, access]) => ({ listId, access }));
  const made = await createApiKey(scope, { name: 'Shop', role, grants, expiresInDays: null });
  if (!made.ok) throw new Error(made.problem.message);
  return made.value;
}
