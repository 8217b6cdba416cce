import { may } from '../auth/policy';
import type { Scope } from '../auth/scope';
import { fail, ok, type Result } from '../errors';
import type { CampaignId } from '../ids';
import { findCampaign } from './campaigns';
import { type DraftChanges, saveDraft } from './draft';
import { limitCampaign } from './limits';

/**
 * Changes a draft; limits alone also of one that is being sent. Without a revision the newest is meant: then somebody who
 * saves at the same moment is not overwritten either.
 */
export async function changeCampaign(
  scope: Scope,
  id: CampaignId,
  { revision, changes }: { revision?: number; changes: DraftChanges },
): Promise<Result<undefined>> {
  const found = await findCampaign(scope, id);
  if (!found.ok) return found;
  const { limits, ...rest } = changes;
  if (found.value.status !== 'draft' && limits && Object.values(rest).every((value) => value === undefined)) {
    if (!may(scope, 'campaigns:send'))
      return fail('forbidden', 'You may not change how fast a campaign goes out.');
    return limitCampaign(scope, id, limits);
  }
  const saved = await saveDraft(scope, id, { revision: revision ?? found.value.revision, changes });
  return saved.ok ? ok() : saved;
}
