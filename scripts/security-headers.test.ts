import { once } from 'node:events';
import { createServer } from 'node:http';
import { expect, it } from 'vitest';
import { setSecurityHeaders } from './security-headers';

/** What a browser is told of an address, and what the app hears besides. */
async function answerTo(
  path: string,
  options = { https: true, dev: false },
  sent: Record<string, string> = {},
) {
  const server = createServer((request, response) => {
    setSecurityHeaders(request, response, options);
    response.end(JSON.stringify(request.headers));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('a listening server has an address');
  const response = await fetch(`http://127.0.0.1:${address.port}${path}`, { headers: sent });
  const heard: Record<string, string> = JSON.parse(await response.text());
  server.close();
  return { headers: response.headers, heard, policy: response.headers.get('content-security-policy') ?? '' };
}

it('lets scripts run from the app alone, under a nonce that is new each time', async () => {
  const [one, other] = [await answerTo('/'), await answerTo('/')];
  const nonce = /script-src 'self' 'nonce-([\w+/=]{24})';/.exec(one.policy)?.[1];
  expect(nonce).toBe(one.heard['x-nonce']);
  expect(one.heard['content-security-policy']).toBe(one.policy);
  expect(one.policy).not.toBe(other.policy);
  expect(one.policy).not.toContain('unsafe-eval');
  expect(one.policy).toMatch(/frame-ancestors 'none'/);
});

it('takes no nonce from whoever asks', async () => {
  const forged = { 'Content-Security-Policy': "script-src 'nonce-theirs'", 'X-Nonce': 'theirs' };
  const { policy, heard } = await answerTo('/', undefined, forged);
  expect(JSON.stringify([policy, heard])).not.toContain('theirs');
});

it('binds browsers to https where that is the address, and nowhere else', async () => {
  expect((await answerTo('/')).headers.get('strict-transport-security')).toBe('max-age=31536000');
  const plain = await answerTo('/', { https: false, dev: false });
  expect(plain.headers.get('strict-transport-security')).toBeNull();
});

it.each(['/u/abc', '/join/abc', '/reset/abc'])('passes %s on to nobody', async (path) => {
  const { headers } = await answerTo(path);
  expect(headers.get('referrer-policy')).toBe('no-referrer');
  expect(headers.get('x-robots-tag')).toBe('noindex, nofollow');
  expect((await answerTo('/uncommon')).headers.get('referrer-policy')).toBe(
    'strict-origin-when-cross-origin',
  );
});

it('leaves the policy to routes that have a stricter one of their own', async () => {
  for (const path of ['/u/abc', '/u/abc?x=1', '/i/workspace/picture.png']) {
    const { headers, heard } = await answerTo(path);
    expect(headers.get('content-security-policy')).toBeNull();
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(heard['content-security-policy']).toContain("default-src 'self'");
  }
  for (const path of ['/u', '/u/abc/more', '/i/workspace', '/users', '/'])
    expect((await answerTo(path)).policy).toContain("default-src 'self'");
});
