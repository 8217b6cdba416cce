import { and, eq, inArray, sql } from 'drizzle-orm';
import { audit } from '../auth/audit';
import type { Scope } from '../auth/scope';
import { campaigns } from '../db/schema/campaigns';
import { inScope } from '../db/scoped';
import type { CampaignStatus } from '../db/states';
import { fail, notFound, ok, type Result } from '../errors';
import type { CampaignId } from '../ids';
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
    const changed = await tx
      .update(campaigns)
      .set({ ...limits, updatedAt: sql`now()` })
      .where(
        and(
          eq(campaigns.workspaceId, scope.workspaceId),
          eq(campaigns.id, id),
          inArray(campaigns.status, stillGoes),
        ),
      )
      .returning({ id: campaigns.id });
    if (changed.length === 0)
      return (await statusOf(tx, scope, id))
        ? fail('conflict', 'This campaign has ended: there is nothing left to limit.')
        : notFound('campaign');
    await audit(tx, scope, 'campaign.limits_changed', id, limits);
    return ok();
  });
}
