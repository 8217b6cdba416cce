import { and, desc, eq, isNull, sql } from 'drizzle-orm';
import { grants, type Scope } from '../auth/scope';
import { newestReached } from '../contacts/reach';
import { contacts, lists } from '../db/schema/lists';
import { senders } from '../db/schema/senders';
import { inScope, type ScopedTx } from '../db/scoped';
import type { Channel } from '../db/states';
import type { ListId, SenderId } from '../ids';
import { builtInTags, type MergeTag, tagOfAttribute, textTags } from './merge-tags';

/** What somebody who writes a campaign can choose from. */
export type AuthorChoices = {
  lists: { id: ListId; name: string; contactCount: number }[];
  senders: { id: SenderId; name: string; fromName: string; fromEmail: string }[];
  mergeTags: MergeTag[];
};

/** Attributes are found by looking at the newest contacts: a million rows need not be read to fill a menu. */
const sampled = 200;

async function attributeNames(tx: ScopedTx, scope: Scope): Promise<string[]> {
  const newest = await tx
    .select({ attributes: contacts.attributes })
    .from(contacts)
    .where(and(eq(contacts.workspaceId, scope.workspaceId), newestReached(scope, sampled)))
    .orderBy(desc(contacts.id))
    .limit(sampled);
  const counts = new Map<string, number>();
  for (const { attributes } of newest)
    for (const name of Object.keys(attributes)) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].sort(([a, m], [b, n]) => n - m || a.localeCompare(b)).map(([name]) => name);
}

async function listsToSendTo(tx: ScopedTx, scope: Scope): Promise<AuthorChoices['lists']> {
  const open = await tx
    .select({ id: lists.id, name: lists.name, contactCount: lists.contactCount })
    .from(lists)
    .where(and(eq(lists.workspaceId, scope.workspaceId), isNull(lists.archivedAt)))
    .orderBy(sql`lower(${lists.name})`);
  return open.filter((list) => grants(scope, list.id, 'send'));
}

export function authorChoices(scope: Scope, channel: Channel): Promise<AuthorChoices> {
  const { workspaceId } = scope;
  return inScope(scope, async (tx) => ({
    lists: await listsToSendTo(tx, scope),
    senders: await tx
      .select({
        id: senders.id,
        name: senders.name,
        fromName: senders.fromName,
        fromEmail: senders.fromEmail,
      })
      .from(senders)
      .where(and(eq(senders.workspaceId, workspaceId), eq(senders.channel, channel)))
      .orderBy(desc(senders.isDefault), senders.name),
    mergeTags: [
      ...(channel === 'email' ? builtInTags : textTags),
      ...(await attributeNames(tx, scope)).slice(0, 50).map(tagOfAttribute),
    ],
  }));
}
