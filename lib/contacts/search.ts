import { and, type SQL, sql } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';
import { contacts } from '../db/schema/lists';
import { singleLine } from '../text';

/**
 * One stretch of a sorted list: the rows that match `where`, ordered by `key`, then id. A list is one or more of them
 * in a row, so that every page reads one index from where the last page ended, however many rows match.
 */
export type Stretch = { where: SQL | undefined; key: PgColumn | undefined; order: 'asc' | 'desc' };

export const contactSorts = ['newest', 'email'] as const;
export type ContactSort = (typeof contactSorts)[number];

/** The stretches of all contacts in an order. Those without an address follow behind Z. */
export function sortedContacts(sort: ContactSort): Stretch[] {
  if (sort === 'newest') return [{ where: undefined, key: undefined, order: 'desc' }];
  return [
    { where: sql`${contacts.email} is not null`, key: contacts.email, order: 'asc' },
    { where: sql`${contacts.email} is null`, key: undefined, order: 'asc' },
  ];
}

/**
 * The stretches of a search: `@example` finds the beginning of a mail domain; anything else the beginning of an
 * address, then of "first last", then of a last name. Each contact is in one stretch only.
 */
export function foundContacts(text: string): Stretch[] {
  const domain = /^@(.+)/.exec(text)?.[1];
  if (domain !== undefined)
    return [{ where: beginsWith(contacts.domain, domain), key: contacts.domain, order: 'asc' }];
  const byEmail = beginsWith(contacts.email, text);
  const byName = beginsWith(contacts.nameKey, text);
  const byLastName = beginsWith(contacts.lastNameKey, text);
  const not = (condition: SQL) => sql`(${condition}) is not true`;
  return [
    { where: byEmail, key: contacts.email, order: 'asc' },
    { where: and(byName, not(byEmail)), key: contacts.nameKey, order: 'asc' },
    { where: and(byLastName, not(byEmail), not(byName)), key: contacts.lastNameKey, order: 'asc' },
  ];
}

/** What people type, without what no name or address holds. Undefined: nothing is searched. */
export function searchText(typed: string | undefined): string | undefined {
  const text = singleLine((typed ?? '').slice(0, 200));
  return text === '' || text === '@' ? undefined : text;
}

/** As a range, because LIKE may use no index under row-level security. No character sorts behind U+10FFFF. */
function beginsWith(column: PgColumn, text: string): SQL {
  return sql`${column} >= lower(${text}) and ${column} < lower(${text}) || ${'\u{10FFFF}'}`;
}

/** Continues a stretch behind (in its order) the row of this key and id. Without a key the id alone decides. */
export function beyond({ key }: Stretch, id: PgColumn, from: { key: string; id: string }, up: boolean): SQL {
  const operator = sql.raw(up ? '>' : '<');
  if (!key) return sql`${id} ${operator} ${from.id}::uuid`;
  // The first condition says nothing new, but is what the planner turns into the range of the index.
  const bound = sql.raw(up ? '>=' : '<=');
  return sql`${key} ${bound} ${from.key} and (${key}, ${id}) ${operator} (${from.key}, ${from.id}::uuid)`;
}
