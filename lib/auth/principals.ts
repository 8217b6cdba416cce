import { and, eq, gt, isNull, or, sql } from 'drizzle-orm';
import { apiKeyGrants, apiKeys, listGrants } from '../db/schema/access';
import { members } from '../db/schema/workspaces';
import { inScope, type ScopedTx, type Transaction } from '../db/scoped';
import type { Role } from '../db/states';
import type { ApiKeyId, UserId, WorkspaceId } from '../ids';
import { type Grants, mintScope, mintSystemScope, type Scope } from './scope';
import { hashToken, workspaceOfToken } from './tokens';

/* Who somebody is in a workspace, read from the database each time, so that what is taken from them is gone at once. */

/** A member's scope; undefined for whoever is none, or is none any more. */
export function memberScope(
  workspaceId: WorkspaceId,
  userId: UserId,
  address: string | null = null,
): Promise<Scope | undefined> {
  return inScope(mintSystemScope(workspaceId), (tx) => readMemberScope(tx, workspaceId, userId, address));
}

/** The same, inside a transaction that the caller opened. */
export async function readMemberScope(
  tx: ScopedTx,
  workspaceId: WorkspaceId,
  userId: UserId,
  address: string | null,
): Promise<Scope | undefined> {
  const [member] = await tx
    .select({ role: members.role })
    .from(members)
    .where(and(eq(members.workspaceId, workspaceId), eq(members.userId, userId)));
  if (!member) return undefined;
  const grants = await memberGrants(tx, workspaceId, userId);
  return mintScope(workspaceId, { kind: 'member', id: userId, role: member.role }, grants, address);
}

/**
 * Somebody's scopes in all their workspaces, the first they came to first; without their lists: made to write down there what
 * they did to their own account. Within `asUser`.
 */
export async function scopesOfPerson(
  tx: Transaction,
  userId: UserId,
  address: string | null,
): Promise<Scope[]> {
  const rows = await tx
    .select({ workspaceId: members.workspaceId, role: members.role })
    .from(members)
    .where(eq(members.userId, userId))
    .orderBy(members.createdAt, members.workspaceId);
  return rows.map(({ workspaceId, role }) =>
    mintScope(workspaceId, { kind: 'member', id: userId, role }, new Map(), address),
  );
}

async function memberGrants(tx: ScopedTx, workspaceId: WorkspaceId, userId: UserId): Promise<Grants> {
  const rows = await tx
    .select({ listId: listGrants.listId, access: listGrants.access })
    .from(listGrants)
    .where(and(eq(listGrants.workspaceId, workspaceId), eq(listGrants.userId, userId)));
  return new Map(rows.map(({ listId, access }) => [listId, access]));
}

const isAlive = and(
  isNull(apiKeys.revokedAt),
  or(isNull(apiKeys.expiresAt), gt(apiKeys.expiresAt, sql`now()`)),
);

/** The scope of an API key that still holds. */
export function keyScope(workspaceId: WorkspaceId, keyId: ApiKeyId): Promise<Scope | undefined> {
  return inScope(mintSystemScope(workspaceId), async (tx) => {
    const [key] = await tx
      .select({ id: apiKeys.id, role: apiKeys.role })
      .from(apiKeys)
      .where(and(eq(apiKeys.workspaceId, workspaceId), eq(apiKeys.id, keyId), isAlive));
    return key && scopeOfKey(tx, workspaceId, key, null);
  });
}

/** The scope of whoever shows an API key's token, and a note that it was used; undefined for what is no living key. */
export async function tokenScope(token: string, address: string | null): Promise<Scope | undefined> {
  const workspaceId = workspaceOfToken('api-key', token);
  if (!workspaceId) return undefined;
  return inScope(mintSystemScope(workspaceId), async (tx) => {
    const [key] = await tx
      .select({ id: apiKeys.id, role: apiKeys.role })
      .from(apiKeys)
      .where(and(eq(apiKeys.workspaceId, workspaceId), eq(apiKeys.tokenHash, hashToken(token)), isAlive));
    if (!key) return undefined;
    await tx
      .update(apiKeys)
      .set({ lastUsedAt: sql`now()` })
      .where(
        and(
          eq(apiKeys.workspaceId, workspaceId),
          eq(apiKeys.id, key.id),
          sql`(${apiKeys.lastUsedAt} is null or ${apiKeys.lastUsedAt} < now() - interval '1 minute')`,
        ),
      );
    return scopeOfKey(tx, workspaceId, key, address);
  });
}

async function scopeOfKey(
  tx: ScopedTx,
  workspaceId: WorkspaceId,
  { id, role }: { id: ApiKeyId; role: Role },
  address: string | null,
): Promise<Scope> {
  const rows = await tx
    .select({ listId: apiKeyGrants.listId, access: apiKeyGrants.access })
    .from(apiKeyGrants)
    .where(and(eq(apiKeyGrants.workspaceId, workspaceId), eq(apiKeyGrants.keyId, id)));
  const grants: Grants = new Map(rows.map(({ listId, access }) => [listId, access]));
  return mintScope(workspaceId, { kind: 'key', id, role }, grants, address);
}

/**
 * The scope, as it is now, of whoever ordered something that the worker does later. The system itself where nobody did;
 * undefined when they have lost their access meanwhile.
 */
export async function scopeOfOrderer(
  system: Scope,
  orderer: { user: UserId | null; key: ApiKeyId | null },
): Promise<Scope | undefined> {
  if (orderer.user) return memberScope(system.workspaceId, orderer.user);
  if (orderer.key) return keyScope(system.workspaceId, orderer.key);
  return system;
}
