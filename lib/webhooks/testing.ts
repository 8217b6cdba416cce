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
/** The same for each request, or by how often it has had this message, and how many others before. */
type Moods = Mood | ((times: number, others: number) => Mood);

/** A receiver of webhooks at a local address, which can be told how to behave. For tests. */
export async function startReceiver(mood: Moods = 200, { location = '/elsewhere', host = '127.0.0.1' } = {}) {
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
      const id = headers.get('webhook-id') ?? '';
      received.push({ id, type, data, headers, body });
      const times = received.filter((one) => one.id === id).length;
      const others = new Set(received.map((one) => one.id)).size - 1;
      const now = typeof state.mood === 'function' ? state.mood(times, others) : state.mood;
      if (now !== 'hang') response.writeHead(now, { location }).end(`It is ${now}.`);
    });
  });
  server.listen(0, host);
  await once(server, 'listening');
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${(server.address() as AddressInfo).port}`;
  return {
    url,
    received,
    behave: (next: Moods) => {
      state.mood = next;
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
