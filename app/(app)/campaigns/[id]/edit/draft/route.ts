import { authorizedRoute } from '@/lib/action';
import { findCampaign } from '@/lib/campaigns/campaigns';
import { saveDraft } from '@/lib/campaigns/draft';
import { ok } from '@/lib/errors';
import { campaignIdOf } from '../../campaign-id';
import { DraftSave } from '../draft-input';
import { readBody } from '../read-body';

/*
 * Routes and not actions: the browser runs actions one after another, so that a preview would hold up a save, and only a
 * plain request can outlive the page (keepalive).
 */

export const POST = authorizedRoute('campaigns:write', async (scope, request, params) => {
  const input = await readBody(request, DraftSave);
  return input.ok ? saveDraft(scope, campaignIdOf(params), input.value) : input;
});

/** The draft as it is kept, for a composer that wants to know whether somebody else changed it. */
export const GET = authorizedRoute('campaigns:read', async (scope, _request, params) => {
  const found = await findCampaign(scope, campaignIdOf(params));
  if (!found.ok) return found;
  const { revision, status, name, subject, preheader, content, listIds, senderId } = found.value;
  return ok({ revision, status, draft: { name, subject, preheader, content, listIds, senderId } });
});
