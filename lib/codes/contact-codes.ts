import { and, eq, inArray, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Scope } from '../auth/scope';
import { unsafeDatabase } from '../db/client';
import { deliveries } from '../db/schema/deliveries';
import { contactCodes } from '../db/schema/lists';
import { inScope, type ScopedTx } from '../db/scoped';
import { type ContactCode, ContactId, type DeliveryId, WorkspaceId } from '../ids';
import { newCode } from './code';

/** The codes of contacts that somebody sees. Whoever has none yet gets one; who is being erased meanwhile is left out. */
export async function codesOf(
  tx: ScopedTx,
  scope: Scope,
  contactIds: ContactId[],
): Promise<Map<ContactId, ContactCode>> {
  const known = await readCodes(tx, scope, contactIds);
  const missing = contactIds.filter((id) => !known.has(id));
  if (missing.length === 0) return known;
  const ids = sql`${sql.param(missing)}::uuid[]`;
  const codes = sql`${sql.param(missing.map(newCode))}::text[]`;
  // The lock keeps a contact there until its code is written. Somebody else's code of the same moment stands. Without a join,
  // for which the planner might read all contacts.
  await tx.execute(sql`
    insert into contact_codes (workspace_id, contact_id, code)
    select c.workspace_id, c.id, (${codes})[array_position(${ids}, c.id)]
    from contacts c where c.workspace_id = ${scope.workspaceId} and c.id = any(${ids})
    for key share
    on conflict do nothing`);
  return readCodes(tx, scope, contactIds);
}

async function readCodes(tx: ScopedTx, scope: Scope, ids: ContactId[]): Promise<Map<ContactId, ContactCode>> {
  if (ids.length === 0) return new Map();
  const rows = await tx
    .select({ id: contactCodes.contactId, code: contactCodes.code })
    .from(contactCodes)
    .where(and(eq(contactCodes.workspaceId, scope.workspaceId), inArray(contactCodes.contactId, ids)));
  return new Map(rows.map(({ id, code }) => [id, code]));
}

/** The codes of those to whom deliveries go. */
export function codesOfDeliveries(scope: Scope, ids: DeliveryId[]): Promise<Map<DeliveryId, ContactCode>> {
  return inScope(scope, async (tx) => {
    const rows = await tx
      .select({ id: deliveries.id, contactId: deliveries.contactId })
      .from(deliveries)
      .where(and(eq(deliveries.workspaceId, scope.workspaceId), inArray(deliveries.id, ids)));
    const codes = await codesOf(tx, scope, [...new Set(rows.flatMap(({ contactId }) => contactId ?? []))]);
    const found = new Map<DeliveryId, ContactCode>();
    for (const { id, contactId } of rows) {
      const code = contactId && codes.get(contactId);
      if (code) found.set(id, code);
    }
    return found;
  });
}

export type CodeOwner = { workspaceId: WorkspaceId; contactId: ContactId };

const Owners = z.array(z.object({ workspaceId: WorkspaceId, contactId: ContactId }));

/**
 * Whose code this is, in whatever workspace; undefined: nobody's, or whoever had it was erased. Unsafe: what is made of the
 * answer must be for everybody who holds the code.
 */
export function unsafeOwnerOf(code: ContactCode): Promise<CodeOwner | undefined> {
  return unsafeDatabase().transaction(async (tx) => {
    await tx.execute(sql`select set_config('app.code', ${code}, true)`);
    const rows = await tx
      .select({ workspaceId: contactCodes.workspaceId, contactId: contactCodes.contactId })
      .from(contactCodes)
      .where(eq(contactCodes.code, code));
    const [owner, another] = Owners.parse(rows);
    return another ? undefined : owner; // two workspaces drew the same: it says nothing about either
  });
}
