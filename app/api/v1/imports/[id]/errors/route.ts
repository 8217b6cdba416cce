import { z } from 'zod';
import { apiRoute } from '@/lib/api/route';
import { ImportId } from '@/lib/ids';
import { findImport } from '@/lib/imports/imports';
import { rejectionsDownload } from '@/lib/imports/rejections-download';

export const GET = apiRoute(
  {
    tag: 'Imports',
    summary: 'The lines that made no contact, with the reason',
    description: 'Under the file’s own column names and with its delimiter, to be mended and imported again.',
    permission: 'contacts:read',
    params: z.object({ id: ImportId }),
    status: 200,
    gives: 'text/csv',
  },
  async ({ scope, params }) => {
    const found = await findImport(scope, params.id);
    return found.ok ? rejectionsDownload(scope, found.value) : found;
  },
);
