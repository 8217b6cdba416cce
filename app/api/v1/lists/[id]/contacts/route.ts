import { z } from 'zod';
import { ListMembers } from '@/lib/api/lists';
import { apiRoute } from '@/lib/api/route';
import { ok } from '@/lib/errors';
import { ListId } from '@/lib/ids';
import { addToList } from '@/lib/lists/list-members';

export const POST = apiRoute(
  {
    tag: 'Lists',
    summary: 'Put contacts on a list',
    description: 'Those that are on it already stay on it.',
    permission: 'contacts:write',
    params: z.object({ id: ListId }),
    body: ListMembers,
    example: { contactIds: ['01994f0e-6b2a-7c3d-8e4f-5a6b7c8d9e0f'] },
    status: 200,
    answer: z.object({ added: z.int().describe('How many were not on it before.') }),
    conflict: 'the list is archived',
  },
  async ({ scope, params, body }) => {
    const added = await addToList(scope, params.id, body.contactIds);
    return added.ok ? ok({ added: added.value.added.length }) : added;
  },
);
