import { and, eq, isNotNull, sql } from 'drizzle-orm';
import type { Scope } from '../auth/scope';
import { sampleCode } from '../codes/code';
import { codeLinks } from '../codes/code-links';
import { newestReached } from '../contacts/reach';
import { contacts, workspaces } from '../db/schema';
import { inScope, type ScopedTx } from '../db/scoped';
import { env } from '../env';
import { notFound, ok, type Result } from '../errors';
import type { ContactId, ListId } from '../ids';
import { compileMessage, type MessageSource } from './compile';
import { type MessageContact, mergeValuesOf } from './merge-values';
import { prepareMessage } from './prepare';

export type PreviewedMessage = {
  /** Whose message this is; null: an example person, because there is no contact yet. */
  contact: { id: ContactId; name: string; email: string } | null;
  subject: string;
  preheader: string;
  html: string;
  text: string;
  /** Size of the HTML part as it would be sent, in bytes. */
  bytes: number;
};

const example: MessageContact = {
  email: 'alex@example.com',
  firstName: 'Alex',
  lastName: 'Example',
  attributes: {},
};

/** Among so many of a list somebody has an address. */
const looked = 100;

async function findReader(tx: ScopedTx, scope: Scope, contactId: ContactId | null, listIds: ListId[]) {
  const ofLists = sql`${contacts.id} = (
    select lc.contact_id from list_contacts lc
    where lc.workspace_id = ${scope.workspaceId} and lc.list_id = any(${sql.param(listIds)}::uuid[]) limit 1)`;
  const [row] = await tx
    .select()
    .from(contacts)
    .where(
      and(
        eq(contacts.workspaceId, scope.workspaceId),
        contactId
          ? eq(contacts.id, contactId)
          : and(isNotNull(contacts.email), listIds.length ? ofLists : newestReached(scope, looked)),
      ),
    )
    .limit(1);
  return row;
}

/**
 * A message as one contact would get it, saved or not: the chosen contact, else any of the lists, else an example. A
 * template error is `invalid` with a sentence per field.
 */
export async function previewMessage(
  scope: Scope,
  source: Omit<MessageSource, 'company'>,
  reader: { contactId: ContactId | null; listIds: ListId[] },
): Promise<Result<PreviewedMessage>> {
  const { company, contact } = await inScope(scope, async (tx) => {
    const [own] = await tx
      .select({ name: workspaces.name, postalAddress: workspaces.postalAddress })
      .from(workspaces)
      .where(eq(workspaces.id, scope.workspaceId));
    return { company: own, contact: await findReader(tx, scope, reader.contactId, reader.listIds) };
  });
  if (!company) return notFound('workspace');
  if (reader.contactId && !contact) return notFound('contact');
  const compiled = await compileMessage({ ...source, company });
  if (!compiled.ok) return compiled;
  const links = { unsubscribe: `${env().APP_URL}/u/preview`, code: codeLinks(sampleCode) };
  const values = mergeValuesOf(contact ?? example, links, company);
  const prepared = prepareMessage(compiled.value);
  const message = prepared.render(values);
  if (!message.ok) return message;
  return ok({
    contact: contact ? { id: contact.id, name: String(values.full_name), email: contact.email ?? '' } : null,
    ...message.value,
    preheader: prepared.renderPreheader(values),
    bytes: Buffer.byteLength(message.value.html),
  });
}
