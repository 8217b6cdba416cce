import { randomUUID } from 'node:crypto';
import jsQR from 'jsqr';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import type { Scope } from '@/lib/auth/scope';
import { newCode, sampleCode, showCode } from '@/lib/codes/code';
import { campaignRef } from '@/lib/codes/code-links';
import { redeemOffer } from '@/lib/codes/redeem';
import { deliveryTo, sentCampaign, testCodeOwner } from '@/lib/codes/testing';
import { eraseContact } from '@/lib/contacts/erase-contact';
import { env } from '@/lib/env';
import type { CampaignId, ContactCode, ContactId, ListId, SenderId } from '@/lib/ids';
import { testWorkspace } from '@/lib/workspaces/testing';
import { answer } from './answer';

let scope: Scope;
let senderId: SenderId;
let listId: ListId;
let contactId: ContactId;
let code: ContactCode;
let campaignId: CampaignId;
let address: string;

beforeAll(async () => {
  ({ scope, senderId } = await testWorkspace('Ann & <b>Sons</b>'));
});

beforeEach(async () => {
  address = randomUUID();
  ({ listId, contactId, code } = await testCodeOwner(scope));
  campaignId = await sentCampaign(scope, senderId, listId, {
    offerText: '<i>A bun</i>\nwith every loaf',
    offerUntil: '2031-05-31',
  });
});

const phone = 'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 Safari/604.1';

