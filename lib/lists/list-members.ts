import { and, eq, inArray, type SQL } from 'drizzle-orm';
import { audit } from '../auth/audit';
import { grants, type Scope } from '../auth/scope';
import { noteContactEvents } from '../contacts/contact-events';
import { readAddresses } from '../contacts/pasted-addresses';
import { contacts, listContacts } from '../db/schema/lists';
import { inScope, type ScopedTx, unsafeAllLists } from '../db/scoped';
import { fail, ok, type Result } from '../errors';
import { ContactId, type ListId, newId } from '../ids';
import { editableList, type List } from './lists';

/**
 * Puts contacts on a list. `added`: those that were not on it; unknown ids are passed over. Nobody is added when somebody
 * may not be: whoever is on a list may be written to, which takes more than to see them on another one.
 */
export function addToList(
  scope: Scope,
  listId: ListId,
  contactIds: ContactId[],
): Promise<Result<{ added: ContactId[] }>> {
  return inScope(scope, async (tx) => {
    const list = await openList(tx, scope, listId);
    if (!list.ok) return list;
    const there = await visible(tx, scope, inArray(contacts.id, contactIds));
    const mayMove = await editable(tx, scope, there);
    if (mayMove.size < there.length) return onlySeen(there.length - mayMove.size);
    const added = await addMembers(tx, scope, list.value, there);
    if (added.length > 0) await audit(tx, scope, 'list.contacts_added', listId, { count: added.length });
    return ok({ added });
  });
}

/** Takes contacts off a list; they stay contacts. `removed`: those that were on it, so that it can be undone. */
export function removeFromList(
  scope: Scope,
  listId: ListId,
  contactIds: ContactId[],
): Promise<Result<{ removed: ContactId[] }>> {
  return inScope(scope, async (tx) => {
    const found = await editableList(tx, scope, listId);
    if (!found.ok) return found;
    const list = found.value;
    if (contactIds.length === 0) return ok({ removed: [] });
    const rows = await tx
      .delete(listContacts)
      .where(
        and(
          eq(listContacts.workspaceId, scope.workspaceId),
          eq(listContacts.listId, listId),
          inArray(listContacts.contactId, contactIds),
        ),
      )
      .returning({ id: listContacts.contactId });
    const removed = rows.map((row) => row.id);
    await noteContactEvents(tx, scope, removed, 'removed_from_list', { listId, name: list.name });
    if (removed.length > 0)
      await audit(tx, scope, 'list.contacts_removed', listId, { count: removed.length });
    return ok({ removed });
  });
}

const maxPasted = 2000;

export type PasteOutcome = {
  added: ContactId[];
  /** How many of them were no contacts before. */
  created: number;
  alreadyOnList: number;
  /** What was no address, as it was pasted. */
  invalid: string[];
  /** Addresses of contacts that stand on no list which the person may change: they stay as they are. */
  hidden: string[];
};

/** Puts pasted addresses on a list: one a line, or parted by commas, semicolons or spaces, `Ann <ann@example.com>` too. */
export function pasteToList(scope: Scope, listId: ListId, text: string): Promise<Result<PasteOutcome>> {
  const { addresses, invalid } = readAddresses(text);
  return inScope(scope, async (tx) => {
    if (addresses.length > maxPasted)
      return fail('too_large', `Paste at most ${maxPasted} addresses at once, or import them from a file.`);
    const list = await openList(tx, scope, listId);
    if (!list.ok) return list;
    const { ids, created, hidden } = await findOrCreate(tx, scope, addresses);
    const added = await addMembers(tx, scope, list.value, ids);
    if (added.length > 0)
      await audit(tx, scope, 'list.contacts_added', listId, { count: added.length, created });
    return ok({ added, created, alreadyOnList: ids.length - added.length, invalid, hidden });
  });
}

async function findOrCreate(tx: ScopedTx, scope: Scope, addresses: string[]) {
  if (addresses.length === 0) return { ids: [], created: 0, hidden: [] };
  const { workspaceId } = scope;
  const made = await unsafeAllLists(tx, scope, () =>
    tx
      .insert(contacts)
      .values(addresses.map((email) => ({ workspaceId, id: newId(ContactId), email })))
      .onConflictDoNothing({ target: [contacts.workspaceId, contacts.email] })
      .returning({ id: contacts.id, email: contacts.email }),
  );
  const newIds = made.map((row) => row.id);
  await noteContactEvents(tx, scope, newIds, 'created');
  const known = new Map(made.map((row) => [row.email, row.id]));
  const rest = addresses.filter((address) => !known.has(address));
  const seen = await visibleRows(tx, scope, inArray(contacts.email, rest));
  const mayMove = await editable(
    tx,
    scope,
    seen.map(({ id }) => id),
  );
  for (const { id, email } of seen) if (mayMove.has(id)) known.set(email, id);
  return {
    ids: [...known.values()],
    created: made.length,
    hidden: addresses.filter((address) => !known.has(address)),
  };
}

const visibleRows = (tx: ScopedTx, scope: Scope, which: SQL) =>
  tx
    .select({ id: contacts.id, email: contacts.email })
    .from(contacts)
    .where(and(eq(contacts.workspaceId, scope.workspaceId), which))
    .for('key share'); // nobody erases them before they are on the list

/** Those that exist, for whoever asks. */
async function visible(tx: ScopedTx, scope: Scope, which: SQL): Promise<ContactId[]> {
  return (await visibleRows(tx, scope, which)).map((row) => row.id);
}

/** Those of them that stand on a list which the person may change. */
async function editable(tx: ScopedTx, scope: Scope, ids: ContactId[]): Promise<Set<ContactId>> {
  if (scope.lists === 'all') return new Set(ids);
  const own = [...scope.lists.keys()].filter((id) => grants(scope, id, 'edit'));
  const rows = await tx
    .selectDistinct({ id: listContacts.contactId })
    .from(listContacts)
    .where(
      and(
        eq(listContacts.workspaceId, scope.workspaceId),
        inArray(listContacts.listId, own),
        inArray(listContacts.contactId, ids),
      ),
    );
  return new Set(rows.map(({ id }) => id));
}

const onlySeen = (count: number) =>
  fail(
    'forbidden',
    `${count === 1 ? 'One of these contacts is' : `${count} of these contacts are`} on no list that you may change, so you may not put them on another one. Nobody was added. Ask an admin of the workspace to add them.`,
  );

async function openList(tx: ScopedTx, scope: Scope, id: ListId): Promise<Result<List>> {
  const list = await editableList(tx, scope, id);
  if (list.ok && list.value.archivedAt)
    return fail('conflict', 'This list is archived. Restore it to add contacts.');
  return list;
}

/** Adds whoever is not on the list yet, notes it on their pages, and answers whom. The ids are of contacts that exist. */
async function addMembers(
  tx: ScopedTx,
  scope: Scope,
  list: Pick<List, 'id' | 'name'>,
  contactIds: ContactId[],
): Promise<ContactId[]> {
  if (contactIds.length === 0) return [];
  const { workspaceId } = scope;
  const rows = await tx
    .insert(listContacts)
    .values(contactIds.map((contactId) => ({ workspaceId, listId: list.id, contactId })))
    .onConflictDoNothing()
    .returning({ id: listContacts.contactId });
  const added = rows.map((row) => row.id);
  await noteContactEvents(tx, scope, added, 'added_to_list', { listId: list.id, name: list.name });
  return added;
}
