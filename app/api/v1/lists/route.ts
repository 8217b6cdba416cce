import { z } from 'zod';
import { ListAnswer, NewList } from '@/lib/api/lists';
import { apiRoute } from '@/lib/api/route';
import { pageOf, pageQuery } from '@/lib/api/shapes';
import { ok } from '@/lib/errors';
import { createList, pageOfLists } from '@/lib/lists/lists';

export const GET = apiRoute(
  {
    tag: 'Lists',
    summary: 'All lists that the key sees, the newest first',
    permission: 'contacts:read',
    query: z.strictObject(pageQuery),
    status: 200,
    answer: pageOf(ListAnswer),
  },
  async ({ scope, query }) => {
    const { rows, next } = await pageOfLists(scope, query);
    return ok({ data: rows, nextCursor: next });
  },
);

export const POST = apiRoute(
  {
    tag: 'Lists',
    summary: 'Make a list',
    description: 'A key that sees single lists may send to the ones that it makes.',
    permission: 'contacts:write',
    body: NewList,
    example: { name: 'Newsletter' },
    status: 201,
    answer: ListAnswer,
    conflict: 'a list of that name exists already',
  },
  async ({ scope, body }) => {
    const made = await createList(scope, body);
    return made.ok ? ok({ id: made.value.id, name: body.name, contactCount: 0 }) : made;
  },
);
