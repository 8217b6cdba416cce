import { eq } from 'drizzle-orm';
import type { Scope } from '../auth/scope';
import { type CompiledMessage, campaigns } from '../db/schema';
import { inScope } from '../db/scoped';
import type { CampaignStatus } from '../db/states';
import { fail, notFound, ok, type Result } from '../errors';
import type { CampaignId } from '../ids';
import { launchCampaign as launchJob } from '../jobs/definitions';
import { enqueue } from '../jobs/queue';
import { countAudience } from './audience';
import { type Campaign, readCampaign } from './campaigns';
import { changeStatus } from './change-status';
import { compileCampaign } from './message';
import { findProblems } from './problems';

const alreadySent: Record<Exclude<CampaignStatus, 'draft' | 'scheduled'>, string> = {
  sending: 'This campaign is already being sent.',
  paused: 'This campaign was already started and is paused. Resume it instead.',
  completed: 'This campaign was already sent. Duplicate it to send it again.',
  cancelled: 'This campaign was cancelled. Duplicate it to send it.',
};

const started = (status: CampaignStatus) =>
  status === 'draft' || status === 'scheduled'
    ? fail('conflict', 'This campaign was changed meanwhile. Look at it again, then send.')
    : fail('conflict', alreadySent[status]);

/**
 * Sends a campaign now. Freezes its message, changes its status and starts the launch in one transaction; of two people
 * who do it at once, one is told that it is already being sent.
 */
export async function sendCampaign(
  scope: Scope,
  id: CampaignId,
): Promise<Result<{ id: CampaignId; status: CampaignStatus }>> {
  const read = await inScope(scope, async (tx) => {
    const campaign = await readCampaign(tx, scope, id);
    return campaign && { campaign, audience: await countAudience(tx, scope, id) };
  });
  if (!read) return notFound('campaign');
  const { campaign, audience } = read;
  if (campaign.status !== 'draft' && campaign.status !== 'scheduled') return started(campaign.status);
  const compiled = await compileCampaign(scope, campaign);
  const blocking = findProblems(campaign, audience, compiled).find((problem) => problem.blocking);
  if (blocking) return fail('invalid', `${blocking.message} ${blocking.fix}`);
  if (!compiled.ok) return compiled;
  return freezeAndLaunch(scope, campaign, compiled.value, audience.recipients);
}

function freezeAndLaunch(scope: Scope, campaign: Campaign, compiled: CompiledMessage, recipients: number) {
  const { id } = campaign;
  return inScope(scope, async (tx) => {
    const launched = await changeStatus(tx, scope, id, 'launch', {
      set: { compiled, startedAt: new Date(), problem: null },
      only: eq(campaigns.revision, campaign.revision),
      detail: { recipients, hash: compiled.hash, senderId: campaign.senderId, lists: campaign.listIds },
    });
    if (!launched) {
      const now = await readCampaign(tx, scope, id);
      return now ? started(now.status) : notFound('campaign');
    }
    await enqueue(tx, launchJob, [{ workspaceId: scope.workspaceId, campaignId: id }]);
    return ok({ id, status: 'sending' as const });
  });
}
