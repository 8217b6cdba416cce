import type { Scope } from '../auth/scope';
import type { CompiledMessage, CompiledText } from '../db/schema/campaigns';
import { inScope } from '../db/scoped';
import { fail, notFound, ok, type Result } from '../errors';
import type { CampaignId } from '../ids';
import { countAudience, reachesAnybody } from './audience';
import { type Campaign, readCampaign } from './campaigns';
import { compileCampaign } from './message';
import { findProblems } from './problems';
import { measureTexts } from './text-lengths';
import { canChange, refusal } from './transitions';

/** Enough to see that a text message is too long for everybody: whoever else it is too long for is skipped. */
const someOfThem = { most: 1_000, budgetMs: 1_000 };

export type Ready = { campaign: Campaign; compiled: CompiledMessage | CompiledText };

/** A campaign that nothing stands in the way of, with its message as it would go out. Counts nobody, so it is quick. */
export async function readyToGo(
  scope: Scope,
  id: CampaignId,
  event: 'launch' | 'schedule',
): Promise<Result<Ready>> {
  const read = await inScope(scope, async (tx) => {
    const campaign = await readCampaign(tx, scope, id);
    if (!campaign) return undefined;
    const somebody = await reachesAnybody(tx, scope, campaign);
    return { campaign, audience: somebody ? null : await countAudience(tx, scope, campaign) };
  });
  if (!read) return notFound('campaign');
  const { campaign, audience } = read;
  if (!canChange(campaign.status, event)) return fail('conflict', refusal(campaign.status, event));
  const compiled = await compileCampaign(scope, campaign);
  const texts =
    compiled.ok && compiled.value.channel === 'sms'
      ? await measureTexts(scope, compiled.value, campaign.listIds, someOfThem)
      : null;
  const blocking = findProblems(campaign, audience, compiled, texts).find((problem) => problem.blocking);
  if (blocking) return fail('invalid', `${blocking.message} ${blocking.fix}`);
  return compiled.ok ? ok({ campaign, compiled: compiled.value }) : compiled;
}
