import { z } from 'zod';
import { apiRoute } from '@/lib/api/route';
import { unsuppress } from '@/lib/suppressions/suppressions';

export const DELETE = apiRoute(
  {
    tag: 'Suppressions',
    summary: 'Let an address be written to again',
    description: 'As far as its owner agreed: consent is another matter.',
    permission: 'settings:write',
    params: z.object({ id: z.uuid() }),
    status: 204,
  },
  ({ scope, params }) => unsuppress(scope, params.id),
);
