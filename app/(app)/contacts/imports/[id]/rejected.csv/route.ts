import { authorizedRoute } from '@/lib/action';
import { notFound } from '@/lib/errors';
import { ImportId } from '@/lib/ids';
import { findImport } from '@/lib/imports/imports';
import { rejectionsDownload } from '@/lib/imports/rejections-download';

export const GET = authorizedRoute('contacts:read', async (scope, _request, params) => {
  const id = ImportId.safeParse(params.id);
  const found = id.success ? await findImport(scope, id.data) : notFound('import');
  return found.ok ? rejectionsDownload(scope, found.value) : found;
});
