import { and, asc, desc, eq, inArray, isNotNull, isNull, lt, sql } from 'drizzle-orm';
import { z } from 'zod';
import { audit } from '../auth/audit';
import { grants, lacking, type Scope } from '../auth/scope';
import { cursorId, pageById } from '../db/page';
import { apiKeyGrants, listGrants } from '../db/schema/access';
import { campaignLists, campaigns } from '../db/schema/campaigns';
import { lists } from '../db/schema/lists';
import { inScope, type ScopedTx } from '../db/scoped';
import { violatesUnique } from '../db/violation';
import { fail, notFound, ok, type Result } from '../errors';
import { ListId, newId } from '../ids';
import { singleLine } from '../text';

export type List = {
  id: ListId;
  name: string;
  contactCount: number;
  sample: boolean;
  archivedAt: Date | null;
  createdAt: Date;
};

export const ListName = z
  .string()
  .overwrite(singleLine)
  .min(1, 'Give the list a name.')
  .max(100, 'Use at most 100 characters.');

const columns = {
  id: lists.id,
  name: lists.name,
  contactCount: lists.contactCount,
  sample: lists.sample,
  archivedAt: lists.archivedAt,
  createdAt: lists.createdAt,
};

/** The active lists, or the archived ones, by name. */
export function listLists(scope: Scope, filter: { archived?: boolean } = {}): Promise<List[]> {
  return inScope(scope, (tx) =>
    tx
      .select(columns)
      .from(lists)
      .where(
        and(
          eq(lists.workspaceId, scope.workspaceId),
          filter.archived ? isNotNull(lists.archivedAt) : isNull(lists.archivedAt),
        ),
      )
      .orderBy(asc(sql`lower(${lists.name})`), asc(lists.id)),
  );
}

/** The active lists page by page, the newest first. */
export function pageOfLists(
  scope: Scope,
  { cursor, limit }: { cursor?: string; limit: number },
): Promise<{ rows: List[]; next: string | null }> {
  const after = cursorId(cursor);
  return inScope(scope, async (tx) => {
    const found = await tx
      .select(columns)
      .from(lists)
      .where(
        and(
          eq(lists.workspaceId, scope.workspaceId),
          isNull(lists.archivedAt),
          after === undefined ? undefined : lt(lists.id, sql`${after}::uuid`),
        ),
      )
      .orderBy(desc(lists.id))
      .limit(limit + 1);
    return pageById(found, limit);
  });
}

/** One list, and how many campaigns that have yet to be sent name it. */
export function findList(scope: Scope, id: ListId): Promise<Result<List & { openCampaigns: number }>> {
  return inScope(scope, async (tx) => {
    const list = await readList(tx, scope, id);
    if (!list) return notFound('list');
    const [open] = await tx
      .select({ count: sql<number>`count(*)::int` })
      .from(campaignLists)
      .innerJoin(
        campaigns,
        and(eq(campaigns.workspaceId, campaignLists.workspaceId), eq(campaigns.id, campaignLists.campaignId)),
      )
      .where(
        and(
          eq(campaignLists.workspaceId, scope.workspaceId),
          eq(campaignLists.listId, id),
          inArray(campaigns.status, ['draft', 'scheduled']),
        ),
      );
    return ok({ ...list, openCampaigns: open?.count ?? 0 });
  });
}

/** The bare row, inside a transaction that the caller opened. */
export async function readList(tx: ScopedTx, scope: Scope, id: ListId): Promise<List | undefined> {
  const [row] = await tx
    .select(columns)
    .from(lists)
    .where(and(eq(lists.workspaceId, scope.workspaceId), eq(lists.id, id)));
  return row;
}

export function createList(scope: Scope, input: { name: string }): Promise<Result<{ id: ListId }>> {
  return inScope(scope, async (tx) => {
    const id = await makeList(tx, scope, input.name);
    return id ? ok({ id }) : nameTaken(input.name);
  });
}

/** A new list, inside a transaction that the caller opened; undefined when an active one has that name. */
export async function makeList(tx: ScopedTx, scope: Scope, name: string): Promise<ListId | undefined> {
  const id = newId(ListId);
  const { workspaceId } = scope;
  const { count } = await tx.insert(lists).values({ workspaceId, id, name }).onConflictDoNothing();
  if (count === 0) return undefined;
  await grantToMaker(tx, scope, id);
  await audit(tx, scope, 'list.created', id, { name });
  return id;
}

/** Whoever reaches single lists only would not see their own otherwise. */
async function grantToMaker(tx: ScopedTx, { workspaceId, lists: reach, by }: Scope, listId: ListId) {
  if (reach === 'all') return;
  const granted = { workspaceId, listId, access: 'send' as const };
  if (by.kind === 'member') await tx.insert(listGrants).values({ ...granted, userId: by.id });
  if (by.kind === 'key') await tx.insert(apiKeyGrants).values({ ...granted, keyId: by.id });
}

/** A list that somebody may change: `edit` on it, or why not. */
export async function editableList(tx: ScopedTx, scope: Scope, id: ListId): Promise<Result<List>> {
  const list = await readList(tx, scope, id);
  if (!list) return notFound('list');
  return grants(scope, id, 'edit') ? ok(list) : lacking('edit', list.name);
}

export function renameList(
  scope: Scope,
  id: ListId,
  input: { name: string },
): Promise<Result<{ id: ListId }>> {
  return unlessNameIsTaken(input.name, () =>
    inScope(scope, async (tx) => {
      const found = await editableList(tx, scope, id);
      if (!found.ok) return found;
      const list = found.value;
      if (list.name === input.name) return ok({ id });
      await tx
        .update(lists)
        .set({ name: input.name })
        .where(and(eq(lists.workspaceId, scope.workspaceId), eq(lists.id, id)));
      await audit(tx, scope, 'list.renamed', id, { from: list.name, to: input.name });
      return ok({ id });
    }),
  );
}

/** Takes a list out of sight: no campaign can choose it. Its contacts stay, and it can be restored. */
export function archiveList(scope: Scope, id: ListId): Promise<Result<{ id: ListId }>> {
  return setArchived(scope, id, true);
}

export function restoreList(scope: Scope, id: ListId): Promise<Result<{ id: ListId }>> {
  return setArchived(scope, id, false);
}

async function setArchived(scope: Scope, id: ListId, archived: boolean): Promise<Result<{ id: ListId }>> {
  const list = await inScope(scope, (tx) => editableList(tx, scope, id));
  if (!list.ok) return list;
  const found = list.value;
  return unlessNameIsTaken(found.name, () =>
    inScope(scope, async (tx) => {
      const changed = await tx
        .update(lists)
        .set({ archivedAt: archived ? sql`now()` : null })
        .where(
          and(
            eq(lists.workspaceId, scope.workspaceId),
            eq(lists.id, id),
            archived ? isNull(lists.archivedAt) : isNotNull(lists.archivedAt),
          ),
        )
        .returning({ id: lists.id });
      if (changed.length > 0)
        await audit(tx, scope, archived ? 'list.archived' : 'list.restored', id, { name: found.name });
      return ok({ id });
    }),
  );
}

/** Names are unique among active lists, regardless of case. The index decides, so that two people cannot race. */
async function unlessNameIsTaken<Value>(
  name: string,
  work: () => Promise<Result<Value>>,
): Promise<Result<Value>> {
  try {
    return await work();
  } catch (error) {
    if (!violatesUnique(error, 'lists_name')) throw error;
    return nameTaken(name);
  }
}

function nameTaken(name: string) {
  const message = `There is a list named “${name}” already. Choose another name.`;
  return fail('conflict', message, { fields: { name: message } });
}
