import { authorizedRoute } from '@/lib/action';
import { csvResponse } from '@/lib/csv';
import { campaignOf } from '../campaign-id';
import { Search } from '../recipients/recipient-search';
import { recipientsCsv } from './recipients-csv';

/** All that the filter of the recipients' page finds, streamed. */
export const GET = authorizedRoute('campaigns:read', async (scope, request, params) => {
  const campaign = await campaignOf(scope, params);
  if (!campaign.ok) return campaign;
  const { cursor: _, ...filter } = Search.parse(Object.fromEntries(request.nextUrl.searchParams));
  return csvResponse(`${campaign.value.name} - recipients.csv`, recipientsCsv(scope, campaign.value, filter));
});
