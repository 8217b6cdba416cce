import { authorizedRoute } from '@/lib/action';
import { csvResponse } from '@/lib/csv';
import { fail } from '@/lib/errors';
import { SentSearch } from '../sent/sent-search';
import { sentCsv } from './sent-csv';

/** All messages of the days that the address names, streamed. */
export const GET = authorizedRoute('campaigns:read', async (scope, request) => {
  const asked = SentSearch.safeParse(Object.fromEntries(request.nextUrl.searchParams));
  if (!asked.success) return fail('invalid', 'Say which days: from and until, as 2030-01-31.');
  const { cursor: _, ...filter } = asked.data;
  return csvResponse(`messages sent ${filter.from} to ${filter.until}.csv`, sentCsv(scope, filter));
});
