import { and, eq, gt, inArray, isNull, sql } from 'drizzle-orm';
import { audit } from '../auth/audit';
import type { NewAccount } from '../auth/new-account';
import { hashPassword } from '../auth/password';
import { readMemberScope } from '../auth/principals';
import { mintSystemScope } from '../auth/scope';
import { hashToken, workspaceOfToken } from '../auth/tokens';
import { listGrants } from '../db/schema/access';
import { users } from '../db/schema/accounts';
import { lists } from '../db/schema/lists';
import { invitations, members, workspaces } from '../db/schema/workspaces';
import { inScope, type ScopedTx } from '../db/scoped';
import type { Role } from '../db/states';
import { fail, ok, type Result } from '../errors';
import { newId, UserId, type WorkspaceId } from '../ids';

/* What whoever holds an invitation's link may do: look at it, and accept it. The token is the key. */

/** What an invitation says, while it can be accepted. */
export type OpenInvitation = {
  workspaceId: WorkspaceId;
  workspace: string;
  email: string | null;
  role: Role;
  invitedBy: string | null;
  /** Whether the address that it is for has an account. */
  hasAccount: boolean;
};

const isOpen = (workspaceId: WorkspaceId, token: string) =>
  and(
    eq(invitations.workspaceId, workspaceId),
    eq(invitations.tokenHash, hashToken(token)),
    isNull(invitations.acceptedAt),
    gt(invitations.expiresAt, sql`now()`),
  );

/** Undefined for a token that was never one, was used, revoked, or ran out: nobody learns which. Changes nothing. */
export async function findInvitation(token: string): Promise<OpenInvitation | undefined> {
  const workspaceId = workspaceOfToken('invitation', token);
  if (!workspaceId) return undefined;
  return inScope(mintSystemScope(workspaceId), async (tx) => {
    const [found] = await tx
      .select({
        workspaceId: workspaces.id,
        workspace: workspaces.name,
        email: invitations.email,
        role: invitations.role,
        invitedBy: users.name,
      })
      .from(invitations)
      .innerJoin(workspaces, eq(workspaces.id, invitations.workspaceId))
      .leftJoin(users, eq(users.id, invitations.invitedBy))
      .where(isOpen(workspaceId, token));
    if (!found) return undefined;
    const account = found.email === null ? undefined : await accountOf(tx, found.email);
    return { ...found, hasAccount: account !== undefined };
  });
}

async function accountOf(tx: ScopedTx, email: string): Promise<UserId | undefined> {
  const [user] = await tx
    .select({ id: users.id })
    .from(users)
    .where(eq(sql`lower(${users.email})`, email));
  return user?.id;
}

/** Joins as somebody who has an account, and has shown that it is theirs. */
export function acceptInvitation(
  user: { id: UserId; email: string },
  token: string,
  address: string | null,
): Promise<Result<WorkspaceId>> {
  return withInvitation(token, async (tx, invitation) => {
    if (invitation.email !== null && invitation.email !== user.email.toLowerCase())
      return fail(
        'forbidden',
        `This invitation is for ${invitation.email}, and you are signed in as ${user.email}. Sign out, and in with that address, or ask for an invitation of your own.`,
      );
    return join(tx, invitation, user.id, address);
  });
}

/** Joins with a new account. Of a message, it gets the address that the message went to, whatever else was typed. */
export async function joinWithNewAccount(
  token: string,
  account: NewAccount,
  address: string | null,
): Promise<Result<{ email: string; workspaceId: WorkspaceId }>> {
  const passwordHash = await hashPassword(account.password);
  return withInvitation(token, async (tx, invitation) => {
    const email = invitation.email ?? account.email.trim().toLowerCase();
    const id = newId(UserId);
    const made = await tx
      .insert(users)
      .values({ id, email, name: account.name, passwordHash })
      .onConflictDoNothing()
      .returning({ id: users.id });
    if (made.length === 0) {
      const message = `There is an account for ${email} already. Sign in with it to accept the invitation.`;
      return fail('conflict', message, { fields: { email: message } });
    }
    const joined = await join(tx, invitation, id, address);
    if (!joined.ok) throw new Error('a new account is a member of nothing'); // and takes the account back
    return ok({ email, workspaceId: joined.value });
  });
}

type Locked = typeof invitations.$inferSelect;

/** Locks the invitation, so that of those who accept it at the same time one gets it and the others find it used. */
async function withInvitation<Value>(
  token: string,
  work: (tx: ScopedTx, invitation: Locked) => Promise<Result<Value>>,
): Promise<Result<Value>> {
  const workspaceId = workspaceOfToken('invitation', token);
  if (!workspaceId) return gone();
  return inScope(mintSystemScope(workspaceId), async (tx) => {
    const [invitation] = await tx.select().from(invitations).where(isOpen(workspaceId, token)).for('update');
    return invitation ? work(tx, invitation) : gone();
  });
}

const gone = () =>
  fail(
    'not_found',
    'This invitation does not work any more: it was used, taken back or ran out. Ask whoever invited you for a new one.',
  );

async function join(
  tx: ScopedTx,
  { workspaceId, id, role, grants }: Locked,
  userId: UserId,
  address: string | null,
): Promise<Result<WorkspaceId>> {
  const added = await tx
    .insert(members)
    .values({ workspaceId, userId, role })
    .onConflictDoNothing()
    .returning({ userId: members.userId });
  if (added.length === 0) return fail('conflict', 'You are a member of this workspace already.');
  if (role === 'marketer' && grants.length > 0) await grantLists(tx, workspaceId, userId, grants);
  await tx
    .update(invitations)
    .set({ acceptedAt: sql`now()` })
    .where(and(eq(invitations.workspaceId, workspaceId), eq(invitations.id, id)));
  const scope = await readMemberScope(tx, workspaceId, userId, address);
  if (!scope) throw new Error('a member who was just added has a scope');
  await audit(tx, scope, 'member.joined', userId, { invitation: id, role });
  return ok(workspaceId);
}

async function grantLists(
  tx: ScopedTx,
  workspaceId: WorkspaceId,
  userId: UserId,
  grants: Locked['grants'],
): Promise<void> {
  const wanted = new Map(grants.map(({ listId, access }) => [listId, access]));
  const there = await tx
    .select({ listId: lists.id })
    .from(lists)
    .where(and(eq(lists.workspaceId, workspaceId), inArray(lists.id, [...wanted.keys()])));
  const rows = there.flatMap(({ listId }) => {
    const access = wanted.get(listId);
    return access ? [{ workspaceId, userId, listId, access }] : [];
  });
  if (rows.length > 0) await tx.insert(listGrants).values(rows);
}
