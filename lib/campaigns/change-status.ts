import { and, eq, inArray, type SQL, sql } from 'drizzle-orm';
import { audit } from '../auth/audit';
import type { Scope } from '../auth/scope';
import { campaigns } from '../db/schema';
import type { ScopedTx } from '../db/scoped';
import type { CampaignId } from '../ids';
import { type CampaignEvent, transitions } from './transitions';

type Change = {
  set?: Partial<typeof campaigns.$inferInsert>;
  /** What must hold besides the status, in the same statement. */
  only?: SQL;
  detail?: Record<string, unknown>;
};

/**
 * Changes a campaign's status, if it is one from which the event leads on, and writes it to the audit log. False when it
 * was not, or `only` did not hold: then nothing was changed. The one place that writes `status`.
 */
export async function changeStatus(
  tx: ScopedTx,
  scope: Scope,
  id: CampaignId,
  event: CampaignEvent,
  { set = {}, only, detail = {} }: Change = {},
): Promise<boolean> {
  const { from, to } = transitions[event];
  const changed = await tx
    .update(campaigns)
    .set({ ...set, status: to, updatedAt: sql`now()` })
    .where(
      and(
        eq(campaigns.workspaceId, scope.workspaceId),
        eq(campaigns.id, id),
        inArray(campaigns.status, [...from]),
        only,
      ),
    )
    .returning({ id: campaigns.id });
  if (changed.length === 0) return false;
  await audit(tx, scope, `campaign.${event}`, id, detail);
  return true;
}
