import { and, eq, sql } from 'drizzle-orm';
import { audit } from '../auth/audit';
import type { Scope } from '../auth/scope';
import { contacts } from '../db/schema/lists';
import { workspaces } from '../db/schema/workspaces';
import { inScope, type ScopedTx, unsafeAllLists } from '../db/scoped';
import { violatesUnique } from '../db/violation';
import { fail, notFound, ok, type Result } from '../errors';
import { ContactId, type ListId, newId } from '../ids';
import { normalisePhone } from './address';
import { mergeAttributes } from './attributes';
import { noteContactEvents } from './contact-events';
import type { ContactInput } from './contact-input';
import { changeLists, joinLists, listsToJoin, mayEdit } from './contact-lists';
import { readContact } from './find-contact';
import { mayChangeAllListsOf } from './reach';

type Fields = Partial<ContactInput> & { attributes?: Record<string, unknown> };
type Changes = Fields & {
  /** Only these of its attributes; one that is null goes. */
  attributesToMerge?: Record<string, unknown>;
  /** The lists that it shall be on, of those that one sees. */
  listIds?: ListId[];
};

/**
 * A contact added by hand, on the lists named. A conflict's `fields.contactId` is the contact that has the address
 * already.
 */
export function createContact(
  scope: Scope,
  input: Fields & { listIds?: ListId[] },
): Promise<Result<{ id: ContactId }>> {
  return inScope(scope, async (tx) => {
    if (!input.email && !input.phone)
      return fail('invalid', 'Enter an e-mail address or a phone number.', {
        fields: { email: 'Enter an e-mail address or a phone number.' },
      });
    const phone = await readPhone(tx, scope, input.phone ?? null);
    if (!phone.ok) return phone;
    const { listIds = [], emailSubscribed = true, ...fields } = input;
    const joined = await listsToJoin(tx, scope, listIds);
    if (!joined.ok) return joined;
    const id = newId(ContactId);
    const { workspaceId } = scope;
    const made = await unsafeAllLists(tx, scope, () =>
      tx
        .insert(contacts)
        .values({
          ...fields,
          workspaceId,
          id,
          phone: phone.value,
          emailSubscribed,
          emailUnsubscribedAt: emailSubscribed ? null : sql`now()`,
        })
        .onConflictDoNothing({ target: [contacts.workspaceId, contacts.email] })
        .returning({ id: contacts.id }),
    );
    if (made.length === 0) return addressTaken(tx, scope, input.email ?? '');
    await noteContactEvents(tx, scope, [id], 'created');
    await joinLists(tx, scope, id, joined.value);
    await audit(tx, scope, 'contact.created', id);
    return ok({ id });
  });
}

/** Changes what is named and leaves the rest. Nothing is written, and nothing noted, when nothing differs. */
export async function editContact(
  scope: Scope,
  id: ContactId,
  changes: Changes,
): Promise<Result<{ changed: boolean }>> {
  try {
    return await inScope(scope, (tx) => edit(tx, scope, id, changes));
  } catch (error) {
    // Somebody else took the address between our look and our write.
    if (violatesUnique(error, 'contacts_email'))
      return inScope(scope, (tx) => addressTaken(tx, scope, changes.email ?? ''));
    throw error;
  }
}

