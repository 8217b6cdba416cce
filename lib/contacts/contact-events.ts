import type { Scope } from '../auth/scope';
import { contactEvents } from '../db/schema/deliveries';
import type { ScopedTx } from '../db/scoped';
import { type ContactId, uuidv7 } from '../ids';

export type ContactEventType = (typeof contactEvents.$inferInsert)['type'];

const rowsPerInsert = 1000;

/** Notes the same event on the pages of some contacts, in the transaction of what happened. */
export async function noteContactEvents(
  tx: ScopedTx,
  scope: Scope,
  contactIds: ContactId[],
  type: ContactEventType,
  detail: Record<string, unknown> = {},
): Promise<void> {
  for (let start = 0; start < contactIds.length; start += rowsPerInsert)
    await tx
      .insert(contactEvents)
      .values(
        contactIds
          .slice(start, start + rowsPerInsert)
          .map((contactId) => ({ workspaceId: scope.workspaceId, id: uuidv7(), contactId, type, detail })),
      );
}
