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
import { measureTexts, type TextLengths } from './text-lengths';

export type Preflight = {
  recipients: number;
  skipped: { reason: SkipReason; count: number }[];
  sender: CampaignSender | null;
  /** Of a text message: how long it becomes. */
  texts: TextLengths | null;
  /** About how long sending takes under the tightest limit of sender and campaign; null when nothing limits it. */
  seconds: number | null;
  problems: PreflightProblem[];
};

/** What would happen if the campaign were sent now: to how many, from whom, how fast, and what is missing. */
export async function preflight(scope: Scope, id: CampaignId): Promise<Result<Preflight>> {
  const read = await inScope(scope, async (tx) => {
    const campaign = await readCampaign(tx, scope, id);
    return campaign && { campaign, audience: await countAudience(tx, scope, campaign) };
  });
  if (!read) return notFound('campaign');
  const { campaign, audience } = read;
  const compiled = await compileCampaign(scope, campaign);
  const texts =
    compiled.ok && compiled.value.channel === 'sms'
      ? await measureTexts(scope, compiled.value, campaign.listIds)
      : null;
  const { sender } = campaign;
  const limits = [campaign.limits, ...(sender && !givesWay(sender, campaign.limits) ? [sender.limits] : [])];
  return ok({
    ...audience,
    sender,
    texts,
    // Text messages are counted in segments: as if all were as long as the longest.
    seconds: secondsFor(audience.recipients * (texts?.longest?.segments ?? 1), limits),
    problems: findProblems(campaign, audience, compiled, texts),
  });
}
