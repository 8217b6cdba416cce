import { and, eq, type SQL } from 'drizzle-orm';
import type { Scope } from '../auth/scope';
import { campaigns } from '../db/schema/campaigns';
import { inScope } from '../db/scoped';
import type { CampaignId } from '../ids';
import { launchCampaign as launchJob } from '../jobs/definitions';
import { enqueue } from '../jobs/queue';
import type { Limits } from '../throttle/pace';
import { type Changed, changeStatus } from './change-status';
import { type Ready, readyToGo } from './ready';

/** Sends a campaign now. Of two people who do it at once, one is told that it is already being sent. */
export async function sendCampaign(
  scope: Scope,
  id: CampaignId,
  limits: Partial<Limits> = {},
): Promise<Changed> {
  const ready = await readyToGo(scope, id, 'launch');
  return ready.ok ? freezeAndLaunch(scope, ready.value, undefined, {}, limits) : ready;
}

/** Freezes the message, changes the status and starts the launch in one transaction. */
export function freezeAndLaunch(
  scope: Scope,
  { campaign, compiled }: Ready,
  only?: SQL,
  detail: Record<string, unknown> = {},
  limits: Partial<Limits> = {},
): Promise<Changed> {
  const { id } = campaign;
  return inScope(scope, async (tx) => {
    const launched = await changeStatus(tx, scope, id, 'launch', {
      set: { compiled, startedAt: new Date(), held: false, problem: null, ...limits },
      only: and(eq(campaigns.revision, campaign.revision), only),
      detail: {
        hash: compiled.hash,
        senderId: campaign.senderId,
        lists: campaign.listIds,
        ...limits,
        ...detail,
      },
    });
    if (launched.ok) await enqueue(tx, launchJob, [{ workspaceId: scope.workspaceId, campaignId: id }]);
    return launched;
  });
}
