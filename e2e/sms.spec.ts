import { createHmac, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { devices, expect, type Page, test } from '@playwright/test';
import { startTwilioStandIn, type TwilioStandIn, twilioAccount } from '@/lib/providers/testing-twilio';
import { makeKey, rose } from './keys';
import { expectGoodLooks } from './look';
import { type Mailbox, openMailbox } from './mailbox';
import { startPosthaste } from './support';

/*
 * Text messages through a stand-in for Twilio: 200 people of all kinds, what each of them got and why others did not, the page
 * behind the short link, and what they answer. The steps build on each other.
 */
test.describe.configure({ mode: 'serial' });

let dataDir: string;
let mailbox: Mailbox;
let twilio: TwilioStandIn;
let app: Awaited<ReturnType<typeof startPosthaste>>;
let key: string;
let staff: Page;

test.beforeAll(async ({ browser }) => {
  test.setTimeout(120_000);
  dataDir = await mkdtemp(join(tmpdir(), 'posthaste-e2e-sms-'));
  mailbox = await openMailbox();
  twilio = await startTwilioStandIn();
  app = await startPosthaste(dataDir, mailbox, {
    ...{ SMTP_URL: '', TWILIO_BASE_URL: twilio.url, TWILIO_FROM: twilioAccount.from },
    ...{ TWILIO_ACCOUNT_SID: twilioAccount.accountSid, TWILIO_AUTH_TOKEN: twilioAccount.authToken },
  });
  key = await makeKey(dataDir);
  staff = await (await browser.newContext({ baseURL: app.url })).newPage();
  await staff.goto('/sign-in');
  await staff.getByLabel('E-mail').fill(rose.email);
  await staff.getByLabel('Password', { exact: true }).fill(rose.password);
  await staff.getByRole('button', { name: 'Sign in' }).click();
  await expect(staff.getByRole('heading', { level: 1, name: /^Hello/ })).toBeVisible();
});

test.afterAll(async () => {
  await staff.context().close();
  await app.stop();
  await twilio.close();
  await mailbox.close();
  await rm(dataDir, { recursive: true, force: true });
});

async function call(method: string, path: string, body?: unknown) {
  const response = await fetch(`${app.url}/api/v1${path}`, {
    method,
    headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  return response.json();
}

/** What Twilio posts: signed over the address as it was given it. */
async function post(url: string, form: Record<string, string>, token = twilioAccount.authToken) {
  const signed = Object.keys(form)
    .sort()
    .map((name) => `${name}${form[name]}`);
  const signature = createHmac('sha1', token)
    .update(url + signed.join(''))
    .digest('base64');
  return fetch(url, {
    method: 'POST',
    headers: { 'X-Twilio-Signature': signature },
    body: new URLSearchParams(form),
  });
}

const sid = () => `SM${randomUUID().replaceAll('-', '')}`;

// Six zones around the earth: whatever the hour of the test, people sleep in some of them and not in others.
const zones = [
  'UTC',
  'America/New_York',
  'America/Los_Angeles',
  'Pacific/Auckland',
  'Asia/Tokyo',
  'Asia/Dubai',
];

const sleeps = (zone: string): boolean => {
  const hour = new Intl.DateTimeFormat('en', { hour: 'numeric', hourCycle: 'h23', timeZone: zone });
  const now = Number(hour.format(new Date()));
  return now >= 21 || now < 8;
};

type Person = { firstName: string; phone: string; timeZone: string; consent: boolean; long: boolean };
/** A few share a number, and are alike in all else: which of them gets the message is the product's choice. */
const shares = (n: number) => n % 50 === 49;
const people: Person[] = Array.from({ length: 200 }, (_, n) => ({
  firstName: n % 10 === 7 ? `Łucja${n}` : `Ann${n}`,
  // Every ninth has none.
  phone: n % 9 === 4 ? '' : shares(n) ? '+491511999000' : `+4915112${String(30_000 + n)}`,
  timeZone: shares(n) ? 'UTC' : (zones[n % zones.length] ?? 'UTC'),
  consent: shares(n) || n % 7 !== 3,
  long: n % 40 === 5,
}));

let listId: string;
let campaign: string;
let kept: { phone: string; link: string };

test('an author writes a text message, sees how long it becomes for everybody, and on which phone', async () => {
  test.setTimeout(180_000);
  listId = (await call('POST', '/lists', { name: 'Regulars' })).id;
  const rows = people.map(({ firstName, phone, timeZone, consent, long }, n) =>
    [
      `p${n}@example.com`,
      firstName,
      phone,
      timeZone,
      consent ? 'yes' : 'no',
      long ? 'x'.repeat(120) : '',
    ].join(','),
  );
  const csv = ['email,first_name,phone,time_zone,sms_consent,note', ...rows].join('\n');
  const response = await fetch(`${app.url}/api/v1/imports?listId=${listId}`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'text/csv' },
    body: csv,
  });
  const { id } = await response.json();
  await expect
    .poll(async () => (await call('GET', `/imports/${id}`)).status, { timeout: 60_000 })
    .toBe('completed');

  await staff.goto('/campaigns');
  await staff
    .getByRole('button', { name: /^(New campaign|Write your first campaign)$/ })
    .first()
    .click();
  const dialog = staff.getByRole('dialog');
  await dialog.getByText('Text message', { exact: true }).click();
  await dialog.getByLabel('Name').fill('Sunday bread');
  await dialog.getByRole('button', { name: 'Start writing' }).click();
  await staff.waitForURL(/\/edit$/);
  campaign = /campaigns\/([0-9a-f-]+)\/edit/.exec(staff.url())?.[1] ?? '';
  await staff
    .getByRole('textbox', { name: 'Message' })
    .fill('Hello {{ first_name }}{{ note }}, bread: https://shop.example.com/sunday?from=text');
  await staff.getByRole('textbox', { name: 'Offer' }).fill('A bun with every loaf.');
  await staff.getByPlaceholder('Choose lists').click();
  await staff.getByRole('option', { name: /Regulars/ }).click();
  await staff.keyboard.press('Escape');
  await expect(staff.getByText(/would be longer than 160 characters/)).toBeVisible();
  await expect(staff.getByText(/of 160 characters · charged as [12] · (GSM-7|UCS-2)/)).toBeVisible();
  await expect(staff.getByText('Reply STOP to unsubscribe', { exact: false }).last()).toBeVisible();
  await expect(staff.getByText('Saved')).toBeVisible();
  await expectGoodLooks(staff);
});

test('a test goes to a phone, with an example link', async () => {
  await staff.getByRole('button', { name: 'Send test' }).click();
  const dialog = staff.getByRole('dialog');
  await dialog.getByLabel('Send a test to').fill('+49 1511 2345678');
  await dialog.getByLabel('Send a test to').press('Enter');
  await dialog.getByRole('button', { name: 'Send test' }).click();
  await expect(dialog.getByText('Accepted by the provider.')).toBeVisible();
  expect(twilio.messages).toMatchObject([{ to: '+4915112345678', from: twilioAccount.from }]);
  expect(twilio.messages[0]?.body).toContain('/s/0000000000');
  await staff.keyboard.press('Escape');
});

test('each who agreed, has a number and is awake gets it once; the ledger says why all others did not', async () => {
  test.setTimeout(240_000);
  twilio.messages.splice(0);
  await call('PATCH', `/campaigns/${campaign}`, { throttle: { perMinute: 6000 } });
  await staff.goto(`/campaigns/${campaign}/review`);
  await expect(
    staff.getByText('Has no phone number', { exact: false }).or(staff.getByText('has no phone number')),
  ).toBeVisible();
  await expectGoodLooks(staff);
  expect(await call('POST', `/campaigns/${campaign}/send`, { sendAt: 'immediate' })).toMatchObject({
    status: 'sending',
  });
  const taken = new Set<string>();
  const expected = { sent: 0, asleep: 0, too_long: 0, no_address: 0, unsubscribed: 0, duplicate: 0 };
  for (const { phone, consent, long, timeZone } of people) {
    if (phone === '') expected.no_address++;
    else if (!consent) expected.unsubscribed++;
    else if (taken.has(phone)) expected.duplicate++;
    else {
      taken.add(phone);
      if (sleeps(timeZone)) expected.asleep++;
      else if (long) expected.too_long++;
      else expected.sent++;
    }
  }
  await expect
    .poll(async () => (await call('GET', `/campaigns/${campaign}/stats`)).sent, { timeout: 180_000 })
    .toBe(expected.sent);
  const stats = await call('GET', `/campaigns/${campaign}/stats`);
  const skipped = expected.too_long + expected.no_address + expected.unsubscribed + expected.duplicate;
  expect(stats).toMatchObject({ planned: 200, queued: expected.asleep, skipped, failed: 0, unconfirmed: 0 });
  expect(expected.asleep).toBeGreaterThan(0);
  expect(twilio.messages).toHaveLength(expected.sent);
  expect(new Set(twilio.messages.map(({ to }) => to)).size).toBe(expected.sent);
  const byPhone = new Map(people.map((person) => [person.phone, person]));
  for (const { to, body } of twilio.messages) {
    const person = byPhone.get(to);
    expect(Array.from(body).length).toBeLessThanOrEqual(160);
    if (to !== '+491511999000') expect(body.startsWith(`Hello ${person?.firstName},`)).toBe(true);
    expect(body).not.toContain('shop.example.com');
    expect(body.match(/\/s\/[0-9A-Z]{10}/g)).toHaveLength(2);
    expect(body.endsWith('\nReply STOP to unsubscribe')).toBe(true);
    expect(person && sleeps(person.timeZone)).toBe(false);
  }
  await staff.goto(`/campaigns/${campaign}`);
  await expect(staff.getByText(/^\d+ (people get|person gets) it in the morning$/)).toBeVisible();
  await expectGoodLooks(staff);
});

test('the short link leads to the recipient’s code, on their phone; staff redeem it once', async ({
  browser,
}) => {
  const [message] = twilio.messages;
  const [shop, own] = message?.body.match(/http\S+\/s\/[0-9A-Z]{10}/g) ?? [];
  kept = { phone: message?.to ?? '', link: own ?? '' };
  const { defaultBrowserType: _, ...pixel } = devices['Pixel 7'];
  const phone = await browser.newContext({ ...pixel, baseURL: app.url });
  const customer = await phone.newPage();
  await customer.goto(kept.link);
  await expect(customer).toHaveURL(/\/q\/[0-9A-Z]{12}\?c=/);
  await expect(customer.getByRole('img', { name: 'QR code' })).toBeVisible();
  await expect(customer.getByText('A bun with every loaf.')).toBeVisible();
  await phone.close();
  const led = await fetch(shop ?? '', { redirect: 'manual', headers: { 'user-agent': 'Mozilla/5.0' } });
  expect([led.status, led.headers.get('location')]).toEqual([
    302,
    'https://shop.example.com/sunday?from=text',
  ]);
  expect(await call('GET', `/campaigns/${campaign}/stats`)).toMatchObject({ clicked: 1, codeOpened: 1 });
  await staff.goto(kept.link);
  await expect(staff).toHaveURL(/\/codes\//);
  await staff.getByRole('button', { name: 'Redeem' }).click();
  await expect(staff.getByText(/^Redeemed on/)).toBeVisible();
  expect(await call('GET', `/campaigns/${campaign}/stats`)).toMatchObject({ redeemed: 1 });
});

test('what Twilio reports is counted, once and only when it is signed', async () => {
  const [first, second] = twilio.messages;
  const report = (url: string | null | undefined, status: string, more = {}, token?: string) =>
    post(url ?? '', { MessageSid: first?.sid ?? '', MessageStatus: status, ...more }, token);
  expect((await report(first?.statusCallback, 'delivered', {}, 'wrong')).status).toBe(401);
  for (const status of ['delivered', 'sent', 'delivered'])
    expect((await report(first?.statusCallback, status)).status).toBe(200);
  await post(second?.statusCallback ?? '', {
    ...{ MessageSid: second?.sid ?? '', MessageStatus: 'undelivered', ErrorCode: '30005' },
  });
  await expect
    .poll(async () => call('GET', `/campaigns/${campaign}/stats`))
    .toMatchObject({ delivered: 1, bounced: 1 });
  expect(await call('GET', '/suppressions?channel=sms')).toMatchObject({
    data: [{ channel: 'sms', address: second?.to, reason: 'bounced' }],
  });
});

test('STOP ends it at once, is shown on the contact’s page, and the next campaign skips them', async () => {
  test.setTimeout(180_000);
  const address = twilio.messages[0]?.statusCallback?.replace(/\?.*$/, '') ?? '';
  const answered = await post(address, {
    MessageSid: sid(),
    From: kept.phone,
    To: twilioAccount.from,
    Body: 'STOP',
  });
  expect(answered.headers.get('content-type')).toContain('text/xml');
  expect(await answered.text()).toContain('<Response></Response>');
  const stopped = async () => (await call('GET', '/suppressions?channel=sms')).data;
  await expect
    .poll(stopped)
    .toContainEqual(expect.objectContaining({ address: kept.phone, reason: 'opted_out' }));

  const next = await call('POST', '/campaigns', {
    ...{ name: 'Monday bread', channel: 'sms', listIds: [listId], throttle: { perMinute: 6000 } },
    content: { format: 'text', body: 'Again, {{ first_name }}.' },
  });
  const before = twilio.messages.length;
  await call('POST', `/campaigns/${next.id}/send`, { sendAt: 'immediate' });
  await expect
    .poll(async () => (await call('GET', `/campaigns/${next.id}/stats`)).sent, { timeout: 120_000 })
    .toBeGreaterThan(0);
  await expect
    .poll(async () => {
      const { data } = await call('GET', `/campaigns/${next.id}/deliveries?state=sending`);
      const { queued, retrying } = await call('GET', `/campaigns/${next.id}/stats`);
      return { sending: data.length, open: retrying, waits: queued > 0 };
    })
    .toEqual({ sending: 0, open: 0, waits: true });
  const reached = twilio.messages.slice(0, twilio.messages.length - before).map(({ to }) => to);
  expect(reached).not.toContain(kept.phone);

  await staff.goto(`/campaigns/${campaign}/recipients?search=${encodeURIComponent(kept.phone)}`);
  await staff.getByRole('link', { name: kept.phone }).click();
  await expect(staff.getByText(/Texted “STOP”: no more text messages/)).toBeVisible();
  await expectGoodLooks(staff);
});
