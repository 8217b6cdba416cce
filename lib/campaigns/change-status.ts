import { and, eq, inArray, type SQL, sql } from 'drizzle-orm';
import { audit } from '../auth/audit';
import type { Scope } from '../auth/scope';
import { campaigns } from '../db/schema/campaigns';
import type { ScopedTx } from '../db/scoped';
import type { CampaignStatus } from '../db/states';
import { fail, notFound, ok, type Result } from '../errors';
import type { CampaignId } from '../ids';
import { maySendTo } from './access';
import { type CampaignEvent, refusal, transitions } from './transitions';

type Change = {
  set?: Partial<typeof campaigns.$inferInsert>;
  /** What must hold besides the status, in the same statement. */
  only?: SQL;
  detail?: Record<string, unknown>;
};

export type Changed = Result<{ status: CampaignStatus }>;

/**
 * Changes a campaign's status, if it is one from which the event leads on, and writes it to the audit log. When it was
 * not, or `only` did not hold, nothing was changed and the answer says why. So it is for whoever may not send to its lists.
 * The one place that writes `status`.
 */
export async function changeStatus(
  tx: ScopedTx,
  scope: Scope,
  id: CampaignId,
  event: CampaignEvent,
  { set = {}, only, detail = {} }: Change = {},
): Promise<Changed> {
  const allowed = await maySendTo(tx, scope, id);
  if (!allowed.ok) return allowed;
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
  if (changed.length === 0) {
    const status = await statusOf(tx, scope, id);
    return status ? fail('conflict', refusal(status, event)) : notFound('campaign');
  }
  await audit(tx, scope, `campaign.${event}`, id, detail);
  return ok({ status: to });
}

/** The status as this transaction sees it. `lock`: and nobody else changes it before this transaction ends. */
export async function statusOf(
  tx: ScopedTx,
  scope: Scope,
  id: CampaignId,
  lock = false,
): Promise<CampaignStatus | undefined> {
  const query = tx
    .select({ status: campaigns.status })
    .from(campaigns)
    .where(and(eq(campaigns.workspaceId, scope.workspaceId), eq(campaigns.id, id)));
  const [row] = await (lock ? query.for('no key update') : query);
  return row?.status;
}
