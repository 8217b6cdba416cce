import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import PostalMime from 'postal-mime';
import { makeKey, rose } from './keys';
import { expectGoodLooks } from './look';
import { type Mailbox, openMailbox } from './mailbox';
import { startPosthaste } from './support';

/* What recipients and machines do with messages that really arrived, until it stands in the report. The steps build on each other. */
test.describe.configure({ mode: 'serial' });

const people = 40;
let dataDir: string;
let mailbox: Mailbox;
let app: Awaited<ReturnType<typeof startPosthaste>>;
let key: string;
let page: Page;
let campaign: string;
/** The addresses in each message: two links and the pixel. */
let messages: { links: string[]; pixel: string }[];

test.beforeAll(async ({ browser }) => {
  test.setTimeout(120_000);
  dataDir = await mkdtemp(join(tmpdir(), 'posthaste-e2e-tracking-'));
  mailbox = await openMailbox();
  app = await startPosthaste(dataDir, mailbox);
  key = await makeKey(dataDir);
  page = await (await browser.newContext({ baseURL: app.url })).newPage();
});

test.afterAll(async () => {
  await page.context().close();
  await app.stop();
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

const person =
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/19.0 Safari/605.1.15';

const ask = (url: string | undefined, agent = person, method = 'GET') =>
  fetch(url ?? '', { method, redirect: 'manual', headers: { 'user-agent': agent } });

test('a campaign goes out with links that lead through the server', async () => {
  const list = await call('POST', '/lists', { name: 'Readers' });
  for (let n = 0; n < people; n++)
    await call('POST', '/contacts', {
      ...{
        email: `reader-${n}@${n % 4 ? 'example.com' : 'example.org'}`,
        firstName: 'Ann',
        listIds: [list.id],
      },
      tracking: n !== people - 1,
    });
  const body =
    '# Hello {{ first_name }}\n\n[The shop](https://example.com/shop?a=1&b=2)\n\n[News](https://example.com/news)';
  const made = await call('POST', '/campaigns', {
    ...{ name: 'June bread', subject: 'Bread', content: { format: 'markdown', body }, listIds: [list.id] },
    throttle: { perMinute: 6000 },
  });
  campaign = made.id;
  await call('POST', `/campaigns/${campaign}/send`, { sendAt: 'immediate' });
  const letters = await mailbox.waitFor(people);
  const all = await Promise.all(letters.map((letter) => PostalMime.parse(letter.raw)));
  messages = all.flatMap(({ html = '' }) => {
    const links = [...html.matchAll(/href="([^"]*\/t\/[^"]*)"/g)].map(([, url]) => url ?? '');
    const pixel = /src="([^"]*\/t\/[^"]*\.gif)"/.exec(html)?.[1];
    return pixel ? [{ links, pixel }] : [];
  });
  expect(messages).toHaveLength(people - 1);
  expect(messages[0]?.links).toHaveLength(2);
});

test('links lead where they should, and nowhere else', async () => {
  const [first] = messages;
  const answer = await ask(first?.links[0]);
  expect([answer.status, answer.headers.get('location')]).toEqual([302, 'https://example.com/shop?a=1&b=2']);
  expect((await ask(`${first?.links[0]}/x`)).status).toBe(404);
  expect((await ask(first?.links[0]?.replace(/1$/, '3'))).status).toBe(404);
});

test('people are counted once, and machines apart', async () => {
  for (const [n, { links, pixel }] of messages.slice(0, 20).entries()) {
    await ask(pixel);
    if (n < 8) await ask(links[n % 2]);
  }
  for (const { pixel } of messages.slice(20, 25)) await ask(pixel, 'Mozilla/5.0');
  for (const { links } of messages.slice(25, 28)) await ask(links[0], 'curl/8.7');
  // Somebody's scanner follows all links at once.
  await Promise.all(
    messages.slice(28, 32).flatMap(({ links, pixel }) => [pixel, ...links].map((url) => ask(url))),
  );
  // What came in later is counted in a later round.
  await expect
    .poll(async () => call('GET', `/campaigns/${campaign}/stats`), { timeout: 60_000 })
    .toMatchObject({ sent: people, opened: 20, clicked: 8 });
});

test('the report shows it, and every number opens the people behind it', async () => {
  await page.goto('/sign-in');
  await page.getByLabel('E-mail').fill(rose.email);
  await page.getByLabel('Password', { exact: true }).fill(rose.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('heading', { level: 1, name: /^Hello/ })).toBeVisible();
  await page.goto(`/campaigns/${campaign}`);
  for (const name of [
    /^Planned\s*40/,
    /^Sent\s*40\s*100 %/,
    /^Opened\s*20\s*50.0 %/,
    /^Clicked\s*8\s*20.0 %/,
  ])
    await expect(page.getByRole('link', { name }).first()).toBeVisible();
  const links = page.getByRole('table', { name: 'Links' });
  await expect(links.getByRole('row', { name: /example\.com\/shop/ })).toContainText('4');
  await expect(
    page.getByText(
      /Machines loaded the pictures in messages to \d+ people, 9 times and followed links in messages to \d+ people, 11 times/,
    ),
  ).toBeVisible();
  await expect(page.getByRole('img', { name: /^Opens and clicks by minute/ })).toBeVisible();
  await page.getByText('As a table').click();
  await expect(page.getByRole('table', { name: 'Over time, by minute' })).toBeVisible();
  await expect(page.getByRole('table', { name: 'By mail domain' })).toContainText('example.org');
  await expectGoodLooks(page);
  await links
    .getByRole('row', { name: /example\.com\/news/ })
    .getByRole('link')
    .first()
    .click();
  await expect(page.getByText('People who followed the link to https://example.com/news.')).toBeVisible();
  await expect(page.getByRole('table', { name: 'Recipients' }).getByRole('row')).toHaveCount(5);
  await expectGoodLooks(page);
  const download = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Export' }).click();
  const csv = await readFile(await (await download).path(), 'utf8');
  expect(csv.trim().split('\r\n')).toHaveLength(5);
  expect(csv).toContain('@example.');
});

test('nothing more is recorded when the workspace wants that', async () => {
  await page.goto('/settings');
  await page.getByRole('switch', { name: 'Record what recipients open and click' }).click();
  await expect(page.getByText('Nothing more is recorded.')).toBeVisible();
  await expectGoodLooks(page);
  expect((await ask(messages[33]?.links[0])).headers.get('location')).toBe(
    'https://example.com/shop?a=1&b=2',
  );
});
