import { z } from 'zod';
import { ImportQuery } from '@/lib/api/imports';
import { apiRoute } from '@/lib/api/route';
import { fail, ok } from '@/lib/errors';
import { importFileNow } from '@/lib/imports/import-file-now';

export const POST = apiRoute(
  {
    tag: 'Imports',
    summary: 'Import contacts from a CSV file',
    description:
      'The body is the file itself, up to 2 GB, streamed. Encoding, delimiter, header and columns are recognised; unknown columns become attributes. An import updates contacts that exist, and never subscribes anybody again who has unsubscribed. It runs on after the answer: ask how it stands.',
    permission: 'contacts:write',
    query: ImportQuery,
    takes: 'text/csv',
    status: 202,
    answer: z.object({ id: z.uuid() }),
  },
  async ({ scope, query, upload: { body, announcedBytes } }) => {
    if (!body) return fail('invalid', 'The body is empty: send the CSV file as it is.');
    const { listId = null, fileName = '' } = query;
    const started = await importFileNow(scope, { fileName, body, announcedBytes, listId });
    return started.ok ? ok({ id: started.value.id }) : started;
  },
);
