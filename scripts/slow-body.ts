import type { IncomingMessage, ServerResponse } from 'node:http';

const bodyMs = 60_000;
const takesFiles = /^\/(?:contacts\/import\/upload|api\/v1\/imports|images)\b/;

/**
 * Ends a connection whose body takes too long: a minute, and for files, which may come over a slow line, a minute after
 * they were answered, for a sender hears no answer before it has sent all.
 */
export function endSlowBody(request: IncomingMessage, response: ServerResponse, limitMs = bodyMs): void {
  if (request.method === 'GET' || request.method === 'HEAD') return;
  const wait = () => {
    const end = () => {
      if (!request.complete) request.destroy();
    };
    const timer = setTimeout(end, limitMs).unref();
    // Also of one that was given up, which has no connection any more that could be ended.
    request.once('close', () => clearTimeout(timer));
  };
  if (takesFiles.test(request.url ?? '')) response.once('finish', wait);
  else wait();
}
