import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { ScopedTx } from '../db/scoped';
import type { ImportId, ListId, WorkspaceId } from '../ids';
import type { ContactRow } from './read-contact';

const Written = z.tuple([
  z.object({ created: z.number(), updated: z.number(), duplicates: z.array(z.number()).nullable() }),
]);

type Target = {
  workspaceId: WorkspaceId;
  importId: ImportId;
  listId: ListId | null;
  /** The file has a column of consent: an empty cell of a new contact then is a no. */
  asksConsent: boolean;
};

/** Somebody else wrote one of the addresses at the same moment: writing the chunk again will see it. */
export class ChunkRaced extends Error {}

/**
 * Writes contacts of different addresses, and their list membership. One statement, whatever the number. A contact that
 * this import wrote before is left alone; its row here comes back as a duplicate.
 *
 * What is there is updated by what the file knows: a value replaces, an empty cell does not, attributes merge. Whoever
 * unsubscribed stays unsubscribed, whatever the file says. Throws ChunkRaced, or a unique violation, when a contact
 * appeared or went meanwhile; both mean: roll back and write again.
 */
export async function writeContacts(
  tx: ScopedTx,
  { workspaceId, importId, listId, asksConsent }: Target,
  rows: ContactRow[],
): Promise<{ created: number; updated: number; duplicates: number[] }> {
  if (rows.length === 0) return { created: 0, updated: 0, duplicates: [] };
  const result = await tx.execute(sql`
    with input as materialized (
      select * from json_to_recordset(${JSON.stringify(rows)}::text::json) as x(
        row int, id uuid, email text, phone text, first_name text, last_name text, country text, time_zone text,
        attributes jsonb, email_consent boolean, sms_consent boolean)
    ), met as materialized (
      select x.row, c.id, c.import_id is not distinct from ${importId}::uuid as duplicate
      from input x join contacts c on c.workspace_id = ${workspaceId}::uuid and c.email = x.email
    ), updated as (
      update contacts c set
        phone = coalesce(x.phone, c.phone),
        first_name = coalesce(nullif(x.first_name, ''), c.first_name),
        last_name = coalesce(nullif(x.last_name, ''), c.last_name),
        country = coalesce(x.country, c.country),
        time_zone = coalesce(x.time_zone, c.time_zone),
        attributes = c.attributes || x.attributes,
        email_subscribed = case
          when c.email_unsubscribed_at is null then coalesce(x.email_consent, c.email_subscribed)
          else c.email_subscribed and coalesce(x.email_consent, true) end,
        sms_subscribed = coalesce(x.sms_consent, c.sms_subscribed),
        import_id = ${importId}::uuid,
        updated_at = now()
      from met join input x using (row)
      where c.workspace_id = ${workspaceId}::uuid and c.id = met.id and not met.duplicate
      returning c.id
    ), created as (
      insert into contacts (workspace_id, id, email, phone, first_name, last_name, country, time_zone, attributes,
        email_subscribed, sms_subscribed, import_id)
      select ${workspaceId}::uuid, id, email, phone, first_name, last_name, country, time_zone, attributes,
        coalesce(email_consent, ${!asksConsent}::boolean), coalesce(sms_consent, false), ${importId}::uuid
      from input x where not exists (select 1 from met where met.row = x.row)
      returning id
    ), listed as (
      insert into list_contacts (workspace_id, list_id, contact_id)
      select ${workspaceId}::uuid, ${listId}::uuid, id from (select id from created union all select id from updated) w
      where ${listId}::uuid is not null
      on conflict do nothing
    )
    select
      (select count(*)::int from created) as created,
      (select count(*)::int from updated) as updated,
      (select json_agg(row) from met where duplicate) as duplicates`);
  const [{ created, updated, duplicates }] = Written.parse([...result]);
  const answer = { created, updated, duplicates: duplicates ?? [] };
  if (created + updated + answer.duplicates.length !== rows.length) throw new ChunkRaced();
  return answer;
}
