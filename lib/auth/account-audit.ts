import { enterScope, type Transaction } from '../db/scoped';
import type { UserId } from '../ids';
import { audit } from './audit';
import { scopesOfPerson } from './principals';

/**
 * Writes what somebody did to their own account into the log of every workspace they belong to: it is of none, and concerns
 * them all. Within `asUser`; what comes after it in the transaction sees the last of these workspaces.
 */
export async function auditAccount(
  tx: Transaction,
  { userId, address }: { userId: UserId; address: string | null },
  action: string,
  detail: Record<string, unknown> = {},
): Promise<void> {
  for (const scope of await scopesOfPerson(tx, userId, address))
    await audit(await enterScope(tx, scope), scope, action, userId, detail);
}
