import { eq } from 'drizzle-orm';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Scope } from '@/lib/auth/scope';
import { campaigns } from '@/lib/db/schema/campaigns';
import { deliveries } from '@/lib/db/schema/deliveries';
import { contacts } from '@/lib/db/schema/lists';
import { inScope } from '@/lib/db/scoped';
import { unsubscribeUrl } from '@/lib/deliveries/unsubscribe-token';
import { CampaignId, ContactId, DeliveryId, newId } from '@/lib/ids';
import { testWorkspace } from '@/lib/workspaces/testing';
import { GET, POST } from './route';

let scope: Scope;
let contactId: ContactId;
let link: string;

beforeAll(async () => {
  ({ scope } = await testWorkspace('Ann & <b>Sons</b>'));
  const { workspaceId } = scope;
  contactId = newId(ContactId);
  const [campaignId, deliveryId] = [newId(CampaignId), newId(DeliveryId)];
  const email = 'recipient@example.com';
  await inScope(scope, async (tx) => {
    await tx.insert(contacts).values({ workspaceId, id: contactId, email });
    await tx
      .insert(campaigns)
      .values({ workspaceId, id: campaignId, name: 'May', content: { format: 'markdown', body: 'Hello' } });
    await tx.insert(deliveries).values({
      workspaceId,
      id: deliveryId,
      campaignId,
      contactId,
      channel: 'email',
      address: email,
      state: 'sent',
    });
  });
  link = unsubscribeUrl(scope, deliveryId);
});

const contextOf = (url: string) => ({ params: Promise.resolve({ token: url.split('/').at(-1) ?? '' }) });
const get = (url = link) => GET(new Request(url), contextOf(url));
const post = (body?: BodyInit, url = link) =>
  POST(new Request(url, { method: 'POST', body }), contextOf(url));

async function isSubscribed(): Promise<boolean | undefined> {
  const [row] = await inScope(scope, (tx) =>
    tx.select({ is: contacts.emailSubscribed }).from(contacts).where(eq(contacts.id, contactId)),
  );
  return row?.is;
}

const resubscribe = () => post(new URLSearchParams({ choice: 'subscribe' }));

test('GET shows who would leave whom, and changes nothing', async () => {
  const response = await get();
  const page = await response.text();
  expect(response.status).toBe(200);
  expect(page).toContain('r…@example.com');
  expect(page).not.toContain('recipient@example.com');
  expect(page).toContain('Ann &amp; &lt;b&gt;Sons&lt;/b&gt;');
  expect(page).not.toContain('<script');
  expect(await isSubscribed()).toBe(true);
});

test('nobody keeps, indexes or frames the page, and its address does not leak', async () => {
  const { headers } = await get();
  expect(headers.get('cache-control')).toBe('no-store');
  expect(headers.get('referrer-policy')).toBe('no-referrer');
  expect(headers.get('x-robots-tag')).toContain('noindex');
  expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
  expect(headers.get('set-cookie')).toBeNull();
});

const multipart = new FormData();
multipart.set('List-Unsubscribe', 'One-Click');

describe.each<[string, BodyInit | undefined]>([
  ['one click as a form (RFC 8058)', new URLSearchParams({ 'List-Unsubscribe': 'One-Click' })],
  ['one click as multipart (RFC 8058)', multipart],
  ['the button of the page', new URLSearchParams({ choice: 'unsubscribe' })],
  ['no body', undefined],
  ['a body that is no form', '{"List-Unsubscribe":'],
  [
    'a body that is too long to be read',
    new URLSearchParams({ choice: 'subscribe', more: 'x'.repeat(100_000) }),
  ],
])('POST with %s', (_name, body) => {
  test('unsubscribes at once, also the second time', async () => {
    await resubscribe();
    expect(await isSubscribed()).toBe(true);
    const first = await post(body);
    expect(first.status).toBe(200);
    expect(await isSubscribed()).toBe(false);
    const second = await post(new URLSearchParams({ 'List-Unsubscribe': 'One-Click' }));
    expect(second.status).toBe(200);
    expect(await isSubscribed()).toBe(false);
  });
});

test('a mistake can be taken back on the page that confirms it', async () => {
  const done = await (await post()).text();
  expect(done).toContain('subscribe again');
  const back = await resubscribe();
  expect(await back.text()).toContain('You are subscribed again');
  expect(await isSubscribed()).toBe(true);
});

test('whoever wants nothing recorded of what they open and click says so by a button, and stays subscribed', async () => {
  expect(await (await get()).text()).toContain('Do not record it');
  const off = await (await post(new URLSearchParams({ choice: 'untrack' }))).text();
  expect(off).toContain('What you open and click is not recorded');
  expect(await isSubscribed()).toBe(true);
  const on = await (await post(new URLSearchParams({ choice: 'track' }))).text();
  expect(on).toContain('Do not record it');
  expect(await isSubscribed()).toBe(true);
});

test('the link of a test message says so and unsubscribes nobody', async () => {
  const url = unsubscribeUrl(scope, null);
  expect(await (await get(url)).text()).toContain('test message');
  expect((await post(undefined, url)).status).toBe(200);
  expect(await isSubscribed()).toBe(true);
});

test.each(['nope', '', '%00', 'A'.repeat(64)])(
  'a token that is none ("%s") is 404 and tells nothing',
  async (token) => {
    const url = `http://localhost:3000/u/${token}`;
    for (const response of [await get(url), await post(undefined, url)]) {
      expect(response.status).toBe(404);
      expect(await response.text()).not.toContain('Sons');
    }
    expect(await isSubscribed()).toBe(true);
  },
);

test('a token whose last byte was changed is 404', async () => {
  const forged = link.slice(0, -2) + (link.endsWith('AA') ? 'BB' : 'AA');
  expect((await post(undefined, forged)).status).toBe(404);
  expect(await isSubscribed()).toBe(true);
});
