import { and, eq, type SQL, sql } from 'drizzle-orm';
import { grants, type Scope } from '../auth/scope';
import { contacts, listContacts } from '../db/schema/lists';
import type { ScopedTx } from '../db/scoped';
import type { ContactId } from '../ids';

/**
 * For somebody who reaches single lists: only the newest contacts of each of those, at most `limit`. Left to row-level
 * security, a query for any few contacts would look for each of all whether it is on such a list. Else undefined.
 */
export function newestReached(scope: Scope, limit: number): SQL | undefined {
  if (scope.lists === 'all') return undefined;
  return sql`${contacts.id} = any(array(
    select m.contact_id from unnest(${sql.param([...scope.lists.keys()])}::uuid[]) reached(list_id)
    cross join lateral (
      select lc.contact_id from list_contacts lc
      where lc.workspace_id = ${scope.workspaceId} and lc.list_id = reached.list_id
      order by lc.contact_id desc limit ${limit}
    ) m))`;
}

/**
 * Whether somebody may change every list that a contact is on, those that they do not see as well: what is about the whole
 * of a person asks for that. Inside `unsafeAllLists`.
 */
export async function mayChangeAllListsOf(tx: ScopedTx, scope: Scope, id: ContactId): Promise<boolean> {
  if (scope.lists === 'all') return true;
  const on = await tx
    .select({ listId: listContacts.listId })
    .from(listContacts)
    .where(and(eq(listContacts.workspaceId, scope.workspaceId), eq(listContacts.contactId, id)));
  return on.every(({ listId }) => grants(scope, listId, 'edit'));
}
