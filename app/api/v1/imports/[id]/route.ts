import { z } from 'zod';
import { ImportAnswer, importAnswer } from '@/lib/api/imports';
import { apiRoute } from '@/lib/api/route';
import { ok } from '@/lib/errors';
import { ImportId } from '@/lib/ids';
import { findImport } from '@/lib/imports/imports';

export const GET = apiRoute(
  {
    tag: 'Imports',
    summary: 'How an import stands',
    description: 'It has ended when its status is completed, failed or cancelled.',
    permission: 'contacts:read',
    params: z.object({ id: ImportId }),
    status: 200,
    answer: ImportAnswer,
  },
  async ({ scope, params }) => {
    const found = await findImport(scope, params.id);
    return found.ok ? ok(importAnswer(found.value)) : found;
  },
);
