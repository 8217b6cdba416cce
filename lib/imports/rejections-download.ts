import type { Scope } from '../auth/scope';
import type { Import } from './imports';
import { rejectionsCsv } from './rejections';

/** The rows that made no contact, with the reason, as a file: streamed. */
export function rejectionsDownload(scope: Scope, found: Import): Response {
  const name = `${found.fileName.replace(/\.[a-z]{1,4}$/i, '')}-rejected.csv`;
  const plain = name.replace(/[^\w.-]+/g, '_');
  return new Response(streamOf(rejectionsCsv(scope, found)), {
    headers: {
      'Content-Type': 'text/csv; charset=utf-8',
      'Content-Disposition': `attachment; filename="${plain}"; filename*=UTF-8''${encodeURIComponent(name)}`,
      'Cache-Control': 'no-store',
      'X-Content-Type-Options': 'nosniff',
    },
  });
}

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
