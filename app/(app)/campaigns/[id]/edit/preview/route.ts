import { authorizedRoute } from '@/lib/action';
import { previewMessage } from '@/lib/messages/preview';
import { campaignOf } from '../../campaign-id';
import { PreviewOrder } from '../draft-input';
import { readBody } from '../read-body';

export const POST = authorizedRoute('campaigns:read', async (scope, request, params) => {
  const input = await readBody(request, PreviewOrder);
  if (!input.ok) return input;
  const campaign = await campaignOf(scope, params);
  if (!campaign.ok) return campaign;
  const { contactId, listIds, ...source } = input.value;
  return previewMessage(scope, source, { contactId, listIds });
});
