import { and, eq, inArray } from 'drizzle-orm';
import { audit } from '../auth/audit';
import { keyOf, type Scope, userOf } from '../auth/scope';
import { noteContactEvents } from '../contacts/contact-events';
import { readAddresses } from '../contacts/pasted-addresses';
import { suppressions } from '../db/schema/deliveries';
import { contacts } from '../db/schema/lists';
import { inScope, type ScopedTx } from '../db/scoped';
import { fail, ok, type Result } from '../errors';
import { uuidv7 } from '../ids';

export const mostBytes = 20 * 1024 * 1024;
const atOnce = 2_000;

export type SuppressedMany = {
  added: number;
  already: number;
  /** How many were no addresses, and the first few of them. */
  invalid: number;
  examples: string[];
};

/**
 * Never writes again to the e-mail addresses of a text: a pasted list, or a file of another tool in which they stand among
 * other cells. All or, when something fails, none.
 */
export async function suppressMany(
  scope: Scope,
  text: string,
  note: string,
): Promise<Result<SuppressedMany>> {
  const { addresses, invalid } = readAddresses(text);
  if (addresses.length === 0)
    return fail(
      'invalid',
      'There is no e-mail address in it. Write one a line, or choose a file that has some.',
    );
  return inScope(scope, async (tx) => {
    let added = 0;
    for (let from = 0; from < addresses.length; from += atOnce)
      added += await suppressSome(tx, scope, addresses.slice(from, from + atOnce), note);
    if (added > 0) await audit(tx, scope, 'address.suppressed_many', null, { count: added, note });
    const already = addresses.length - added;
    return ok({ added, already, invalid: invalid.length, examples: invalid.slice(0, 5) });
  });
}

async function suppressSome(tx: ScopedTx, scope: Scope, addresses: string[], note: string): Promise<number> {
  const { workspaceId } = scope;
  const by = { createdBy: userOf(scope), createdByKey: keyOf(scope) };
  const added = await tx
    .insert(suppressions)
    .values(
      addresses.map((address) => ({
        ...{ workspaceId, id: uuidv7(), channel: 'email' as const, address, reason: 'manual' as const },
        ...{ note, ...by },
      })),
    )
    .onConflictDoNothing()
    .returning({ address: suppressions.address });
  if (added.length === 0) return 0;
  const people = await tx
    .select({ id: contacts.id, email: contacts.email })
    .from(contacts)
    .where(
      and(
        eq(contacts.workspaceId, workspaceId),
        inArray(
          contacts.email,
          added.map(({ address }) => address),
        ),
      ),
    );
  await noteContactEvents(
    tx,
    scope,
    people.map(({ id }) => id),
    'suppressed',
    { reason: 'manual', note },
  );
  return added.length;
}
