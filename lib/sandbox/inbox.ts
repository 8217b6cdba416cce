import { and, asc, count, desc, eq, gte, isNotNull, lt, or, type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import { audit } from '../auth/audit';
import { may } from '../auth/policy';
import type { Scope } from '../auth/scope';
import { decodeCursor, encodeCursor, type Page } from '../db/page';
import { sandboxMessages } from '../db/schema/deliveries';
import { inScope } from '../db/scoped';
import { notFound, ok, type Result } from '../errors';
import type { SandboxMessageId } from '../ids';
import { storable } from '../text';

type Row = typeof sandboxMessages.$inferSelect;

export type SandboxMessage = Row;
export type SandboxRow = Pick<Row, 'id' | 'to' | 'subject' | 'createdAt'> & {
  isTest: boolean;
  snippet: string;
};

/**
 * The messages of a workspace that somebody may read. What the product itself wrote (of no delivery, and nobody's test) can hold a
 * link that opens an account, so it is for those alone who could change the sender, and so read it anyway.
 */
const readable = (scope: Scope): SQL | undefined =>
  and(
    eq(sandboxMessages.workspaceId, scope.workspaceId),
    may(scope, 'settings:write')
      ? undefined
      : or(isNotNull(sandboxMessages.deliveryId), isNotNull(sandboxMessages.testedBy)),
  );

const byAddress = sql`${sandboxMessages.to} collate "C"`;

/** The inbox, newest first; while searching by the beginning of an address, by address and then newest first. */
export async function listInbox(
  scope: Scope,
  { search, cursor: text, limit = 50 }: { search?: string; cursor?: string | null; limit?: number },
): Promise<Page<SandboxRow>> {
  const prefix = storable(search ?? '')
    .trim()
    .toLowerCase();
  const cursor = decodeCursor(text);
  const backwards = cursor?.direction === 'before';
  const rows = await inScope(scope, (tx) =>
    tx
      .select({
        id: sandboxMessages.id,
        to: sandboxMessages.to,
        subject: sandboxMessages.subject,
        createdAt: sandboxMessages.createdAt,
        isTest: sql<boolean>`${sandboxMessages.testedBy} is not null`,
        snippet: sql<string>`left(${sandboxMessages.text}, 200)`,
      })
      .from(sandboxMessages)
      .where(and(readable(scope), ...within(prefix), beyond(prefix, cursor?.key, backwards)))
      .orderBy(...order(prefix, backwards))
      .limit(limit + 1),
  );
  const more = rows.length > limit;
  const page = rows.slice(0, limit);
  if (backwards) page.reverse();
  const key = (row: SandboxRow | undefined) => (row ? (prefix ? [row.id, row.to] : [row.id]) : []);
  const hasNext = backwards || more;
  const hasPrevious = backwards ? more : cursor !== undefined;
  return {
    rows: page,
    next: hasNext && page.length > 0 ? encodeCursor({ direction: 'after', key: key(page.at(-1)) }) : null,
    previous:
      hasPrevious && page.length > 0 ? encodeCursor({ direction: 'before', key: key(page[0]) }) : null,
  };
}

/** A prefix as a range, so that the index serves it: U+10FFFF sorts behind every other character. */
function within(prefix: string): SQL[] {
  if (prefix === '') return [];
  return [gte(byAddress, prefix), lt(byAddress, `${prefix}\u{10ffff}`)];
}

/** Rows behind (or before) the one that a cursor names. */
function beyond(prefix: string, key: string[] | undefined, backwards: boolean): SQL | undefined {
  const [id, to] = key ?? [];
  if (!z.uuid().safeParse(id).success) return undefined;
  const earlier = backwards ? sql`${sandboxMessages.id} > ${id}` : sql`${sandboxMessages.id} < ${id}`;
  if (prefix === '' || to === undefined) return earlier;
  const further = backwards ? sql`${byAddress} < ${to}` : sql`${byAddress} > ${to}`;
  return sql`(${further} or (${byAddress} = ${to} and ${earlier}))`;
}

const order = (prefix: string, backwards: boolean): SQL[] => {
  const newest = backwards ? asc(sandboxMessages.id) : desc(sandboxMessages.id);
  if (prefix === '') return [newest];
  return [backwards ? desc(byAddress) : asc(byAddress), newest];
};

export async function findSandboxMessage(
  scope: Scope,
  id: SandboxMessageId,
): Promise<Result<SandboxMessage>> {
  const [row] = await inScope(scope, (tx) =>
    tx
      .select()
      .from(sandboxMessages)
      .where(and(readable(scope), eq(sandboxMessages.id, id))),
  );
  if (!row) return notFound('message');
  return ok(row);
}

/** How many messages lie in the inbox, up to `most`: counting millions would take longer than it is worth. */
export async function countInbox(scope: Scope, most = 10_000): Promise<number> {
  return inScope(scope, async (tx) => {
    const some = tx
      .select({ one: sql`1`.as('one') })
      .from(sandboxMessages)
      .where(readable(scope))
      .limit(most)
      .as('some');
    const [row] = await tx.select({ n: count() }).from(some);
    return row?.n ?? 0;
  });
}

/** Empties the inbox. What the ledger says of the deliveries stays. */
export async function clearInbox(scope: Scope): Promise<Result<{ deleted: number }>> {
  return inScope(scope, async (tx) => {
    const gone = await tx.delete(sandboxMessages).where(eq(sandboxMessages.workspaceId, scope.workspaceId));
    await audit(tx, scope, 'sandbox.cleared', null, { messages: gone.count });
    return ok({ deleted: gone.count });
  });
}
