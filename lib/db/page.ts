import { type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import { storable } from '../text';

/** A keyset page: cursors name the row to go on from, so that page 10,000 costs what page 1 costs. */
export type Page<Row> = { rows: Row[]; next: string | null; previous: string | null };

/** Where a page starts: behind (`after`) or before (`before`) the row whose sort key is given. */
export type Cursor = { direction: 'after' | 'before'; key: string[] };

const Encoded = z.object({
  d: z.enum(['after', 'before']),
  k: z.array(z.string().refine((part) => part === storable(part))).max(4),
});

export function encodeCursor(cursor: Cursor): string {
  return Buffer.from(JSON.stringify({ d: cursor.direction, k: cursor.key })).toString('base64url');
}

/** Undefined (the first page) for a cursor that is none: it comes from an address that people can edit. */
export function decodeCursor(text: string | undefined | null): Cursor | undefined {
  if (!text) return undefined;
  try {
    const parsed = Encoded.safeParse(JSON.parse(Buffer.from(text, 'base64url').toString('utf8')));
    return parsed.success ? { direction: parsed.data.d, key: parsed.data.k } : undefined;
  } catch {
    return undefined;
  }
}

/** The id behind which a list that is ordered by ids alone goes on; undefined for a cursor of no such list. */
export function cursorId(text: string | undefined | null): string | undefined {
  const key = z.uuid().safeParse(decodeCursor(text)?.key[0]);
  return key.success ? key.data : undefined;
}

/** A page of such a list. `found` has one row more than fits if there is more. */
export function pageById<Row extends { id: string }>(
  found: Row[],
  limit: number,
): { rows: Row[]; next: string | null } {
  const rows = found.slice(0, limit);
  const last = rows.at(-1);
  const more = found.length > limit;
  return { rows, next: more && last ? encodeCursor({ direction: 'after', key: [last.id] }) : null };
}

/** Where a page begins of a list that can be turned both ways; `at` and `group`: of one that is ordered by a time, or by groups first. */
export type Turn = { id: string | undefined; backwards: boolean; at?: string; group?: string };

/** Of a list that is ordered by ids alone. */
export function turnOf(text: string | undefined | null): Turn {
  const id = cursorId(text);
  return { id, backwards: id !== undefined && decodeCursor(text)?.direction === 'before' };
}

/** That page. `found` begins at the turn, in its direction, and has one row more than fits if there is more. */
export function turnedPage<Row extends { id: string }>(
  found: Row[],
  size: number,
  { id, backwards }: Turn,
  keyOf = (row: Row): string[] => [row.id],
): Page<Row> {
  const more = found.length > size;
  const rows = found.slice(0, size);
  if (backwards) rows.reverse();
  const [first, last] = [rows[0], rows.at(-1)];
  return {
    rows,
    next: last && (backwards || more) ? encodeCursor({ direction: 'after', key: keyOf(last) }) : null,
    previous:
      first && id !== undefined && (!backwards || more)
        ? encodeCursor({ direction: 'before', key: keyOf(first) })
        : null,
  };
}

/** A moment in a cursor: exact to the microsecond, which a Date is not. There is no year 0, for the database. */
export const CursorTime = z.iso.datetime({ precision: 6 }).refine((at) => !at.startsWith('0000'));

/** A moment of the database as such a text. */
export const cursorTime = (moment: SQL): SQL =>
  sql`to_char(${moment} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

const TimedKey = z.tuple([z.uuid(), CursorTime], z.uuid());

/**
 * Of a list that is ordered by a time. The cursor says the time, which may be another one when the next page is asked for. A
 * cursor of no such list is the first page.
 */
export function timedTurnOf(text: string | undefined | null): Turn {
  const cursor = decodeCursor(text);
  const key = TimedKey.safeParse(cursor?.key);
  if (!key.success) return { id: undefined, backwards: false };
  const [id, at, group] = key.data;
  return { id, at, ...(group ? { group } : {}), backwards: cursor?.direction === 'before' };
}

/** Where a row stands in such a list: for `turnedPage`. */
export const timedKey = ({ id, at, group }: { id: string; at?: string; group?: string }): string[] =>
  [id, at, group].filter((part) => part !== undefined);
