import { and, asc, desc, eq, inArray, isNull, sql } from 'drizzle-orm';
import { z } from 'zod';
import { countAttempt } from '../auth/attempts';
import { audit } from '../auth/audit';
import { type Scope, userOf } from '../auth/scope';
import { hashToken, newToken } from '../auth/tokens';
import { users } from '../db/schema/accounts';
import { lists } from '../db/schema/lists';
import { invitations, members } from '../db/schema/workspaces';
import { inScope, type ScopedTx } from '../db/scoped';
import { listAccesses, type Role, roles } from '../db/states';
import { fail, notFound, ok, type Result } from '../errors';
import { InvitationId, ListId, newId } from '../ids';
import { governingRole, onlyForOwners } from './governing';
import { joinUrl, type MailedInvitation, mailInvitation } from './invitation-mail';

const days = 7;
const inDays = sql`now() + make_interval(days => ${days})`;
const perWorkspace = { limit: 60, windowSeconds: 3600 };

const Email = z.email('Enter a full e-mail address, such as ann@example.com.').max(254).toLowerCase();

export const InvitationInput = z.object({
  /** Null: a link for whoever is given it. */
  email: Email.nullable(),
  role: z.enum(roles),
  /** What a marketer is granted on joining. */
  grants: z.array(z.object({ listId: ListId, access: z.enum(listAccesses) })).max(500),
});
export type InvitationInput = z.infer<typeof InvitationInput>;

/**
 * What became of an invitation. `url` is shown once: of a link, and of a message that could not be sent, which `unsent`
 * explains, to be passed on by hand.
 */
export type Invited = { id: InvitationId; url: string | null; unsent: string | null };

/** Asks somebody to join, by mail or by a link. It works once and for seven days. */
export async function inviteMember(scope: Scope, input: InvitationInput): Promise<Result<Invited>> {
  const limited = input.email !== null && (await tooMany(scope));
  if (limited) return limited;
  const { email, role } = input;
  const token = newToken('invitation', scope.workspaceId);
  const made = await inScope(scope, async (tx): Promise<Result<MailedInvitation>> => {
    const acting = await governingRole(tx, scope);
    if (!acting.ok) return acting;
    const refused = onlyForOwners(acting.value, role) ?? (await unlessThere(tx, scope, email));
    if (refused) return refused;
    const grants = role === 'marketer' ? byList(input.grants) : [];
    if (!(await allExist(tx, scope, grants))) return notFound('list');
    const id = newId(InvitationId);
    await tx.insert(invitations).values({
      ...{ workspaceId: scope.workspaceId, id, email, role, grants },
      tokenHash: hashToken(token),
      invitedBy: userOf(scope),
      expiresAt: inDays,
    });
    await audit(tx, scope, 'invitation.created', id, { email, role, grants });
    return ok({ id, email, role });
  });
  return made.ok ? deliver(scope, made.value, token) : made;
}

/** Makes the invitation hold for seven days more, under a new link; the old one ends. */
export async function renewInvitation(scope: Scope, id: InvitationId): Promise<Result<Invited>> {
  const limited = await tooMany(scope);
  if (limited) return limited;
  const token = newToken('invitation', scope.workspaceId);
  const renewed = await inScope(scope, async (tx): Promise<Result<MailedInvitation>> => {
    const found = await pendingFor(tx, scope, id);
    if (!found.ok) return found;
    await tx
      .update(invitations)
      .set({ tokenHash: hashToken(token), expiresAt: inDays, invitedBy: userOf(scope) })
      .where(and(eq(invitations.workspaceId, scope.workspaceId), eq(invitations.id, id)));
    await audit(tx, scope, 'invitation.renewed', id, { email: found.value.email });
    return found;
  });
  return renewed.ok ? deliver(scope, renewed.value, token) : renewed;
}

export function revokeInvitation(scope: Scope, id: InvitationId): Promise<Result<undefined>> {
  return inScope(scope, async (tx): Promise<Result<undefined>> => {
    const found = await pendingFor(tx, scope, id);
    if (!found.ok) return found;
    await tx
      .delete(invitations)
      .where(and(eq(invitations.workspaceId, scope.workspaceId), eq(invitations.id, id)));
    await audit(tx, scope, 'invitation.revoked', id, { email: found.value.email, role: found.value.role });
    return ok();
  });
}

