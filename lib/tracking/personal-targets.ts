import { sql } from 'drizzle-orm';
import type { Scope } from '../auth/scope';
import { inScope } from '../db/scoped';
import type { DeliveryId } from '../ids';
import { isPersonal } from '../messages/links';
import { type MessageCompany, mergeValuesOf } from '../messages/merge-values';
import { planRender } from '../messages/render-plan';

type Asked = { deliveryId: DeliveryId; target: string | undefined };

type Person = {
  id: string;
  email: string | null;
  first_name: string;
  last_name: string;
  country: string | null;
  attributes: Record<string, unknown>;
  company: MessageCompany | null;
};

/** Templates become what they are for the contact whose message it was, by what is known of them now; other targets stay. */
export async function personalTargets(scope: Scope, asked: Asked[]): Promise<(string | undefined)[]> {
  const { workspaceId } = scope;
  const ids = asked.flatMap(({ deliveryId, target }) => (target && isPersonal(target) ? [deliveryId] : []));
  const rows = await inScope(scope, (tx) =>
    tx.execute<Person>(sql`
      select d.id, c.email, coalesce(c.first_name, '') as first_name, coalesce(c.last_name, '') as last_name, c.country,
        coalesce(c.attributes, '{}') as attributes, k.compiled -> 'company' as company
      from unnest(${sql.param([...new Set(ids)])}::uuid[]) asked(id)
      cross join lateral (select * from deliveries where workspace_id = ${workspaceId} and id = asked.id limit 1) d
      join campaigns k on k.workspace_id = ${workspaceId} and k.id = d.campaign_id
      left join lateral (select * from contacts where workspace_id = ${workspaceId} and id = d.contact_id limit 1) c on true`),
  );
  const people = new Map(rows.map((row) => [row.id, row]));
  return asked.map(({ deliveryId, target }) => {
    if (!target || !isPersonal(target)) return target;
    const person = people.get(deliveryId);
    return person && render(target, person);
  });
}

function render(template: string, { first_name, last_name, company, ...rest }: Person): string | undefined {
  const contact = { ...rest, firstName: first_name, lastName: last_name };
  const values = mergeValuesOf(contact, { unsubscribe: '' }, company ?? undefined);
  try {
    return new URL(planRender('text', template)(values)).href;
  } catch {
    // A template that passes its limits for this person, or makes no address: nobody else of the group shall suffer.
    return undefined;
  }
}
