import { sql } from 'drizzle-orm';
import { memberScope } from '../auth/principals';
import type { Scope } from '../auth/scope';
import { unsafeDatabase } from '../db/client';
import { users } from '../db/schema/accounts';
import { auditLog } from '../db/schema/operation';
import { members } from '../db/schema/workspaces';
import { inScope } from '../db/scoped';
import type { Role } from '../db/states';
import { newId, UserId } from '../ids';

export type Person = { id: UserId; email: string };

/** An account that is a member of nothing. */
export async function newPerson(name = 'Mia'): Promise<Person> {
  const id = newId(UserId);
  const email = `${id}@example.com`;
  await unsafeDatabase().insert(users).values({ id, email, name, passwordHash: '!' });
  return { id, email };
}

/** A new member of the scope's workspace. */
export async function newMember(scope: Scope, role: Role, name?: string): Promise<Person> {
  const person = await newPerson(name);
  await inScope(scope, (tx) =>
    tx.insert(members).values({ workspaceId: scope.workspaceId, userId: person.id, role }),
  );
  return person;
}

/** What somebody may do now. Throws for whoever is no member. */
export async function scopeOf({ workspaceId }: Scope, { id }: { id: UserId }): Promise<Scope> {
  const found = await memberScope(workspaceId, id);
  if (!found) throw new Error('not a member');
  return found;
}

/** The audit entries about members, invitations and lists' access, in order, without those of the set-up. */
export function entries(scope: Scope) {
  return inScope(scope, (tx) =>
    tx
      .select({ action: auditLog.action, userId: auditLog.userId, targetId: auditLog.targetId })
      .from(auditLog)
      .where(sql`${auditLog.action} like 'member.%' or ${auditLog.action} like 'invitation.%'`)
      .orderBy(auditLog.id),
  );
}
