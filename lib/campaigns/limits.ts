import { and, eq, inArray, sql } from 'drizzle-orm';
import { audit } from '../auth/audit';
import type { Scope } from '../auth/scope';
import { campaigns } from '../db/schema/campaigns';
import { inScope } from '../db/scoped';
import type { CampaignStatus } from '../db/states';
import { fail, notFound, ok, type Result } from '../errors';
import type { CampaignId } from '../ids';
import { changePace } from '../throttle/change-limits';
import type { Limits } from '../throttle/pace';
import { maySendTo } from './access';
import { statusOf } from './change-status';

const stillGoes: CampaignStatus[] = ['draft', 'scheduled', 'sending', 'paused'];

/** Whether limits still have something to limit. */
export const canLimit = (status: CampaignStatus): boolean => stillGoes.includes(status);

/** Limits of a campaign besides its sender's. They take effect with the next messages, also while it is being sent. */
export function limitCampaign(
  scope: Scope,
  id: CampaignId,
  limits: Partial<Limits>,
): Promise<Result<undefined>> {
  return inScope(scope, async (tx) => {
    const allowed = await maySendTo(tx, scope, id);
    if (!allowed.ok) return allowed;
    const mine = and(eq(campaigns.workspaceId, scope.workspaceId), eq(campaigns.id, id));
    const [former] = await tx
      .select()
      .from(campaigns)
      .where(and(mine, inArray(campaigns.status, stillGoes)))
      .for('no key update');
    if (!former)
      return (await statusOf(tx, scope, id))
        ? fail('conflict', 'This campaign has ended: there is nothing left to limit.')
        : notFound('campaign');
    const [next = former] = await tx
      .update(campaigns)
      .set({ ...limits, updatedAt: sql`now()` })
      .where(mine)
      .returning();
    await changePace(tx, scope, id, former, next);
    await audit(tx, scope, 'campaign.limits_changed', id, limits);
    return ok();
  });
}
