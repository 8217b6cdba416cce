import { and, eq } from 'drizzle-orm';
import { countAttempt } from '../auth/attempts';
import type { Session } from '../auth/sign-in';
import { unsafeDatabase } from '../db/client';
import { sessions } from '../db/schema/accounts';
import { members } from '../db/schema/workspaces';
import { asUser, type Transaction } from '../db/scoped';
import { fail, notFound, ok, type Result } from '../errors';
import type { WorkspaceId } from '../ids';
import { createWorkspace } from './create-workspace';
import type { WorkspaceProfile } from './profile';

/** Goes over to another of one's workspaces, in this session. */
export function chooseWorkspace(session: Session, workspaceId: WorkspaceId): Promise<Result<undefined>> {
  return asUser(session.user.id, async (tx): Promise<Result<undefined>> => {
    const [member] = await tx
      .select({ userId: members.userId })
      .from(members)
      .where(and(eq(members.workspaceId, workspaceId), eq(members.userId, session.user.id)));
    if (!member) return notFound('workspace');
    await remember(tx, session, workspaceId);
    return ok();
  });
}

const perPerson = { limit: 10, windowSeconds: 3600 };

/** Makes another workspace, whose owner one becomes, and goes there. */
export async function addWorkspace(
  session: Session,
  profile: WorkspaceProfile,
): Promise<Result<WorkspaceId>> {
  const wait = await countAttempt('new-workspace', session.user.id, perPerson);
  if (wait > 0)
    return fail(
      'rate_limited',
      `That was many workspaces within an hour. Try again in ${Math.ceil(wait / 60)} minutes.`,
      { retryAfterSeconds: wait },
    );
  return unsafeDatabase().transaction(async (tx) => {
    const workspaceId = await createWorkspace(tx, session.user, profile);
    await remember(tx, session, workspaceId);
    return ok(workspaceId);
  });
}

async function remember(tx: Transaction, session: Session, workspaceId: WorkspaceId): Promise<void> {
  await tx.update(sessions).set({ workspaceId }).where(eq(sessions.id, session.id));
}
