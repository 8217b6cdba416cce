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
  /** What those text messages are charged for, together; `exact`: every one was counted. */
  charged: { segments: number; exact: boolean } | null;
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
  const reached = withoutTooLong(audience, texts);
  const charged = texts && chargedFor(reached.recipients, texts);
  return ok({
    ...reached,
    sender,
    texts,
    charged,
    seconds: secondsFor(charged?.segments ?? reached.recipients, limits),
    problems: findProblems(campaign, audience, compiled, texts, asleep),
  });
}

/** Whose text message would be too long gets none. */
function withoutTooLong({ recipients, skipped }: Audience, texts: TextLengths | null): Audience {
  if (!texts || texts.tooLong === 0) return { recipients, skipped };
  const count = Math.min(recipients, texts.tooLong);
  return { recipients: recipients - count, skipped: [...skipped, { reason: 'too_long', count }] };
}

/** Whoever was not measured, or shares a number, is reckoned to be like the others. */
function chargedFor(recipients: number, { people, tooLong, segments }: TextLengths): Preflight['charged'] {
  const measured = people - tooLong;
  if (measured === 0) return null;
  return { segments: Math.ceil((segments * recipients) / measured), exact: measured === recipients };
}
