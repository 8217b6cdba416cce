import { and, eq, isNotNull, sql } from 'drizzle-orm';
import type { Scope } from '../auth/scope';
import { newestReached } from '../contacts/reach';
import { contacts } from '../db/schema/lists';
import { workspaces } from '../db/schema/workspaces';
import { inScope } from '../db/scoped';
import type { Channel } from '../db/states';
import { notFound, ok, type Result } from '../errors';
import type { ContactId, ListId } from '../ids';

/** Whom a preview is for: the chosen contact, else any of the lists. */
export type WantedReader = { contactId: ContactId | null; listIds: ListId[] };
export type PreviewReader = {
  company: { name: string; postalAddress: string };
  contact: typeof contacts.$inferSelect | undefined;
};

/** Among so many of a list somebody has an address. */
const looked = 100;

/** Who reads a preview, and from whom; no contact: an example person does. `not_found` when the chosen one is gone. */
export function findPreviewReader(
  scope: Scope,
  channel: Channel,
  { contactId, listIds }: WantedReader,
): Promise<Result<PreviewReader>> {
  const { workspaceId } = scope;
  const address = channel === 'email' ? contacts.email : contacts.phone;
  const ofLists = sql`${contacts.id} = (
    select lc.contact_id from list_contacts lc
    join contacts c on c.workspace_id = lc.workspace_id and c.id = lc.contact_id
      and ${channel === 'email' ? sql`c.email` : sql`c.phone`} is not null
    where lc.workspace_id = ${workspaceId} and lc.list_id = any(${sql.param(listIds)}::uuid[]) limit 1)`;
  return inScope(scope, async (tx) => {
    const [company] = await tx
      .select({ name: workspaces.name, postalAddress: workspaces.postalAddress })
      .from(workspaces)
      .where(eq(workspaces.id, workspaceId));
    if (!company) return notFound('workspace');
    const [contact] = await tx
      .select()
      .from(contacts)
      .where(
        and(
          eq(contacts.workspaceId, workspaceId),
          contactId
            ? eq(contacts.id, contactId)
            : and(isNotNull(address), listIds.length ? ofLists : newestReached(scope, looked)),
        ),
      )
      .limit(1);
    return contactId && !contact ? notFound('contact') : ok({ company, contact });
  });
}
