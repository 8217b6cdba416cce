import { authorizedRoute } from '@/lib/action';
import { saveDraft } from '@/lib/campaigns/draft';
import { notFound, ok } from '@/lib/errors';
import { CampaignId } from '@/lib/ids';
import { campaignOf } from '../../campaign-id';
import { DraftSave } from '../draft-input';
import { draftOf } from '../draft-of';
import { readBody } from '../read-body';

/*
 * Routes and not actions: the browser runs actions one after another, so that a preview would hold up a save, and only a
 * plain request can outlive the page (keepalive).
 */

export const POST = authorizedRoute('campaigns:write', async (scope, request, params) => {
  const id = CampaignId.safeParse(params.id);
  if (!id.success) return notFound('campaign');
  const input = await readBody(request, DraftSave);
  return input.ok ? saveDraft(scope, id.data, input.value) : input;
});

/** The draft as it is kept, for a composer that wants to know whether somebody else changed it. */
export const GET = authorizedRoute('campaigns:read', async (scope, _request, params) => {
  const found = await campaignOf(scope, params);
  if (!found.ok) return found;
  const { revision, status } = found.value;
  return ok({ revision, status, draft: draftOf(found.value) });
});
