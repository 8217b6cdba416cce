import { and, asc, eq, sql } from 'drizzle-orm';
import { revokeKeysOf } from '../api-keys/revoke-key';
import { audit } from '../auth/audit';
import { roleMay } from '../auth/policy';
import { type Scope, userOf } from '../auth/scope';
import { listGrants } from '../db/schema/access';
import { users } from '../db/schema/accounts';
import { lists } from '../db/schema/lists';
import { invitations, members } from '../db/schema/workspaces';
import { inScope, type ScopedTx } from '../db/scoped';
import type { ListAccess, Role } from '../db/states';
import { fail, notFound, ok, type Result } from '../errors';
import type { ListId, UserId } from '../ids';
import { governingRole, lockMembers, onlyForOwners, unlessLastOwner, withdrawInvitations } from './governing';

export type Member = {
  userId: UserId;
  name: string;
  email: string;
  role: Role;
  createdAt: Date;
};

/** A member, and of a marketer the lists that were granted to them. */
export type MemberRow = Member & { lists: { id: ListId; name: string; access: ListAccess }[] };

const columns = {
  userId: members.userId,
  name: users.name,
  email: users.email,
  role: members.role,
  createdAt: members.createdAt,
};

/** Everybody in the workspace: owners first, then by name. */
export function listMembers(scope: Scope): Promise<MemberRow[]> {
  return inScope(scope, async (tx) => {
    const rows = await tx
      .select(columns)
      .from(members)
      .innerJoin(users, eq(users.id, members.userId))
      .where(eq(members.workspaceId, scope.workspaceId))
      .orderBy(asc(members.role), asc(sql`lower(${users.name})`), asc(members.userId));
    const granted = await grantedLists(tx, scope);
    return rows.map((row) => ({ ...row, lists: granted.get(row.userId) ?? [] }));
  });
}

async function grantedLists(tx: ScopedTx, scope: Scope): Promise<Map<UserId, MemberRow['lists']>> {
  const rows = await tx
    .select({ userId: listGrants.userId, id: lists.id, name: lists.name, access: listGrants.access })
    .from(listGrants)
    .innerJoin(lists, and(eq(lists.workspaceId, listGrants.workspaceId), eq(lists.id, listGrants.listId)))
    .where(eq(listGrants.workspaceId, scope.workspaceId))
    .orderBy(asc(sql`lower(${lists.name})`));
  const byUser = new Map<UserId, MemberRow['lists']>();
  for (const { userId, ...list } of rows) byUser.set(userId, [...(byUser.get(userId) ?? []), list]);
  return byUser;
}

export function findMember(scope: Scope, userId: UserId): Promise<Result<Member>> {
  return inScope(scope, async (tx) => {
    const member = await readMember(tx, scope, userId);
    return member ? ok(member) : notFound('member');
  });
}

/** The same, inside a transaction that the caller opened. */
export async function readMember(tx: ScopedTx, scope: Scope, userId: UserId): Promise<Member | undefined> {
  const [row] = await tx
    .select(columns)
    .from(members)
    .innerJoin(users, eq(users.id, members.userId))
    .where(and(eq(members.workspaceId, scope.workspaceId), eq(members.userId, userId)));
  return row;
}

const isMember = (scope: Scope, userId: UserId) =>
  and(eq(members.workspaceId, scope.workspaceId), eq(members.userId, userId));

/**
 * Gives a member another role, from their next request on. Whoever is no marketer any more has the rights of the role and
 * loses those of single lists.
 */
export function changeRole(scope: Scope, userId: UserId, role: Role): Promise<Result<{ role: Role }>> {
  return inScope(scope, async (tx): Promise<Result<{ role: Role }>> => {
    const acting = await governingRole(tx, scope);
    if (!acting.ok) return acting;
    const member = await readMember(tx, scope, userId);
    if (!member) return notFound('member');
    if (member.role === role) return ok({ role });
    const refused =
      onlyForOwners(acting.value, member.role, role) ?? (await unlessLastOwner(tx, scope, member));
    if (refused) return refused;
    await tx.update(members).set({ role }).where(isMember(scope, userId));
    if (member.role === 'marketer')
      await tx
        .delete(listGrants)
        .where(and(eq(listGrants.workspaceId, scope.workspaceId), eq(listGrants.userId, userId)));
    if (!roleMay(role, 'members:write')) await withdrawInvitations(tx, scope, userId);
    else if (member.role === 'owner')
      await withdrawInvitations(tx, scope, userId, eq(invitations.role, 'owner'));
    if (!roleMay(role, 'keys:write')) await revokeKeysOf(tx, scope, userId);
    else if (member.role === 'owner') await revokeKeysOf(tx, scope, userId, ['owner']);
    await audit(tx, scope, 'member.role_changed', userId, { from: member.role, to: role });
    return ok({ role });
  });
}

/** Takes somebody out of the workspace. What they made stays; what they may do here ends with their next request. */
export function removeMember(scope: Scope, userId: UserId): Promise<Result<undefined>> {
  return inScope(scope, async (tx): Promise<Result<undefined>> => {
    const acting = await governingRole(tx, scope);
    if (!acting.ok) return acting;
    const member = await readMember(tx, scope, userId);
    if (!member) return notFound('member');
    const refused = onlyForOwners(acting.value, member.role) ?? (await unlessLastOwner(tx, scope, member));
    if (refused) return refused;
    await audit(tx, scope, 'member.removed', userId, { email: member.email, role: member.role });
    return takeOut(tx, scope, userId);
  });
}

/** Goes by oneself. */
export function leaveWorkspace(scope: Scope): Promise<Result<undefined>> {
  const userId = userOf(scope);
  return inScope(scope, async (tx): Promise<Result<undefined>> => {
    if (!userId) return fail('forbidden', 'Only a member can leave.');
    await lockMembers(tx, scope);
    const member = await readMember(tx, scope, userId);
    if (!member) return notFound('member');
    const refused = await unlessLastOwner(tx, scope, member);
    if (refused) return refused;
    await audit(tx, scope, 'member.left', userId, { email: member.email, role: member.role });
    return takeOut(tx, scope, userId);
  });
}

async function takeOut(tx: ScopedTx, scope: Scope, userId: UserId): Promise<Result<undefined>> {
  await withdrawInvitations(tx, scope, userId);
  await revokeKeysOf(tx, scope, userId);
  await tx.delete(members).where(isMember(scope, userId)); // and with it what lists granted
  return ok();
}
