import { authorizedRoute } from '@/lib/action';
import { fail } from '@/lib/errors';
import { receiveImport } from '@/lib/imports/imports';

/** Takes the raw file in, streamed: a server action would hold it in memory. */
export const POST = authorizedRoute('contacts:write', async (scope, request) => {
  if (!request.body)
    return fail('invalid', 'The file is empty. Export your contacts again and upload the new file.');
  const length = request.headers.get('content-length');
  return receiveImport(scope, {
    fileName: request.nextUrl.searchParams.get('name') ?? '',
    body: request.body,
    announcedBytes: length === null ? null : Number(length),
  });
});
