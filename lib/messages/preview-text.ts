import { and, eq, isNotNull, sql } from 'drizzle-orm';
import type { Scope } from '../auth/scope';
import { sampleLinks } from '../codes/code-links';
import { sampleSlug, shortUrl } from '../codes/short-links';
import { newestReached } from '../contacts/reach';
import { contacts, workspaces } from '../db/schema';
import { inScope, type ScopedTx } from '../db/scoped';
import { notFound, ok, type Result } from '../errors';
import type { ContactId, ListId } from '../ids';
import { compileText } from './compile-text';
import type { MessageContact } from './merge-values';
import { measureText, type TextSize } from './segments';
import { prepareText } from './text-message';

export type PreviewedText = {
  /** Whose message this is; null: an example person, because there is no contact yet. */
  contact: { id: ContactId; name: string; email: string } | null;
  text: string;
  size: TextSize;
};

const example: MessageContact = { email: null, firstName: 'Alex', lastName: 'Example', attributes: {} };

/** Among so many of a list somebody has a phone number. */
const looked = 100;

async function findReader(tx: ScopedTx, scope: Scope, contactId: ContactId | null, listIds: ListId[]) {
  const ofLists = sql`${contacts.id} = (
    select lc.contact_id from list_contacts lc
    join contacts c on c.workspace_id = lc.workspace_id and c.id = lc.contact_id and c.phone is not null
    where lc.workspace_id = ${scope.workspaceId} and lc.list_id = any(${sql.param(listIds)}::uuid[]) limit 1)`;
  const [row] = await tx
    .select()
    .from(contacts)
    .where(
      and(
        eq(contacts.workspaceId, scope.workspaceId),
        contactId
          ? eq(contacts.id, contactId)
          : and(isNotNull(contacts.phone), listIds.length ? ofLists : newestReached(scope, looked)),
      ),
    )
    .limit(1);
  return row;
}

/**
 * A text message as one contact would get it, saved or not: the chosen contact, else any of the lists, else an example. A
 * template error is `invalid` with a sentence for the body.
 */
export async function previewText(
  scope: Scope,
  body: string,
  reader: { contactId: ContactId | null; listIds: ListId[] },
): Promise<Result<PreviewedText>> {
  const { company, contact } = await inScope(scope, async (tx) => {
    const [own] = await tx
      .select({ name: workspaces.name, postalAddress: workspaces.postalAddress })
      .from(workspaces)
      .where(eq(workspaces.id, scope.workspaceId));
    return { company: own, contact: await findReader(tx, scope, reader.contactId, reader.listIds) };
  });
  if (!company) return notFound('workspace');
  if (reader.contactId && !contact) return notFound('contact');
  const compiled = compileText(body, company);
  if (!compiled.ok) return compiled;
  const own = shortUrl(sampleSlug);
  const links = { own, others: compiled.value.links.map(() => own), code: sampleLinks() };
  const text = prepareText(compiled.value).render(contact ?? example, links, company);
  if (!text.ok) return text;
  const name = contact ? `${contact.firstName} ${contact.lastName}`.trim() : '';
  return ok({
    contact: contact ? { id: contact.id, name, email: contact.email ?? contact.phone ?? '' } : null,
    text: text.value,
    size: measureText(text.value),
  });
}
