import { authorizedRoute } from '@/lib/action';
import { csvResponse } from '@/lib/csv';
import { notFound } from '@/lib/errors';
import { ImportId } from '@/lib/ids';
import { findImport } from '@/lib/imports/imports';
import { rejectionsCsv } from '@/lib/imports/rejections';

/** The rows that made no contact, with the reason, streamed. */
export const GET = authorizedRoute('contacts:read', async (scope, _request, params) => {
  const id = ImportId.safeParse(params.id);
  const found = id.success ? await findImport(scope, id.data) : notFound('import');
  if (!found.ok) return found;
  const name = `${found.value.fileName.replace(/\.[a-z]{1,4}$/i, '')}-rejected.csv`;
  return csvResponse(name, rejectionsCsv(scope, found.value));
});
