import { apiRoute } from '@/lib/api/route';
import { pageOf } from '@/lib/api/shapes';
import { NewSuppression, SuppressionAnswer, SuppressionQuery } from '@/lib/api/suppressions';
import { ok } from '@/lib/errors';
import { pageOfSuppressions, suppressAddress } from '@/lib/suppressions/suppressions';

export const GET = apiRoute(
  {
    tag: 'Suppressions',
    summary: 'Addresses that are never written to, the newest first',
    permission: 'settings:read',
    query: SuppressionQuery,
    status: 200,
    answer: pageOf(SuppressionAnswer),
  },
  async ({ scope, query }) => {
    const { rows, next } = await pageOfSuppressions(scope, query);
    return ok({ data: rows, nextCursor: next });
  },
);

export const POST = apiRoute(
  {
    tag: 'Suppressions',
    summary: 'Never write to an address again',
    description: 'Whether or not it is a contact’s. It acts at once, also on campaigns that are being sent.',
    permission: 'settings:write',
    body: NewSuppression,
    example: { channel: 'email', address: 'ann@example.com', reason: 'manual' },
    status: 201,
    answer: SuppressionAnswer,
    conflict: 'it is suppressed already; "details.id" is the suppression’s',
  },
  ({ scope, body }) => suppressAddress(scope, body),
);
