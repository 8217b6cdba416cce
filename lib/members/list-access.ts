import { and, asc, eq, sql } from 'drizzle-orm';
import { audit } from '../auth/audit';
import type { Scope } from '../auth/scope';
import { listGrants } from '../db/schema/access';
import { users } from '../db/schema/accounts';
import { lists } from '../db/schema/lists';
import { members } from '../db/schema/workspaces';
import { inScope, type ScopedTx } from '../db/scoped';
import type { ListAccess } from '../db/states';
import { fail, notFound, ok, type Result } from '../errors';
import type { ListId, UserId } from '../ids';
import { readList } from '../lists/lists';
import { governingRole } from './governing';
import { readMember } from './members';

/** What a list grants somebody; null: nothing. */
export type Access = ListAccess | null;

/** The marketers of the workspace, each with what this list grants them. Everybody else has their rights by role. */
export function marketersOfList(
  scope: Scope,
  listId: ListId,
): Promise<Result<{ userId: UserId; name: string; email: string; access: Access }[]>> {
  return inScope(scope, async (tx) => {
    if (!(await readList(tx, scope, listId))) return notFound('list');
    const rows = await tx
      .select({ userId: users.id, name: users.name, email: users.email, access: listGrants.access })
      .from(members)
      .innerJoin(users, eq(users.id, members.userId))
      .leftJoin(
        listGrants,
        and(
          eq(listGrants.workspaceId, members.workspaceId),
          eq(listGrants.userId, members.userId),
          eq(listGrants.listId, listId),
        ),
      )
      .where(and(eq(members.workspaceId, scope.workspaceId), eq(members.role, 'marketer')))
      .orderBy(asc(sql`lower(${users.name})`), asc(users.id));
    return ok(rows);
  });
}

/** The active lists of the workspace, each with what it grants this member. */
export function listsOfMember(
  scope: Scope,
  userId: UserId,
): Promise<{ id: ListId; name: string; contactCount: number; access: Access }[]> {
  return inScope(scope, (tx) =>
    tx
      .select({
        id: lists.id,
        name: lists.name,
        contactCount: lists.contactCount,
        access: listGrants.access,
      })
      .from(lists)
      .leftJoin(
        listGrants,
        and(
          eq(listGrants.workspaceId, lists.workspaceId),
          eq(listGrants.listId, lists.id),
          eq(listGrants.userId, userId),
        ),
      )
      .where(
        and(
          eq(lists.workspaceId, scope.workspaceId),
          sql`(${lists.archivedAt} is null or ${listGrants.access} is not null)`,
        ),
      )
      .orderBy(asc(sql`lower(${lists.name})`), asc(lists.id)),
  );
}

/** Says what a list grants a marketer, from their next request on. */
export function setListAccess(
  scope: Scope,
  { listId, userId, access }: { listId: ListId; userId: UserId; access: Access },
): Promise<Result<{ changed: boolean }>> {
  return inScope(scope, async (tx): Promise<Result<{ changed: boolean }>> => {
    const acting = await governingRole(tx, scope);
    if (!acting.ok) return acting;
    const list = await readList(tx, scope, listId);
    if (!list) return notFound('list');
    const member = await readMember(tx, scope, userId);
    if (!member) return notFound('member');
    if (member.role !== 'marketer')
      return fail(
        'conflict',
        `${member.name} has their rights by role, on every list. Only a marketer’s are set list by list.`,
      );
    const before = await accessOf(tx, scope, listId, userId);
    if (before === access) return ok({ changed: false });
    await write(tx, scope, { listId, userId, access });
    await audit(tx, scope, 'member.list_access_changed', userId, {
      ...{ listId, list: list.name, from: before, to: access },
    });
    return ok({ changed: true });
  });
}

const isGrant = (scope: Scope, listId: ListId, userId: UserId) =>
  and(
    eq(listGrants.workspaceId, scope.workspaceId),
    eq(listGrants.listId, listId),
    eq(listGrants.userId, userId),
  );

async function accessOf(tx: ScopedTx, scope: Scope, listId: ListId, userId: UserId): Promise<Access> {
  const [row] = await tx
    .select({ access: listGrants.access })
    .from(listGrants)
    .where(isGrant(scope, listId, userId));
  return row?.access ?? null;
}

async function write(
  tx: ScopedTx,
  scope: Scope,
  { listId, userId, access }: { listId: ListId; userId: UserId; access: Access },
): Promise<void> {
  const { workspaceId } = scope;
  if (access === null) {
    await tx.delete(listGrants).where(isGrant(scope, listId, userId));
    return;
  }
  await tx
    .insert(listGrants)
    .values({ workspaceId, listId, userId, access })
    .onConflictDoUpdate({
      target: [listGrants.workspaceId, listGrants.userId, listGrants.listId],
      set: { access },
    });
}
