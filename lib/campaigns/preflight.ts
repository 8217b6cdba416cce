import type { Scope } from '../auth/scope';
import { inScope } from '../db/scoped';
import type { SkipReason } from '../db/states';
import { notFound, ok, type Result } from '../errors';
import type { CampaignId } from '../ids';
import { givesWay, secondsFor } from '../throttle/pace';
import { type Audience, countAsleep, countAudience } from './audience';
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
  const isText = campaign.channel === 'sms';
  const asleep = isText ? await inScope(scope, (tx) => countAsleep(tx, scope, campaign.id)) : 0;
  const texts =
    compiled.ok && compiled.value.channel === 'sms'
      ? await measureTexts(scope, compiled.value, campaign.listIds)
      : null;
  const { sender } = campaign;
  const limits = [campaign.limits, ...(sender && !givesWay(sender, campaign.limits) ? [sender.limits] : [])];
  return ok({
    ...withoutTooLong(audience, texts),
    sender,
    texts,
    // Text messages are counted in segments: as if all were as long as the longest.
    seconds: secondsFor(withoutTooLong(audience, texts).recipients * (texts?.longest?.segments ?? 1), limits),
    problems: findProblems(campaign, audience, compiled, texts, asleep),
  });
}

/** Whose text message would be too long gets none. */
function withoutTooLong({ recipients, skipped }: Audience, texts: TextLengths | null): Audience {
  if (!texts || texts.tooLong === 0) return { recipients, skipped };
  const count = Math.min(recipients, texts.tooLong);
  return { recipients: recipients - count, skipped: [...skipped, { reason: 'too_long', count }] };
}
