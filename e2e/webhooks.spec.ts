import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { startReceiver } from '@/lib/webhooks/testing';
import { makeKey, rose } from './keys';
import { expectGoodLooks } from './look';
import { type Mailbox, openMailbox } from './mailbox';
import { startPosthaste } from './support';

/*
 * Another program is told of everything that happens, by a receiver that fails, hangs and redirects before it is well; and
 * nothing is sent to where nothing may go.
 */
test.describe.configure({ mode: 'serial' });

const people = 20;
/** The first try of each message goes wrong, in one way or another; the next one is taken. */
const moods = (times: number, others: number) =>
  times > 1 ? 200 : others % 15 === 7 ? 'hang' : others % 2 ? 503 : 302;

let dataDir: string;
let mailbox: Mailbox;
let app: Awaited<ReturnType<typeof startPosthaste>>;
let key: string;
let receiver: Awaited<ReturnType<typeof startReceiver>>;
/** A service of this machine that nobody of the world should reach. */
let trap: Awaited<ReturnType<typeof startReceiver>>;
let page: Page;

test.beforeAll(async ({ browser }) => {
  test.setTimeout(120_000);
  dataDir = await mkdtemp(join(tmpdir(), 'posthaste-e2e-webhooks-'));
  mailbox = await openMailbox();
  trap = await startReceiver(200, { host: '127.0.0.2' });
  receiver = await startReceiver(moods, { location: `${trap.url}/redirected` });
  app = await startPosthaste(dataDir, mailbox, { ALLOWED_PRIVATE_NETWORKS: '127.0.0.1' });
  key = await makeKey(dataDir);
  page = await (await browser.newContext({ baseURL: app.url })).newPage();
  await page.goto('/sign-in');
  await page.getByLabel('E-mail').fill(rose.email);
  await page.getByLabel('Password', { exact: true }).fill(rose.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Hello, Rose' })).toBeVisible();
});

test.afterAll(async () => {
  await page.context().close();
  await app.stop();
  await mailbox.close();
  receiver.close();
  trap.close();
  await rm(dataDir, { recursive: true, force: true });
});

async function addWebhook(url: string, events: string[]) {
  await page.goto('/settings/webhooks');
  await page.getByRole('button', { name: 'Add webhook' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Address').fill(url);
  for (const event of events) await dialog.getByLabel(event).check();
  await dialog.getByRole('button', { name: 'Add webhook' }).click();
  const key = await dialog.getByLabel('Signing key').inputValue();
  expect(key).toMatch(/^whsec_[\w+/]{43}=$/);
  await dialog.getByRole('button', { name: 'I have kept it' }).click();
  await expect(page.getByRole('table', { name: 'Webhooks' })).toContainText(url);
}

async function call(path: string, body: unknown, type = 'application/json') {
  const response = await fetch(`${app.url}/api/v1${path}`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${key}`, 'Content-Type': type },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  expect(response.ok).toBe(true);
  const answer: { id: string } = await response.json();
  return answer;
}

test('the owner adds webhooks, and is shown their keys', async () => {
  const events = [
    'A contact is added',
    'A campaign begins to send',
    'A campaign is complete',
    'A message is sent',
  ];
  await addWebhook(`${receiver.url}/hook`, events);
  await addWebhook(`${trap.url}/hook`, ['A contact is added']);
  await expectGoodLooks(page);
});

test('every event arrives once the receiver is well, and none where it must not', async () => {
  const list = await call('/lists', { name: 'Newsletter' });
  const rows = Array.from({ length: people }, (_, n) => `person${n}@example.com`);
  await call(`/imports?listId=${list.id}`, `email\n${rows.join('\n')}\n`, 'text/csv');
  const taken = (type: string) =>
    new Set(receiver.received.filter((one) => one.type === type).map(({ id }) => id)).size;
  await expect.poll(() => taken('contact.created')).toBe(people);
  const campaign = await call('/campaigns', {
    ...{ name: 'Hello', channel: 'email', subject: 'Hello', listIds: [list.id] },
    content: { format: 'markdown', body: 'Hello' },
  });
  await call(`/campaigns/${campaign.id}/send`, {
    sendAt: 'immediate',
    throttle: { emailsPerMinute: 600 },
  });
  // Each message that was not taken at once is tried again after five seconds, one that hangs after twenty.
  const wanted = {
    'contact.created': people,
    'campaign.started': 1,
    'delivery.sent': people,
    'campaign.completed': 1,
  };
  const wellTaken = () => {
    const times = Map.groupBy(receiver.received, ({ id }) => id);
    const done = [...times.values()].filter((tries) => tries.length > 1).map(([first]) => first?.type ?? '');
    return Object.fromEntries(
      Object.keys(wanted).map((type) => [type, done.filter((one) => one === type).length]),
    );
  };
  await expect.poll(wellTaken, { timeout: 120_000 }).toEqual(wanted);
  for (const tries of Map.groupBy(receiver.received, ({ id }) => id).values()) expect(tries).toHaveLength(2);
  expect(trap.received).toEqual([]);
  const subjects = (type: string) =>
    new Set(receiver.received.filter((one) => one.type === type).map(({ data }) => data.id)).size;
  expect([subjects('contact.created'), subjects('delivery.sent')]).toEqual([people, people]);
});

test('each try stands there, and a message can be sent again', async () => {
  await page.goto('/settings/webhooks');
  await page.getByRole('link', { name: trap.url }).click();
  const messages = page.getByRole('table', { name: 'Messages' });
  await expect(messages.getByText('is at a private address').first()).toBeVisible();
  await expectGoodLooks(page);

  await page.goto('/settings/webhooks');
  await page.getByRole('link', { name: receiver.url }).click();
  await expect(messages.getByText('Taken').first()).toBeVisible();
  await messages.getByText('2 tries').first().click();
  await expectGoodLooks(page);
  const before = receiver.received.length;
  await messages.getByRole('button', { name: 'Send again' }).first().click();
  await expect.poll(() => receiver.received.length).toBe(before + 1);
  receiver.behave(200);
  await page.getByRole('button', { name: 'Send a test' }).click();
  await expect.poll(() => receiver.received.at(-1)?.type).toBe('webhook.test');
  await expect(messages.getByRole('row').nth(1)).toContainText('A test');
  await expect(messages.getByRole('row').nth(1)).toContainText('Taken');

  await page.getByRole('button', { name: 'Switch off' }).click();
  await expect(page.getByText('Somebody switched it off.')).toBeVisible();
  await page.getByRole('button', { name: 'Delete…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete webhook' }).click();
  await expect(page).toHaveURL(/settings\/webhooks$/);
  await expect(page.getByRole('link', { name: receiver.url })).toHaveCount(0);
});
