import { eq } from 'drizzle-orm';
import { type Scope, userOf } from '../auth/scope';
import { users } from '../db/schema/accounts';
import { workspaces } from '../db/schema/workspaces';
import { inScope } from '../db/scoped';
import type { Role } from '../db/states';
import { env } from '../env';
import { notFound, type Result } from '../errors';
import type { InvitationId } from '../ids';
import { sendProductMail } from '../product-mail/send-product-mail';
import { singleLine } from '../text';

export type MailedInvitation = { id: InvitationId; email: string | null; role: Role };

export const joinUrl = (token: string): string => `${env().APP_URL.replace(/\/$/, '')}/join/${token}`;

/** Writes to whoever is invited. */
export async function mailInvitation(
  scope: Scope,
  { email, role }: { email: string; role: Role },
  url: string,
): Promise<Result<undefined>> {
  const from = await sides(scope);
  if (!from) return notFound('workspace');
  const workspace = singleLine(from.workspace);
  const who = from.person === null ? 'You are invited' : `${singleLine(from.person)} invites you`;
  const as = { owner: 'an owner', admin: 'an admin', marketer: 'a marketer', viewer: 'a viewer' }[role];
  return sendProductMail(scope, { name: '', address: email }, `Join ${workspace} on Posthaste`, {
    title: `Join ${workspace}`,
    paragraphs: [
      `${who} to the workspace “${workspace}” as ${as}.`,
      `The invitation is for ${email}, works once, and holds for seven days. If you did not expect it, do nothing.`,
    ],
    action: { label: 'See the invitation', url },
  });
}

async function sides(scope: Scope): Promise<{ workspace: string; person: string | null } | undefined> {
  const userId = userOf(scope);
  return inScope(scope, async (tx) => {
    const [workspace] = await tx
      .select({ name: workspaces.name })
      .from(workspaces)
      .where(eq(workspaces.id, scope.workspaceId));
    if (!workspace) return undefined;
    const [person] = userId
      ? await tx.select({ name: users.name }).from(users).where(eq(users.id, userId))
      : [];
    return { workspace: workspace.name, person: person?.name ?? null };
  });
}
