import { authorizedRoute } from '@/lib/action';
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
  const plain = name.replace(/[^\w.-]+/g, '_');
  return new Response(streamOf(rejectionsCsv(scope, found.value)), {
    headers: {
      'Content-Type': 'text/csv; charset=utf-8',
      'Content-Disposition': `attachment; filename="${plain}"; filename*=UTF-8''${encodeURIComponent(name)}`,
      'Cache-Control': 'no-store',
      'X-Content-Type-Options': 'nosniff',
    },
  });
});

function streamOf(pieces: AsyncGenerator<string>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await pieces.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(value));
    },
    async cancel() {
      await pieces.return(undefined);
    },
  });
}
