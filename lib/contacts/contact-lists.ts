import { and, eq, inArray } from 'drizzle-orm';
import { audit } from '../auth/audit';
import { grants, lacking, type Scope } from '../auth/scope';
import { listContacts, lists } from '../db/schema/lists';
import type { ScopedTx } from '../db/scoped';
import { fail, notFound, ok, type Result } from '../errors';
import type { ContactId, ListId } from '../ids';
import { noteContactEvents } from './contact-events';

type Joined = { listId: ListId; name: string };

/** The lists that a new contact shall be on, if all are there and may be changed. */
export async function listsToJoin(tx: ScopedTx, scope: Scope, listIds: ListId[]): Promise<Result<Joined[]>> {
  if (listIds.length === 0)
    return scope.lists === 'all' ? ok([]) : choose('Choose a list that you may change.');
  const wanted = [...new Set(listIds)];
  const found = await tx
    .select({ listId: lists.id, name: lists.name, archivedAt: lists.archivedAt })
    .from(lists)
    .where(and(eq(lists.workspaceId, scope.workspaceId), inArray(lists.id, wanted)));
  if (found.length < wanted.length) return notFound('list');
  const refused = found.find(({ listId }) => !grants(scope, listId, 'edit'));
  if (refused) return lacking('edit', refused.name);
  const archived = found.find(({ archivedAt }) => archivedAt !== null);
  if (archived) return choose(`The list “${archived.name}” is archived. Choose another.`);
  return ok(found);
}

const choose = (message: string) => fail('invalid', message, { fields: { listIds: message } });

export async function joinLists(
  tx: ScopedTx,
  scope: Scope,
  contactId: ContactId,
  joined: Joined[],
): Promise<void> {
  if (joined.length === 0) return;
  const { workspaceId } = scope;
  await tx.insert(listContacts).values(joined.map(({ listId }) => ({ workspaceId, listId, contactId })));
  for (const { listId, name } of joined)
    await noteContactEvents(tx, scope, [contactId], 'added_to_list', { listId, name });
}

/** Whether a contact that somebody sees stands on a list that they may change. */
export async function mayEdit(tx: ScopedTx, scope: Scope, id: ContactId): Promise<boolean> {
  if (scope.lists === 'all') return true;
  const on = await tx
    .select({ listId: listContacts.listId })
    .from(listContacts)
    .where(and(eq(listContacts.workspaceId, scope.workspaceId), eq(listContacts.contactId, id)));
  return on.some(({ listId }) => grants(scope, listId, 'edit'));
}

/** Puts a contact on the lists named and takes it off all others that somebody sees. Answers whether that changed anything. */
export async function changeLists(
  tx: ScopedTx,
  scope: Scope,
  id: ContactId,
  listIds: ListId[],
): Promise<Result<boolean>> {
  const { workspaceId } = scope;
  const on = await tx
    .select({ listId: lists.id, name: lists.name })
    .from(listContacts)
    .innerJoin(lists, and(eq(lists.workspaceId, listContacts.workspaceId), eq(lists.id, listContacts.listId)))
    .where(and(eq(listContacts.workspaceId, workspaceId), eq(listContacts.contactId, id)));
  const isOn = new Set(on.map(({ listId }) => listId));
  const left = on.filter(({ listId }) => !listIds.includes(listId));
  const refused = left.find(({ listId }) => !grants(scope, listId, 'edit'));
  if (refused) return lacking('edit', refused.name);
  // Off all lists, it would be out of sight for whoever sees single ones.
  if (listIds.length === 0 && scope.lists !== 'all') return choose('Keep a list that you may change.');
  const added = listIds.filter((listId) => !isOn.has(listId));
  const joined = added.length > 0 ? await listsToJoin(tx, scope, added) : ok([]);
  if (!joined.ok) return joined;
  await joinLists(tx, scope, id, joined.value);
  for (const { listId, name } of left) {
    await tx
      .delete(listContacts)
      .where(
        and(
          eq(listContacts.workspaceId, workspaceId),
          eq(listContacts.listId, listId),
          eq(listContacts.contactId, id),
        ),
      );
    await noteContactEvents(tx, scope, [id], 'removed_from_list', { listId, name });
  }
  if (left.length + joined.value.length > 0)
    await audit(tx, scope, 'contact.lists_changed', id, {
      added: joined.value.map(({ listId }) => listId),
      removed: left.map(({ listId }) => listId),
    });
  return ok(left.length + joined.value.length > 0);
}
