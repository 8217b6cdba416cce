import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Received = {
  id: string;
  type: string;
  data: Record<string, unknown>;
  headers: Headers;
  body: string;
};

/** How the receiver behaves: an HTTP status, or `hang`. */
type Mood = number | 'hang';

/** A receiver of webhooks at a local address, which can be told how to behave. For tests. */
export async function startReceiver(mood: Mood = 200) {
  const received: Received[] = [];
  const state = { mood };
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (piece: string) => {
      body += piece;
    });
    request.on('end', () => {
      const headers = new Headers(
        Object.entries(request.headers).map(([name, value]) => [name, String(value)] as [string, string]),
      );
      const { type, data } = JSON.parse(body || '{}');
      received.push({ id: headers.get('webhook-id') ?? '', type, data, headers, body });
      if (state.mood === 'hang') return;
      response.writeHead(state.mood, { location: `${url}/elsewhere` }).end(`It is ${state.mood}.`);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    received,
    behave: (next: Mood) => {
      state.mood = next;
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
