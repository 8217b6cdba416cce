import { and, eq, ne, type SQL } from 'drizzle-orm';
import { roleMay } from '../auth/policy';
import type { Scope } from '../auth/scope';
import { invitations, members, workspaces } from '../db/schema/workspaces';
import type { ScopedTx } from '../db/scoped';
import type { Role } from '../db/states';
import { fail, ok, type Result } from '../errors';
import type { UserId } from '../ids';

/** Holds everybody else who changes the members of this workspace back until the transaction ends. */
export async function lockMembers(tx: ScopedTx, { workspaceId }: Scope): Promise<void> {
  await tx
    .select({ id: workspaces.id })
    .from(workspaces)
    .where(eq(workspaces.id, workspaceId))
    .for('no key update');
}

/**
 * Locks the members and answers the role of whoever acts as it is by then: of two people who take each other's rights
 * away, the second has none any more.
 */
export async function governingRole(tx: ScopedTx, scope: Scope): Promise<Result<Role>> {
  await lockMembers(tx, scope);
  const { by } = scope;
  if (by.kind === 'system') return ok('owner');
  const role = by.kind === 'key' ? by.role : await roleOf(tx, scope, by.id);
  if (role && roleMay(role, 'members:write')) return ok(role);
  return fail('forbidden', 'Your role does not allow this. Ask an admin of the workspace.');
}

async function roleOf(tx: ScopedTx, { workspaceId }: Scope, userId: UserId): Promise<Role | undefined> {
  const [row] = await tx
    .select({ role: members.role })
    .from(members)
    .where(and(eq(members.workspaceId, workspaceId), eq(members.userId, userId)));
  return row?.role;
}

/** What is about owners is for owners: else an admin could make themselves one. */
export function onlyForOwners(acting: Role, ...about: Role[]) {
  if (acting === 'owner' || !about.includes('owner')) return undefined;
  return fail('forbidden', 'Only an owner may invite, change or remove owners. Ask one of them.');
}

/** Refuses what would leave the workspace without an owner. Only behind the lock is its answer worth anything. */
export async function unlessLastOwner(tx: ScopedTx, scope: Scope, member: { userId: UserId; role: Role }) {
  if (member.role !== 'owner') return undefined;
  const [another] = await tx
    .select({ userId: members.userId })
    .from(members)
    .where(
      and(
        eq(members.workspaceId, scope.workspaceId),
        eq(members.role, 'owner'),
        ne(members.userId, member.userId),
      ),
    )
    .limit(1);
  if (another) return undefined;
  return fail(
    'conflict',
    'This is the last owner, and a workspace needs one. Make somebody else an owner first.',
  );
}

/** Takes back what somebody offered and could not offer any more: else they could come back by it. */
export async function withdrawInvitations(tx: ScopedTx, scope: Scope, by: UserId, only?: SQL): Promise<void> {
  await tx
    .delete(invitations)
    .where(and(eq(invitations.workspaceId, scope.workspaceId), eq(invitations.invitedBy, by), only));
}
