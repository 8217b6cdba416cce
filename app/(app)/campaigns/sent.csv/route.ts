import { authorizedRoute } from '@/lib/action';
import { meantDays } from '@/lib/analytics/last-days';
import { csvResponse } from '@/lib/csv';
import { fail } from '@/lib/errors';
import { SentSearch } from '../sent/sent-search';
import { sentCsv } from './sent-csv';

/** All messages of the days that the address names, or of the last 30, streamed. */
export const GET = authorizedRoute('campaigns:read', async (scope, request) => {
  const asked = SentSearch.safeParse(Object.fromEntries(request.nextUrl.searchParams));
  if (!asked.success) return fail('invalid', 'Write days as 2030-01-31, or none for the last 30 days.');
  const { cursor: _, ...said } = asked.data;
  const filter = { ...said, ...(await meantDays(scope, said)) };
  return csvResponse(`messages sent ${filter.from} to ${filter.until}.csv`, sentCsv(scope, filter));
});