function get(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Response> {
  const url = new URL(`/q/${path}`, env().APP_URL);
  const request = new Request(url, {
    method,
    headers: { 'x-forwarded-for': address, 'user-agent': phone, ...headers },
  });
  return answer(request, decodeURIComponent(url.pathname.slice(3)), async () => undefined);
}

const openedAt = async () => (await deliveryTo(scope, campaignId, contactId)).codeOpenedAt;

test('the page shows image, letters and offer, and of its owner the first name alone', async () => {
  const response = await get(code);
  const page = await response.text();
  expect(response.status).toBe(200);
  expect(page).toContain('<svg');
  expect(page).toContain(showCode(code));
  expect(page).toContain('Your code, Zoë');
  expect(page).toContain('&lt;i&gt;A bun&lt;/i&gt;\nwith every loaf');
  expect(page).toContain('Valid until 31 May 2031');
  expect(page).toContain('Ann &amp; &lt;b&gt;Sons&lt;/b&gt;');
  for (const secret of ['Lee-Secret', '@example.com', contactId, campaignId, 'Autumn', '<script'])
    expect(page).not.toContain(secret);
});

test('nobody keeps, indexes or frames the page, and its address does not leak', async () => {
  const { headers } = await get(code);
  expect(headers.get('cache-control')).toBe('no-store');
  expect(headers.get('referrer-policy')).toBe('no-referrer');
  expect(headers.get('x-robots-tag')).toContain('noindex');
  expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
  expect(headers.get('set-cookie')).toBeNull();
});

test('a code is found however it is typed', async () => {
  const typed = showCode(code).toLowerCase().replaceAll('0', 'o').replaceAll('1', 'l');
  expect((await get(typed)).status).toBe(200);
  expect((await get(encodeURIComponent(` ${showCode(code)} `))).status).toBe(200);
});

test('images are of the code, for whoever sees them alone, and not for search engines', async () => {
  const ref = campaignRef(campaignId);
  for (const [kind, type] of [
    ['png', 'image/png'],
    ['svg', 'image/svg+xml'],
  ] as const) {
    const { status, headers } = await get(`${code}.${kind}?c=${ref}`);
    expect([status, headers.get('content-type')]).toEqual([200, type]);
    expect(headers.get('cache-control')).toBe('private, max-age=3600');
    expect(headers.get('x-robots-tag')).toContain('noindex');
  }
  const svg = await (await get(`${showCode(code)}.svg?c=${ref}`)).text();
  expect(read(svg)).toBe(`${env().APP_URL}/q/${code}?c=${ref}`);
  expect(read(await (await get(`${code}.svg?c=%22onload`)).text())).toBe(`${env().APP_URL}/q/${code}`);
  expect(await openedAt()).toBeNull(); // a picture in a message is not a page that was opened
});

function read(svg: string): string | undefined {
  const modules = Number(/viewBox="0 0 (\d+)/.exec(svg)?.[1]);
  const size = modules * 4;
  const pixels = new Uint8ClampedArray(size * size * 4).fill(255);
  for (const [, x, y, width] of svg.matchAll(/M(\d+) (\d+)h(\d+)v1h-\d+z/g))
    for (let row = 0; row < 4; row++) {
      const from = ((Number(y) * 4 + row) * size + Number(x) * 4) * 4;
      for (let at = from; at < from + Number(width) * 16; at += 4) pixels.fill(0, at, at + 3);
    }
  return jsQR(pixels, size, size)?.data;
}

test('what never was a code, and one whose owner was erased, are 404 alike and say nothing', async () => {
  const gone = await testCodeOwner(scope);
  await eraseContact(scope, gone.contactId);
  const pages = new Set<string>();
  for (const path of [newCode(), gone.code, 'nope', 'u'.repeat(12), '%00', '.png', 'x'.repeat(5000)])
    for (const kind of ['', '.png', '.svg']) {
      const response = await get(path + kind);
      expect(response.status).toBe(404);
      expect(response.headers.get('cache-control')).toBe('no-store');
      expect(response.headers.get('x-robots-tag')).toContain('noindex');
      pages.add(await response.text());
    }
  expect(pages.size).toBe(1);
});

test('who guesses has to wait, also with a right code; whoever is right never has to', async () => {
  for (let n = 0; n < 40; n++) expect((await get(`${code}.png`)).status).toBe(200);
  for (let n = 0; n < 30; n++) expect((await get(newCode())).status).toBe(404);
  for (const path of [newCode(), code, `${code}.png`, 'nope']) {
    const blocked = await get(path);
    expect(blocked.status).toBe(429);
    expect(Number(blocked.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await blocked.text()).not.toContain('Zoë');
  }
  address = randomUUID();
  expect((await get(code)).status).toBe(200);
});

test.each<[string, Record<string, string>, string]>([
  ['a HEAD request', {}, 'HEAD'],
  ['a browser that fetches ahead', { 'sec-purpose': 'prefetch;prerender' }, 'GET'],
  ['a bot', { 'user-agent': 'Mozilla/5.0 (compatible; Googlebot/2.1)' }, 'GET'],
  ['a preview of a link', { 'user-agent': 'WhatsApp/2.24' }, 'GET'],
])('%s does not count as somebody who opened the page', async (_, headers, method) => {
  expect((await get(code, headers, method)).status).toBe(200);
  expect(await openedAt()).toBeNull();
});

test('whoever opens the page is counted for the campaign that it shows, the first time', async () => {
  const later = await sentCampaign(scope, senderId, listId, { offerText: 'Two buns' });
  expect(await (await get(`${code}?c=${campaignRef(campaignId)}`)).text()).toContain('A bun');
  const first = await openedAt();
  expect(first).not.toBeNull();
  await get(`${code}?c=${campaignRef(campaignId)}`);
  expect(await openedAt()).toEqual(first);
  expect((await deliveryTo(scope, later, contactId)).codeOpenedAt).toBeNull();
  expect(await (await get(code)).text()).toContain('Two buns');
  expect((await deliveryTo(scope, later, contactId)).codeOpenedAt).not.toBeNull();
});

test('what was redeemed or is over says so', async () => {
  await redeemOffer(scope, { contactId, campaignId });
  expect(await (await get(code)).text()).toMatch(/Redeemed/);
  await sentCampaign(scope, senderId, listId, { offerUntil: '2020-01-31' });
  const over = await (await get(code)).text();
  expect(over).toContain('Ended on 31 January 2020');
  expect(over).not.toContain('Valid until');
});

test('the code of tests and previews is nobody’s', async () => {
  const response = await get(sampleCode);
  expect(response.status).toBe(200);
  expect(await response.text()).toContain('This is an example');
  expect((await get(`${sampleCode}.png`)).headers.get('content-type')).toBe('image/png');
});
