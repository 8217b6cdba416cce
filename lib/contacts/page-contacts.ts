import { and, eq, inArray, sql } from 'drizzle-orm';
import type { Scope } from '../auth/scope';
import { codesOf } from '../codes/contact-codes';
import { cursorId, pageById } from '../db/page';
import { contacts, listContacts, lists } from '../db/schema/lists';
import { inScope, type ScopedTx } from '../db/scoped';
import { notFound, ok, type Result } from '../errors';
import type { ContactCode, ContactId, ListId } from '../ids';
import { normaliseEmail } from './address';
import { sourceOf, stretchQuery } from './contact-query';
import { type ContactFields, contactFields } from './find-contact';
import { findSuppressions, type Suppression } from './list-contacts';

type Filter = { email?: string; listId?: ListId; cursor?: string; limit: number };

export type WholeContact = ContactFields & {
  code: ContactCode;
  listIds: ListId[];
  suppression: Suppression | null;
};

/** Contacts with all that is known of them, the newest first: all, those of a list, or the one with an address. */
export function pageOfContacts(
  scope: Scope,
  filter: Filter,
): Promise<Result<{ rows: WholeContact[]; next: string | null }>> {
  return inScope(scope, async (tx) => {
    const source = await sourceOf(tx, scope, { listId: filter.listId });
    const stretch = source?.stretches[0];
    if (!source || !stretch) return filter.listId ? notFound('list') : ok({ rows: [], next: null });
    if (filter.email !== undefined) {
      const id = await findByAddress(tx, scope, filter.email, filter.listId);
      return ok({ rows: id ? await readWhole(tx, scope, [id]) : [], next: null });
    }
    const after = cursorId(filter.cursor);
    const found = await stretchQuery(tx, source, stretch, {
      from: after === undefined ? undefined : { key: '', id: after },
      backwards: false,
      limit: filter.limit + 1,
    });
    const { rows, next } = pageById(found, filter.limit);
    const ids = rows.map(({ id }) => id);
    return ok({ rows: await readWhole(tx, scope, ids), next });
  });
}

async function findByAddress(
  tx: ScopedTx,
  scope: Scope,
  typed: string,
  listId: ListId | undefined,
): Promise<ContactId | undefined> {
  const email = normaliseEmail(typed);
  if (!email) return undefined;
  const isMember = sql`exists (select from ${listContacts}
    where ${listContacts.workspaceId} = ${scope.workspaceId} and ${listContacts.listId} = ${listId}
      and ${listContacts.contactId} = ${contacts.id})`;
  const [row] = await tx
    .select({ id: contacts.id })
    .from(contacts)
    .where(
      and(
        eq(contacts.workspaceId, scope.workspaceId),
        eq(contacts.email, email),
        listId ? isMember : undefined,
      ),
    );
  return row?.id;
}

/** In the order of their ids, the newest first. */
async function readWhole(tx: ScopedTx, scope: Scope, ids: ContactId[]): Promise<WholeContact[]> {
  if (ids.length === 0) return [];
  const { workspaceId } = scope;
  const rows = await tx
    .select()
    .from(contacts)
    .where(and(eq(contacts.workspaceId, workspaceId), inArray(contacts.id, ids)));
  const on = await tx
    .select({ contactId: listContacts.contactId, listId: lists.id })
    .from(listContacts)
    .innerJoin(lists, and(eq(lists.workspaceId, listContacts.workspaceId), eq(lists.id, listContacts.listId)))
    .where(and(eq(listContacts.workspaceId, workspaceId), inArray(listContacts.contactId, ids)))
    .orderBy(lists.name);
  const listsOf = Map.groupBy(on, ({ contactId }) => contactId);
  const reasons = await findSuppressions(
    tx,
    scope,
    rows.flatMap(({ email }) => email ?? []),
  );
  const codes = await codesOf(tx, scope, ids);
  return rows
    .sort((a, b) => (a.id < b.id ? 1 : -1))
    .flatMap((row) => {
      const code = codes.get(row.id);
      if (!code) return []; // erased at this moment
      const listIds = (listsOf.get(row.id) ?? []).map(({ listId }) => listId);
      return { ...contactFields(row), code, listIds, suppression: reasons.get(row.email ?? '') ?? null };
    });
}