async function edit(
  tx: ScopedTx,
  scope: Scope,
  id: ContactId,
  changes: Changes,
): Promise<Result<{ changed: boolean }>> {
  const old = await readContact(tx, scope, id, true);
  if (!old) return notFound('contact');
  if (!(await mayEdit(tx, scope, id)))
    return fail(
      'forbidden',
      'You may see this contact, but not change it: it is on no list that you may change.',
    );
  const { attributesToMerge, listIds, ...next } = changes;
  if (attributesToMerge) next.attributes = mergeAttributes(old.attributes, attributesToMerge);
  if (changes.phone !== undefined && changes.phone !== old.phone) {
    const phone = await readPhone(tx, scope, changes.phone);
    if (!phone.ok) return phone;
    next.phone = phone.value;
  }
  const differing = differingFields(old, next);
  // Another address is another person: whoever writes to the other lists would write to them.
  const readdressed = differing.some((field) => field === 'email' || field === 'phone');
  if (readdressed && !(await unsafeAllLists(tx, scope, () => mayChangeAllListsOf(tx, scope, id))))
    return fail(
      'forbidden',
      'You may not give this contact another address: that takes the right to change every list that it is on.',
    );
  const moved = listIds ? await changeLists(tx, scope, id, listIds) : ok(false);
  if (!moved.ok) return moved;
  if (differing.length === 0) return ok({ changed: moved.value });
  const after = { ...old, ...next };
  if (!after.email && !after.phone)
    return fail('invalid', 'A contact needs an e-mail address or a phone number.', {
      fields: { email: 'Keep an e-mail address or a phone number.' },
    });
  const isTaken = () => unsafeAllLists(tx, scope, () => findByEmail(tx, scope, after.email));
  if (differing.includes('email') && (await isTaken())) return addressTaken(tx, scope, after.email ?? '');
  const consent = differing.includes('emailSubscribed');
  await tx
    .update(contacts)
    .set({
      ...next,
      updatedAt: sql`now()`,
      ...(consent && { emailUnsubscribedAt: after.emailSubscribed ? null : sql`now()` }),
      ...(differing.includes('smsSubscribed') && {
        smsUnsubscribedAt: after.smsSubscribed ? null : sql`now()`,
      }),
      // With an address of its own it is no sample any more, and stays when those go.
      ...(differing.includes('email') && { sample: false }),
    })
    .where(and(eq(contacts.workspaceId, scope.workspaceId), eq(contacts.id, id)));
  await noteEdit(tx, scope, id, differing, after.emailSubscribed);
  return ok({ changed: true });
}

async function noteEdit(
  tx: ScopedTx,
  scope: Scope,
  id: ContactId,
  differing: string[],
  subscribed: boolean,
): Promise<void> {
  const fields = differing.filter((field) => field !== 'emailSubscribed');
  if (fields.length > 0) await noteContactEvents(tx, scope, [id], 'edited', { fields });
  if (fields.length < differing.length)
    await noteContactEvents(tx, scope, [id], subscribed ? 'resubscribed' : 'unsubscribed', { by: 'member' });
  await audit(tx, scope, 'contact.edited', id, { fields: differing });
}

function differingFields(old: Record<string, unknown>, next: Record<string, unknown>): string[] {
  return Object.keys(next).filter(
    (field) => next[field] !== undefined && stable(old[field]) !== stable(next[field]),
  );
}

/** Equal attributes are equal in whatever order they are said. */
function stable(value: unknown): string {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
    ? JSON.stringify(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : JSON.stringify(value ?? null);
}

async function readPhone(tx: ScopedTx, scope: Scope, typed: string | null): Promise<Result<string | null>> {
  if (!typed) return ok(null);
  const [workspace] = await tx
    .select({ country: workspaces.country })
    .from(workspaces)
    .where(eq(workspaces.id, scope.workspaceId));
  const phone = normalisePhone(typed, workspace?.country ?? '');
  if (phone) return ok(phone);
  const message = 'This is not a phone number. Begin with + and the country, like +49 30 901820.';
  return fail('invalid', message, { fields: { phone: message } });
}

async function findByEmail(tx: ScopedTx, scope: Scope, email: string | null): Promise<ContactId | undefined> {
  if (!email) return undefined;
  const [row] = await tx
    .select({ id: contacts.id })
    .from(contacts)
    .where(and(eq(contacts.workspaceId, scope.workspaceId), eq(contacts.email, email)));
  return row?.id;
}

async function addressTaken(tx: ScopedTx, scope: Scope, email: string) {
  const contactId = await findByEmail(tx, scope, email);
  return fail('conflict', `${email} is a contact already.`, {
    fields: { email: 'A contact with this address exists already.', ...(contactId && { contactId }) },
  });
}
