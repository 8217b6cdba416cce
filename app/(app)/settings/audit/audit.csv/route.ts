import { authorizedRoute } from '@/lib/action';
import { walkAudit } from '@/lib/audit/entries';
import { csvResponse } from '@/lib/csv';
import { filterOf, Search } from '../audit-search';
import { auditCsv } from './audit-csv';

/** All that the page's filter finds, streamed. */
export const GET = authorizedRoute('audit:read', async (scope, request) => {
  const search = Search.parse(Object.fromEntries(request.nextUrl.searchParams));
  return csvResponse('audit-log.csv', auditCsv(walkAudit(scope, filterOf(search))));
});
