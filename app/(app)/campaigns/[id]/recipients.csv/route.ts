import { authorizedRoute } from '@/lib/action';
import { csvResponse } from '@/lib/csv';
import { campaignOf } from '../campaign-id';
import { filterOf } from '../recipients/recipient-filter';
import { Search } from '../recipients/recipient-search';
import { recipientsCsv } from './recipients-csv';

/** All that the filter of the recipients' page finds, streamed. */
export const GET = authorizedRoute('campaigns:read', async (scope, request, params) => {
  const campaign = await campaignOf(scope, params);
  if (!campaign.ok) return campaign;
  const { cursor: _, ...search } = Search.parse(Object.fromEntries(request.nextUrl.searchParams));
  const filter = await filterOf(scope, campaign.value.id, search);
  return csvResponse(`${campaign.value.name} - recipients.csv`, recipientsCsv(scope, campaign.value, filter));
});
