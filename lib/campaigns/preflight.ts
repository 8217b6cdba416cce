import type { Scope } from '../auth/scope';
import { inScope } from '../db/scoped';
import type { SkipReason } from '../db/states';
import { notFound, ok, type Result } from '../errors';
import type { CampaignId } from '../ids';
import { givesWay, secondsFor } from '../throttle/pace';
import { countAudience } from './audience';
import { type CampaignSender, readCampaign } from './campaigns';
import { compileCampaign } from './message';
import { findProblems, type PreflightProblem } from './problems';

export type Preflight = {
  recipients: number;
  skipped: { reason: SkipReason; count: number }[];
  sender: CampaignSender | null;
  /** About how long sending takes under the tightest limit of sender and campaign; null when nothing limits it. */
  seconds: number | null;
  problems: PreflightProblem[];
};

/** What would happen if the campaign were sent now: to how many, from whom, how fast, and what is missing. */
export async function preflight(scope: Scope, id: CampaignId): Promise<Result<Preflight>> {
  const read = await inScope(scope, async (tx) => {
    const campaign = await readCampaign(tx, scope, id);
    return campaign && { campaign, audience: await countAudience(tx, scope, id) };
  });
  if (!read) return notFound('campaign');
  const { campaign, audience } = read;
  const compiled = await compileCampaign(scope, campaign);
  const { sender } = campaign;
  const limits = [campaign.limits, ...(sender && !givesWay(sender, campaign.limits) ? [sender.limits] : [])];
  return ok({
    ...audience,
    sender,
    seconds: secondsFor(audience.recipients, limits),
    problems: findProblems(campaign, audience, compiled),
  });
}
