import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { unsafeDatabase } from '@/lib/db/client';
import { trackingEvents } from '@/lib/db/schema/tracking';
import { inScope } from '@/lib/db/scoped';
import { sentTracked } from '@/lib/tracking/testing';
import { trackingUrl } from '@/lib/tracking/tracking-token';
import { isTracked, serveTracked } from './tracked';

let server: Server;
let base: string;
let sent: Awaited<ReturnType<typeof sentTracked>>;

beforeAll(async () => {
  sent = await sentTracked(1);
  server = createServer((request, response) => void serveTracked(request, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  base = `http://127.0.0.1:${port}${new URL(trackingUrl(sent.scope, sent.rows[0]?.id ?? ('' as never))).pathname}`;
});
afterAll(() => {
  server.close();
});

const ask = (path: string, init: RequestInit = {}) =>
  fetch(base + path, {
    redirect: 'manual',
    headers: { 'user-agent': 'Mozilla/5.0 (X11) Firefox/150.0' },
    ...init,
  });

const recorded = () =>
  inScope(sent.scope, (tx) =>
    tx
      .select({ kind: trackingEvents.kind, class: trackingEvents.class, agent: trackingEvents.agent })
      .from(trackingEvents),
  );

test('a link leads on, and nobody keeps the way', async () => {
  const answer = await ask('/3?utm_source=x');
  expect(answer.status).toBe(302);
  expect(answer.headers.get('location')).toBe('https://example.com/c?d=e&f=g');
  expect(answer.headers.get('cache-control')).toBe('no-store, private');
  expect(answer.headers.get('set-cookie')).toBeNull();
});

test('many at once are each answered and recorded', async () => {
  const before = (await recorded()).length;
  const answers = await Promise.all(Array.from({ length: 300 }, (_, n) => ask(`/${1 + (n % 3)}`)));
  expect(answers.every((answer) => answer.status === 302)).toBe(true);
  expect((await recorded()).length - before).toBe(300);
});

test('the pixel is a picture, and a request for the head alone has no body', async () => {
  const picture = await ask('/o.gif');
  expect(picture.headers.get('content-type')).toBe('image/gif');
  expect(Buffer.from(await picture.arrayBuffer()).toString('latin1', 0, 6)).toBe('GIF89a');
  const head = await ask('/1', { method: 'HEAD' });
  expect(head.status).toBe(302);
  expect((await recorded()).at(-1)).toMatchObject({ kind: 'click', class: 'head' });
});

test.each(['/4', '/x', '/01', '/1/2', '', '/', '/%2e%2e/1', '/o.gif/1'])(
  '“%s” is not found',
  async (path) => {
    const before = await recorded();
    const answer = await ask(path);
    expect(answer.status).toBe(404);
    expect(await answer.text()).toContain('This link does not work');
    expect(await recorded()).toEqual(before);
  },
);

test('nothing else can be done with it', async () => {
  expect((await ask('/1', { method: 'POST' })).status).toBe(405);
  expect(isTracked('/t/x')).toBe(true);
  expect(['/', '/team', '/api/t/x', undefined].filter(isTracked)).toEqual([]);
});

test('whom nothing can be recorded of is led nowhere', async () => {
  await unsafeDatabase().execute(sql`alter table tracking_events rename to gone`);
  const answer = await ask('/1');
  await unsafeDatabase().execute(sql`alter table gone rename to tracking_events`);
  expect(answer.status).toBe(503);
  expect(answer.headers.get('retry-after')).toBe('5');
  expect((await ask('/1')).status).toBe(302);
});

test('a server that is killed has recorded all that it answered', { timeout: 60_000 }, async () => {
  const child = fork('bench/click-server.ts', ['ours'], { execArgv: ['--import', 'tsx'], stdio: 'ignore' });
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  const url = `http://127.0.0.1:${port}${new URL(base).pathname}/2`;
  const before = (await recorded()).length;
  let answered = 0;
  const readers = Array.from({ length: 16 }, async () => {
    for (;;) {
      const answer = await fetch(url, {
        redirect: 'manual',
        headers: { 'user-agent': 'Mozilla/5.0 (X11) Firefox/150.0' },
      });
      if (answer.status === 302) answered++;
      // Others are on their way at this moment.
      if (answered === 200) child.kill('SIGKILL');
    }
  });
  await Promise.allSettled(readers);
  expect(answered).toBeGreaterThanOrEqual(200);
  expect((await recorded()).length - before).toBeGreaterThanOrEqual(answered);
});
