import { and, eq } from 'drizzle-orm';
import { mintScope, type Scope } from '../auth/scope';
import { unsafeDatabase } from '../db/client';
import { users } from '../db/schema/accounts';
import { senders } from '../db/schema/senders';
import { inScope } from '../db/scoped';
import { newId, type SenderId, UserId } from '../ids';
import { createWorkspace } from './create-workspace';

/** A workspace with an owner and the sandbox sender, for tests. */
export async function testWorkspace(name = 'Test Bakery'): Promise<{ scope: Scope; senderId: SenderId }> {
  const user = newId(UserId);
  const email = `${user}@example.com`;
  const workspaceId = await unsafeDatabase().transaction(async (tx) => {
    await tx.insert(users).values({ id: user, email, name: 'Ann Owner', passwordHash: '!' });
    return createWorkspace(
      tx,
      { id: user, email },
      { name, postalAddress: '1 Main Street, Springfield', country: 'DE', timeZone: 'Europe/Berlin' },
    );
  });
  const scope = mintScope(workspaceId, { kind: 'member', id: user, role: 'owner' }, new Map());
  const [sender] = await inScope(scope, (tx) =>
    tx
      .select()
      .from(senders)
      .where(and(eq(senders.workspaceId, workspaceId), eq(senders.channel, 'email'))),
  );
  if (!sender) throw new Error('a new workspace has a sender');
  return { scope, senderId: sender.id };
}
