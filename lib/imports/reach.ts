import { sql } from 'drizzle-orm';
import { grants, type Scope } from '../auth/scope';
import type { ScopedTx } from '../db/scoped';

/**
 * Which of these addresses are contacts that whoever imports may not change, because they stand on none of the lists on
 * which they may. Nothing of a row about such a one is taken over.
 */
export async function addressesOutOfReach(
  tx: ScopedTx,
  importer: Scope,
  addresses: Iterable<string>,
): Promise<Set<string>> {
  if (importer.lists === 'all') return new Set();
  const own = [...importer.lists.keys()].filter((id) => grants(importer, id, 'edit'));
  const rows = await tx.execute<{ email: string }>(sql`
    select c.email from unnest(${sql.param([...addresses])}::text[]) a(email)
    cross join lateral (
      select id, contacts.email from contacts
      where workspace_id = ${importer.workspaceId} and contacts.email = a.email collate "C" limit 1
    ) c
    where not exists (
      select from list_contacts l
      where l.workspace_id = ${importer.workspaceId} and l.contact_id = c.id and l.list_id = any(${sql.param(own)}::uuid[]))`);
  return new Set(rows.map(({ email }) => email));
}
