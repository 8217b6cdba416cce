import { sql } from 'drizzle-orm';
import { grants, type Scope } from '../auth/scope';
import type { ScopedTx } from '../db/scoped';

/**
 * What whoever imports may not take over: rows about contacts that stand on none of the lists which they may change, and
 * rows that give another phone number to somebody who also is on lists which they may not. Nothing of such a row is used.
 */
export async function rowsOutOfReach(
  tx: ScopedTx,
  importer: Scope,
  rows: Iterable<{ email: string; phone: string | null }>,
): Promise<Map<string, 'out_of_reach' | 'phone_out_of_reach'>> {
  if (importer.lists === 'all') return new Map();
  const own = [...importer.lists.keys()].filter((id) => grants(importer, id, 'edit'));
  const given = [...rows];
  const found = await tx.execute<{ email: string; reached: boolean }>(sql`
    select c.email, reached
    from unnest(${sql.param(given.map(({ email }) => email))}::text[], ${sql.param(given.map(({ phone }) => phone))}::text[])
      as a(email, phone)
    cross join lateral (
      select id, contacts.email, contacts.phone from contacts
      where workspace_id = ${importer.workspaceId} and contacts.email = a.email collate "C" limit 1
    ) c
    cross join lateral (
      select coalesce(bool_or(mine), false) as reached, coalesce(bool_and(mine), false) as wholly
      from (
        select l.list_id = any(${sql.param(own)}::uuid[]) as mine from list_contacts l
        where l.workspace_id = ${importer.workspaceId} and l.contact_id = c.id
      ) on_lists
    ) lists
    where not reached or (not wholly and a.phone is not null and a.phone is distinct from c.phone)`);
  return new Map(found.map(({ email, reached }) => [email, reached ? 'phone_out_of_reach' : 'out_of_reach']));
}
