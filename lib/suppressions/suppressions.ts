import { and, desc, eq, lt, sql } from 'drizzle-orm';
import { audit } from '../auth/audit';
import { keyOf, type Scope, userOf } from '../auth/scope';
import { normaliseEmail, normalisePhone } from '../contacts/address';
import { type ContactEventType, noteContactEvents } from '../contacts/contact-events';
import type { Suppression as Reason } from '../contacts/list-contacts';
import { cursorId, pageById } from '../db/page';
import { suppressions } from '../db/schema/deliveries';
import { contacts } from '../db/schema/lists';
import { workspaces } from '../db/schema/workspaces';
import { inScope, type ScopedTx } from '../db/scoped';
import type { Channel } from '../db/states';
import { fail, notFound, ok, type Result } from '../errors';
import { uuidv7 } from '../ids';

/** An address that is never written to, whatever a contact's own consent says. */
export type Suppression = { id: string; channel: Channel; address: string; reason: Reason; createdAt: Date };

const columns = {
  id: suppressions.id,
  channel: suppressions.channel,
  address: suppressions.address,
  reason: suppressions.reason,
  createdAt: suppressions.createdAt,
};

type Filter = { channel?: Channel; address?: string; cursor?: string; limit: number };

/** Page by page, the newest first. */
export function pageOfSuppressions(
  scope: Scope,
  filter: Filter,
): Promise<{ rows: Suppression[]; next: string | null }> {
  const { channel, cursor, limit } = filter;
  const after = cursorId(cursor);
  return inScope(scope, async (tx) => {
    const address =
      filter.address === undefined
        ? undefined
        : ((await readAddress(tx, scope, channel ?? 'email', filter.address)) ?? '');
    const found = await tx
      .select(columns)
      .from(suppressions)
      .where(
        and(
          eq(suppressions.workspaceId, scope.workspaceId),
          channel && eq(suppressions.channel, channel),
          address === undefined ? undefined : eq(suppressions.address, address),
          after === undefined ? undefined : lt(suppressions.id, after),
        ),
      )
      .orderBy(desc(suppressions.id))
      .limit(limit + 1);
    return pageById(found, limit);
  });
}

/** Never writes to an address again. A conflict's `fields.id` is the suppression that is there already. */
export function suppressAddress(
  scope: Scope,
  input: { channel: Channel; address: string; reason: Reason; note?: string },
): Promise<Result<Suppression>> {
  return inScope(scope, async (tx) => {
    const { workspaceId } = scope;
    const { channel, reason, note = '' } = input;
    const address = await readAddress(tx, scope, channel, input.address);
    if (!address) return badAddress(channel);
    const [added] = await tx
      .insert(suppressions)
      .values({
        ...{ workspaceId, id: uuidv7(), channel, address, reason, note },
        ...{ createdBy: userOf(scope), createdByKey: keyOf(scope) },
      })
      .onConflictDoNothing()
      .returning(columns);
    if (!added) return suppressedAlready(tx, scope, channel, address);
    await audit(tx, scope, 'address.suppressed', added.id, { channel, reason });
    await noteOnContacts(tx, scope, added, 'suppressed', { reason, address });
    return ok(added);
  });
}

/** Lets an address be written to again, as far as its owner agreed to that. `note` says why, for the audit log. */
export function unsuppress(scope: Scope, id: string, note = ''): Promise<Result<undefined>> {
  return inScope(scope, async (tx) => {
    const [gone] = await tx
      .delete(suppressions)
      .where(and(eq(suppressions.workspaceId, scope.workspaceId), eq(suppressions.id, id)))
      .returning(columns);
    if (!gone) return notFound('suppression');
    await audit(tx, scope, 'address.unsuppressed', id, { channel: gone.channel, reason: gone.reason, note });
    await noteOnContacts(tx, scope, gone, 'unsuppressed', { address: gone.address, note });
    return ok();
  });
}

async function readAddress(
  tx: ScopedTx,
  scope: Scope,
  channel: Channel,
  typed: string,
): Promise<string | undefined> {
  if (channel === 'email') return normaliseEmail(typed);
  const [workspace] = await tx
    .select({ country: workspaces.country })
    .from(workspaces)
    .where(eq(workspaces.id, scope.workspaceId));
  return normalisePhone(typed, workspace?.country ?? '');
}

function badAddress(channel: Channel) {
  const message =
    channel === 'email'
      ? 'This is not an e-mail address, like ann@example.com.'
      : 'This is not a phone number. Begin with + and the country, like +49 30 901820.';
  return fail('invalid', message, { fields: { address: message } });
}

async function suppressedAlready(tx: ScopedTx, scope: Scope, channel: Channel, address: string) {
  const [row] = await tx
    .select({ id: suppressions.id })
    .from(suppressions)
    .where(
      and(
        eq(suppressions.workspaceId, scope.workspaceId),
        eq(suppressions.channel, channel),
        eq(suppressions.address, address),
      ),
    );
  return fail('conflict', 'This address is suppressed already.', { fields: row && { id: row.id } });
}

async function noteOnContacts(
  tx: ScopedTx,
  scope: Scope,
  { channel, address }: Suppression,
  type: ContactEventType,
  detail: Record<string, unknown>,
): Promise<void> {
  const has = channel === 'email' ? eq(contacts.email, address) : sql`${contacts.phone} = ${address}`;
  const rows = await tx
    .select({ id: contacts.id })
    .from(contacts)
    .where(and(eq(contacts.workspaceId, scope.workspaceId), has));
  const ids = rows.map(({ id }) => id);
  await noteContactEvents(tx, scope, ids, type, detail);
}
