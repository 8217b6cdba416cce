import { authorizedRoute } from '@/lib/action';
import { fail } from '@/lib/errors';
import { previewMessage } from '@/lib/messages/preview';
import { campaignOf } from '../../campaign-id';
import { PreviewOrder } from '../draft-input';
import { readBody } from '../read-body';

export const POST = authorizedRoute('campaigns:read', async (scope, request, params) => {
  const input = await readBody(request, PreviewOrder);
  if (!input.ok) return input;
  const campaign = await campaignOf(scope, params);
  if (!campaign.ok) return campaign;
  const { contactId, listIds, content, ...source } = input.value;
  if (content.format === 'text') return fail('invalid', 'This is the preview of e-mails.');
  return previewMessage(scope, { ...source, content }, { contactId, listIds });
});
