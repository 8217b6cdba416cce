import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import next from 'next';
import { watchForWorkers } from '@/lib/alerts/watchdog';
import { wrongMethod } from '@/lib/api/methods';
import { closeDatabase, isLostConnection } from '@/lib/db/client';
import { env } from '@/lib/env';
import { closeEventStreams } from '@/lib/event-stream';
import { closeQueue } from '@/lib/jobs/queue';
import { stopWatching } from '@/lib/live/watch';
import { log } from '@/lib/log';
import { logConsoleErrors } from './console-errors';
import { isForeignAction } from './foreign-action';
import { setForwarded, trustedProxies } from './forwarded';
import { setSecurityHeaders } from './security-headers';
import { endSlowBody } from './slow-body';
import { isReadable } from './target';
import { isTracked, serveTracked } from './tracked';

/* The web process: Next.js behind a server of our own, which knows who asks and how to leave without cutting anybody off. */

const drainMs = 10_000;
/** As in next.config.ts, which would answer what is more with an error of the server. */
const mostOfAction = 2 * 1024 * 1024;

const { PORT, APP_URL, TRUST_PROXY } = env();
const dev = process.env.NODE_ENV !== 'production';
if (!dev) logConsoleErrors();
const proxies = trustedProxies(TRUST_PROXY);
const app = next({ dev, port: PORT, hostname: 'localhost' });
const handle = app.getRequestHandler();

let prepared = false;
let endWatch: (() => void) | undefined;
let draining = false;

function answer(request: IncomingMessage, response: ServerResponse): void {
  if (draining) response.setHeader('Connection', 'close');
  endSlowBody(request, response);
  if (isTracked(request.url)) {
    void serveTracked(request, response);
    return;
  }
  setForwarded(request, APP_URL, proxies);
  setSecurityHeaders(request, response, { https: APP_URL.startsWith('https:'), dev });
  const refusal = refusalOf(request);
  if (refusal) {
    response.writeHead(refusal.status, { 'Content-Type': 'text/plain; charset=utf-8' });
    response.end(`${refusal.says}\n`);
    return;
  }
  const wrong = wrongMethod(request.method ?? '', request.url ?? '');
  if (wrong) {
    response.writeHead(405, {
      ...{ Allow: wrong.allow, 'Content-Type': 'application/json', 'Cache-Control': 'no-store' },
    });
    response.end(JSON.stringify(wrong.answer));
    return;
  }
  handle(request, response).catch((error: unknown) => {
    log.error({ err: error, path: request.url }, 'a request failed');
    if (!response.headersSent) response.writeHead(500);
    response.end();
  });
}

/** What Next.js would answer with an error of the server, or not at all. */
function refusalOf(request: IncomingMessage): { status: number; says: string } | undefined {
  if (!isReadable(request.url))
    return {
      status: 400,
      says: 'This address cannot be read. Check that it was copied whole, and open it again.',
    };
  if (request.method === 'TRACE' || request.method === 'CONNECT')
    return { status: 405, says: 'This method is not taken here.' };
  if (
    request.headers['next-action'] !== undefined &&
    Number(request.headers['content-length']) > mostOfAction
  )
    return { status: 413, says: 'This is more than can be sent at once. Send less, or import it as a file.' };
  if (isForeignAction(request))
    return {
      status: 403,
      says: 'This request came from another site. Open the page again and repeat what you did.',
    };
  return undefined;
}

const server = createServer({ maxHeaderSize: 16_384 }, answer);
server.headersTimeout = 20_000;
server.requestTimeout = 30 * 60_000; // an import may come over a slow line
server.keepAliveTimeout = 65_000; // longer than the common proxies keep theirs, which else meet a closing connection

function drain(): void {
  if (draining) return;
  draining = true;
  closeEventStreams();
  endWatch?.();
  server.close(() => void leave());
  server.closeIdleConnections();
  setTimeout(() => server.closeAllConnections(), drainMs).unref();
}

async function leave(): Promise<void> {
  await Promise.allSettled([stopWatching(), closeQueue(), closeDatabase()]);
  process.exit(0);
}

process.on('SIGTERM', drain);
process.on('disconnect', drain); // the supervisor is gone
process.on('SIGINT', () => undefined); // it is for the supervisor, who tells us
process.on('uncaughtException', (error) => {
  if (isLostConnection(error)) return log.warn({ err: error }, 'a connection to the database was lost');
  if (prepared) return; // Next.js has a listener of its own by then, which logs it
  log.fatal({ err: error }, 'the web server cannot start');
  process.exit(1);
});
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

await app.prepare();
prepared = true;
server.on('error', (error) => {
  log.fatal({ err: error }, 'the web server cannot listen');
  process.exit(1);
});
server.listen(PORT, () => process.send?.({ ready: true }));
endWatch = watchForWorkers();
