import { once } from 'node:events';
import { createServer, get, type Server } from 'node:http';
import { text } from 'node:stream/consumers';
import fc from 'fast-check';
import { afterEach, expect, it } from 'vitest';
import { setForwarded, trustedProxies } from './forwarded';

let server: Server | undefined;
afterEach(() => {
  server?.close();
});

/** What reaches the app of a request that really comes from 127.0.0.1. */
async function through(
  headers: Record<string, string>,
  trusted: string[] = [],
  appUrl = 'https://mail.example.com',
) {
  const proxies = trustedProxies(trusted);
  server = createServer((request, response) => {
    setForwarded(request, appUrl, proxies);
    response.end(JSON.stringify(request.headers));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('a listening server has an address');
  // Not by fetch, which names the host itself.
  const asked = get({ host: '127.0.0.1', port: address.port, path: '/a?b', headers });
  const [response] = await once(asked, 'response');
  const seen: Record<string, string> = JSON.parse(await text(response));
  server.close();
  return seen;
}

it('tells who asks on this machine itself from whom a proxy on it asks for', async () => {
  const local = async (headers: Record<string, string>) => (await through(headers))['x-posthaste-local'];
  const spoofed = { 'X-Posthaste-Local': '1' };
  expect(await local({})).toBe('1');
  const passedOn: Record<string, string>[] = [
    { 'X-Forwarded-For': '192.0.2.1' },
    { 'X-Forwarded-For': '127.0.0.1' },
    { 'X-Forwarded-Host': 'mail.example.com' },
    { Forwarded: 'for=192.0.2.1' },
    { Via: '1.1 proxy' },
    { 'X-Real-IP': '192.0.2.1', Host: 'localhost' },
    { 'X-Forwarded-Anything': '' },
    { Host: 'mail.example.com' },
    { Host: 'localhost.example.com' },
  ];
  for (const headers of passedOn) expect(await local({ ...headers, ...spoofed })).toBeUndefined();
});

it('believes no forwarding header of somebody who is no trusted proxy', async () => {
  const seen = await through({
    ...{ 'X-Forwarded-For': '192.0.2.1', 'X-Forwarded-Proto': 'https', Forwarded: 'for=192.0.2.1' },
    ...{ 'X-Forwarded-Host': 'evil.example', 'X-Forwarded-Port': '1' },
  });
  expect(seen).toMatchObject({ 'x-forwarded-for': '127.0.0.1', 'x-posthaste-path': '/a' });
  for (const name of ['forwarded', 'x-forwarded-host', 'x-forwarded-proto', 'x-forwarded-port'])
    expect(seen[name]).toBeUndefined();
});

it('takes the host that is its own from whoever names it', async () => {
  const seen = await through({ 'X-Forwarded-Host': 'mail.example.com' });
  expect(seen).toMatchObject({ 'x-forwarded-host': 'mail.example.com', 'x-forwarded-proto': 'https' });
});

it.each([
  ['127.0.0.1', '192.0.2.1', '192.0.2.1'],
  ['127.0.0.0/8', '203.0.113.9, 192.0.2.1', '192.0.2.1'], // the first was said by who is not trusted
  ['127.0.0.1, 192.0.2.0/24', '203.0.113.9, 192.0.2.1', '203.0.113.9'],
  ['127.0.0.1', '::ffff:192.0.2.1', '192.0.2.1'],
  ['127.0.0.1', '2001:db8::1', '2001:db8::1'],
  ['127.0.0.1', 'nobody', '127.0.0.1'],
  ['127.0.0.1', '', '127.0.0.1'],
  ['10.0.0.0/8', '192.0.2.1', '127.0.0.1'],
])('with TRUST_PROXY=%s and %j it is %s who asks', async (trusted, said, client) => {
  const seen = await through({ 'X-Forwarded-For': said }, trusted.split(', '));
  expect(seen['x-forwarded-for']).toBe(client);
});

it('makes an address of whatever is said', async () => {
  await fc.assert(
    fc.asyncProperty(fc.stringMatching(/^[\x20-\x7e]*$/), async (said) => {
      const seen = await through({ 'X-Forwarded-For': said }, ['127.0.0.1']);
      expect(seen['x-forwarded-for']).toMatch(/^[\da-f.:]+$/i);
    }),
    { numRuns: 50 },
  );
});
