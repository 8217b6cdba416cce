import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serveTracked } from '@/scripts/tracked';

/*
 * A server in a process of its own: `ours` answers the links of messages as the web process does, before Next.js hears of them;
 * `bare` redirects and does nothing else, as quick as Node's own server can.
 */

const listeners: Record<string, RequestListener> = {
  ours: (request, response) => void serveTracked(request, response),
  bare: (_request, response) => {
    response.writeHead(302, { Location: 'https://example.com/', 'Content-Length': 0 }).end();
  },
};
const listener = listeners[process.argv[2] ?? ''];
if (!listener) throw new Error('ours or bare');
const server = createServer({ keepAliveTimeout: 65_000 }, listener).listen(0, '127.0.0.1', () =>
  process.send?.({ port: (server.address() as AddressInfo).port }),
);
process.on('disconnect', () => process.exit(0));
