import { and, eq, inArray } from 'drizzle-orm';
import { z } from 'zod';
import type { Scope } from '../auth/scope';
import { type Cursor, decodeCursor, encodeCursor, type Page } from '../db/page';
import { suppressions } from '../db/schema/deliveries';
import { inScope, type ScopedTx } from '../db/scoped';
import type { Channel, SuppressionReason } from '../db/states';
import type { ContactId } from '../ids';
import { type ContactChoice, type Source, sourceOf, stretchQuery } from './contact-query';

export type Suppression = SuppressionReason;

export type ContactRow = {
  id: ContactId;
  email: string | null;
  phone: string | null;
  firstName: string;
  lastName: string;
  emailSubscribed: boolean;
  smsSubscribed: boolean;
  /** Why nothing is sent to the address, whatever its owner agreed to. */
  suppression: Suppression | null;
  /** The same of the phone number. */
  textSuppression: Suppression | null;
  createdAt: Date;
};

export type ContactFilter = ContactChoice & {
  cursor?: string | null;
  limit?: number;
};

/** The cursor of the last page. */
export const lastPage = encodeCursor({ direction: 'before', key: [] });

/** One page of contacts. Reads about `limit` rows of an index, wherever the page lies. */
export function listContacts(scope: Scope, filter: ContactFilter): Promise<Page<ContactRow>> {
  return inScope(scope, async (tx) => {
    const source = await sourceOf(tx, scope, filter);
    if (!source) return { rows: [], next: null, previous: null };
    const limit = filter.limit ?? 50;
    const cursor = positionOf(decodeCursor(filter.cursor), source.stretches.length);
    const page = await readPage(tx, source, cursor, limit);
    const rows = page.rows.map(({ row }) => row);
    return { ...page, rows: await withSuppressions(tx, scope, rows) };
  });
}

/** A place between two rows: in which stretch, and behind which row of it. No row: at the stretch's near end. */
type Position = { backwards: boolean; stretch: number; from: { key: string; id: string } | undefined };

const Key = z.tuple([z.coerce.number().int().nonnegative(), z.string(), z.uuid()]);

function positionOf(cursor: Cursor | undefined, stretches: number): Position | undefined {
  if (!cursor) return undefined;
  const backwards = cursor.direction === 'before';
  if (backwards && cursor.key.length === 0) return { backwards, stretch: stretches - 1, from: undefined };
  const parsed = Key.safeParse(cursor.key);
  if (!parsed.success || parsed.data[0] >= stretches || parsed.data[1].includes('\0')) return undefined;
  const [stretch, key, id] = parsed.data;
  return { backwards, stretch, from: { key, id } };
}

type BareRow = Omit<ContactRow, 'suppression' | 'textSuppression'>;
type Found = { row: BareRow; stretch: number; key: string };
type FoundPage = { rows: Found[]; next: string | null; previous: string | null };

async function readPage(
  tx: ScopedTx,
  source: Source,
  position: Position | undefined,
  limit: number,
): Promise<FoundPage> {
  const backwards = position?.backwards ?? false;
  const step = backwards ? -1 : 1;
  const found: Found[] = [];
  const start = position?.stretch ?? 0;
  for (let at = start; at >= 0 && at < source.stretches.length && found.length <= limit; at += step) {
    const from = at === start ? position?.from : undefined;
    found.push(...(await readStretch(tx, source, at, from, backwards, limit + 1 - found.length)));
  }
  const more = found.length > limit;
  // What was before this place is gone, or less than a page: the first page says it better.
  if (position && !more && (backwards || found.length === 0)) return readPage(tx, source, undefined, limit);
  const rows = found.slice(0, limit);
  if (backwards) rows.reverse();
  const cursorAt = (hit: Found | undefined, direction: Cursor['direction']) =>
    hit ? encodeCursor({ direction, key: [String(hit.stretch), hit.key, hit.row.id] }) : null;
  const isEnd = backwards ? position?.from === undefined : !more;
  return {
    rows,
    next: isEnd ? null : cursorAt(rows.at(-1), 'after'),
    previous: position ? cursorAt(rows[0], 'before') : null,
  };
}

async function readStretch(
  tx: ScopedTx,
  source: Source,
  index: number,
  from: Position['from'],
  backwards: boolean,
  limit: number,
): Promise<Found[]> {
  const stretch = source.stretches[index];
  if (!stretch) return [];
  const rows = await stretchQuery(tx, source, stretch, { from, backwards, limit });
  return rows.map(({ key, ...row }) => ({ row, stretch: index, key }));
}

async function withSuppressions(tx: ScopedTx, scope: Scope, rows: BareRow[]): Promise<ContactRow[]> {
  const reasons = await findSuppressions(
    tx,
    scope,
    rows.flatMap((row) => row.email ?? []),
  );
  const textReasons = await findSuppressions(
    tx,
    scope,
    rows.flatMap((row) => row.phone ?? []),
    'sms',
  );
  return rows.map((row) => ({
    ...row,
    suppression: reasons.get(row.email ?? '') ?? null,
    textSuppression: textReasons.get(row.phone ?? '') ?? null,
  }));
}

/** Which of these addresses are never written to, and why. */
export async function findSuppressions(
  tx: ScopedTx,
  scope: Scope,
  addresses: string[],
  channel: Channel = 'email',
): Promise<Map<string, Suppression>> {
  if (addresses.length === 0) return new Map();
  const rows = await tx
    .select({ address: suppressions.address, reason: suppressions.reason })
    .from(suppressions)
    .where(
      and(
        eq(suppressions.workspaceId, scope.workspaceId),
        eq(suppressions.channel, channel),
        inArray(suppressions.address, addresses),
      ),
    );
  return new Map(rows.map((row) => [row.address, row.reason]));
}
