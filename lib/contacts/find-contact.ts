import { and, eq } from 'drizzle-orm';
import type { Scope } from '../auth/scope';
import { codesOf } from '../codes/contact-codes';
import { contacts, listContacts, lists } from '../db/schema/lists';
import { inScope, type ScopedTx } from '../db/scoped';
import { notFound, ok, type Result } from '../errors';
import type { ContactCode, ContactId, ListId } from '../ids';
import { findSuppressions, type Suppression } from './list-contacts';

export type ContactFields = Omit<
  typeof contacts.$inferSelect,
  'workspaceId' | 'nameKey' | 'lastNameKey' | 'domain'
>;

export type Contact = ContactFields & {
  /** Personal, and nobody else's. */
  code: ContactCode;
  lists: { id: ListId; name: string; archived: boolean; addedAt: Date }[];
  /** Why nothing is sent to the address, whatever its owner agreed to. */
  suppression: Suppression | null;
  /** The same of the phone number. */
  textSuppression: Suppression | null;
};

/** Without what only the database needs. */
export function contactFields(row: typeof contacts.$inferSelect): ContactFields {
  const { workspaceId: _, nameKey: __, lastNameKey: ___, domain: ____, ...fields } = row;
  return fields;
}

/** One contact with the lists it is on. */
export function findContact(scope: Scope, id: ContactId): Promise<Result<Contact>> {
  return inScope(scope, async (tx) => {
    const contact = await readContact(tx, scope, id);
    if (!contact) return notFound('contact');
    const on = await tx
      .select({
        id: lists.id,
        name: lists.name,
        archivedAt: lists.archivedAt,
        addedAt: listContacts.addedAt,
      })
      .from(listContacts)
      .innerJoin(
        lists,
        and(eq(lists.workspaceId, listContacts.workspaceId), eq(lists.id, listContacts.listId)),
      )
      .where(and(eq(listContacts.workspaceId, scope.workspaceId), eq(listContacts.contactId, id)))
      .orderBy(lists.name);
    const reasons = await findSuppressions(tx, scope, contact.email ? [contact.email] : []);
    const textReasons = await findSuppressions(tx, scope, contact.phone ? [contact.phone] : [], 'sms');
    const code = (await codesOf(tx, scope, [id])).get(id);
    if (!code) return notFound('contact'); // erased at this moment
    return ok({
      ...contactFields(contact),
      code,
      lists: on.map(({ archivedAt, ...list }) => ({ ...list, archived: archivedAt !== null })),
      suppression: reasons.get(contact.email ?? '') ?? null,
      textSuppression: textReasons.get(contact.phone ?? '') ?? null,
    });
  });
}

/**
 * The bare row, inside a transaction that the caller opened. `lock`: and nobody else changes it before that ends.
 */
export async function readContact(tx: ScopedTx, scope: Scope, id: ContactId, lock = false) {
  const query = tx
    .select()
    .from(contacts)
    .where(and(eq(contacts.workspaceId, scope.workspaceId), eq(contacts.id, id)));
  const [row] = await (lock ? query.for('no key update') : query);
  return row;
}