export type Invitation = {
  id: InvitationId;
  email: string | null;
  role: Role;
  lists: number;
  invitedBy: string | null;
  expiresAt: Date;
  expired: boolean;
};

/** Those that nobody has accepted yet, the newest first. */
export function listInvitations(scope: Scope): Promise<Invitation[]> {
  return inScope(scope, (tx) =>
    tx
      .select({
        id: invitations.id,
        email: invitations.email,
        role: invitations.role,
        lists: sql<number>`jsonb_array_length(${invitations.grants})`,
        invitedBy: users.name,
        expiresAt: invitations.expiresAt,
        expired: sql<boolean>`${invitations.expiresAt} <= now()`,
      })
      .from(invitations)
      .leftJoin(users, eq(users.id, invitations.invitedBy))
      .where(and(eq(invitations.workspaceId, scope.workspaceId), isNull(invitations.acceptedAt)))
      .orderBy(desc(invitations.createdAt), asc(invitations.id)),
  );
}

/** One that can still be accepted, or could, for somebody who may offer its role. */
async function pendingFor(tx: ScopedTx, scope: Scope, id: InvitationId): Promise<Result<MailedInvitation>> {
  const acting = await governingRole(tx, scope);
  if (!acting.ok) return acting;
  const [found] = await tx
    .select({ id: invitations.id, email: invitations.email, role: invitations.role })
    .from(invitations)
    .where(
      and(
        eq(invitations.workspaceId, scope.workspaceId),
        eq(invitations.id, id),
        isNull(invitations.acceptedAt),
      ),
    )
    .for('update'); // nobody accepts it meanwhile
  if (!found) return notFound('invitation');
  return onlyForOwners(acting.value, found.role) ?? ok(found);
}

/** Why somebody is not invited again. */
async function unlessThere(tx: ScopedTx, { workspaceId }: Scope, email: string | null) {
  if (email === null) return undefined;
  const [member] = await tx
    .select({ id: users.id })
    .from(members)
    .innerJoin(users, eq(users.id, members.userId))
    .where(and(eq(members.workspaceId, workspaceId), eq(sql`lower(${users.email})`, email)));
  if (member) return refuseEmail(`${email} is a member already.`);
  const [open] = await tx
    .select({ id: invitations.id })
    .from(invitations)
    .where(
      and(
        eq(invitations.workspaceId, workspaceId),
        eq(invitations.email, email),
        isNull(invitations.acceptedAt),
      ),
    );
  if (open)
    return refuseEmail(`${email} is invited already. Send that invitation again, or revoke it first.`);
  return undefined;
}

const refuseEmail = (message: string) => fail('conflict', message, { fields: { email: message } });

/** One access a list, should one be named twice: the last. */
const byList = (grants: InvitationInput['grants']): InvitationInput['grants'] => [
  ...new Map(grants.map((grant) => [grant.listId, grant])).values(),
];

async function allExist(tx: ScopedTx, { workspaceId }: Scope, grants: InvitationInput['grants']) {
  if (grants.length === 0) return true;
  const ids = grants.map(({ listId }) => listId);
  const found = await tx
    .select({ id: lists.id })
    .from(lists)
    .where(and(eq(lists.workspaceId, workspaceId), inArray(lists.id, ids)));
  return found.length === ids.length;
}

/** A stolen session shall not send mail without end. */
async function tooMany(scope: Scope) {
  const wait = await countAttempt('invitation', scope.workspaceId, perWorkspace);
  if (wait === 0) return undefined;
  return fail(
    'rate_limited',
    `That was many invitations within an hour. Try again in ${Math.ceil(wait / 60)} minutes.`,
    { retryAfterSeconds: wait },
  );
}

async function deliver(scope: Scope, invitation: MailedInvitation, token: string): Promise<Result<Invited>> {
  const { id } = invitation;
  const url = joinUrl(token);
  if (invitation.email === null) return ok({ id, url, unsent: null });
  const sent = await mailInvitation(scope, { ...invitation, email: invitation.email }, url);
  return sent.ok ? ok({ id, url: null, unsent: null }) : ok({ id, url, unsent: sent.problem.message });
}
