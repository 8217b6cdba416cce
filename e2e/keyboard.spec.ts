import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { makeKey, rose } from './keys';
import { expectGoodLooks } from './look';
import { type Mailbox, openMailbox } from './mailbox';
import { startPosthaste } from './support';

/* Who has no mouse: from the first link of a page to its last, into what opens and back out. */
test.describe.configure({ mode: 'serial' });

let dataDir: string;
let mailbox: Mailbox;
let app: Awaited<ReturnType<typeof startPosthaste>>;
let key: string;
let page: Page;
const campaigns: string[] = [];

test.beforeAll(async ({ browser }) => {
  test.setTimeout(120_000);
  dataDir = await mkdtemp(join(tmpdir(), 'posthaste-e2e-keyboard-'));
  mailbox = await openMailbox();
  app = await startPosthaste(dataDir, mailbox);
  key = await makeKey(dataDir);
  page = await (await browser.newContext({ baseURL: app.url, reducedMotion: 'reduce' })).newPage();
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
  expect(response.ok, `${method} ${path} answered ${response.status}`).toBe(true);
  return response.json();
}

/** Five campaigns to four people with as many fates. */
async function sendFive(): Promise<void> {
  const list = await call('POST', '/lists', { name: 'Readers' });
  for (const name of ['clicks', 'bounce', 'refused', 'reader'])
    await call('POST', '/contacts', { email: `${name}@example.com`, listIds: [list.id] });
  for (const month of ['January', 'February', 'March', 'April', 'May']) {
    const made = await call('POST', '/campaigns', {
      ...{ name: `${month} bread`, subject: 'Bread', listIds: [list.id] },
      content: { format: 'markdown', body: '# Hello\n\n[Shop](https://example.com/shop)' },
    });
    await call('POST', `/campaigns/${made.id}/send`, { sendAt: 'immediate' });
    campaigns.push(made.id);
    await expect
      .poll(async () => (await call('GET', `/campaigns/${made.id}`)).status, { timeout: 60_000 })
      .toBe('completed');
  }
}

type Stop = { what: string; seen: boolean; ringed: boolean };

/** Where the keyboard is; nothing: on no part of the page. */
const stop = (): Promise<Stop | undefined> =>
  page.evaluate(() => {
    const element = document.activeElement;
    if (!element || element === document.body) return undefined;
    element.setAttribute('data-walked', '');
    const { top, bottom, left, right } = element.getBoundingClientRect();
    const rings = [element, element.nextElementSibling, element.parentElement, element.closest('tr')];
    return {
      what: element.outerHTML.slice(0, 200),
      seen: bottom > 0 && top < innerHeight && right > 0 && left < innerWidth,
      ringed: rings.some((one) => {
        if (!one) return false;
        const { outlineStyle, outlineWidth } = getComputedStyle(one);
        return outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 1;
      }),
    };
  });

/** From the first to the last place that takes the keyboard: each is seen, shows it, and none is left out or comes again. */
async function expectWalk(where: string): Promise<void> {
  await page.goto(where);
  await page.waitForLoadState('networkidle');
  await page.evaluate(() => {
    for (const details of document.querySelectorAll('details')) details.open = true;
  });
  const stops: Stop[] = [];
  for (;;) {
    await page.keyboard.press('Tab');
    const at = await stop();
    if (!at) break;
    stops.push(at);
    expect(stops.length, `places of ${where}`).toBeLessThan(300);
  }
  expect(stops.length).toBeGreaterThan(10);
  expect
    .soft(
      stops.filter(({ seen }) => !seen).map(({ what }) => what),
      `${where}: out of sight`,
    )
    .toEqual([]);
  expect
    .soft(
      stops.filter(({ ringed }) => !ringed).map(({ what }) => what),
      `${where}: unmarked`,
    )
    .toEqual([]);
  const missed = await page
    .locator(':is(a[href], button:enabled, input, summary):visible')
    .evaluateAll((all) =>
      all
        .filter((one) => one.getAttribute('tabindex') !== '-1' && !one.closest('[inert]'))
        .filter((one) => !one.hasAttribute('data-walked'))
        .map((one) => one.outerHTML.slice(0, 200)),
    );
  expect.soft(missed, `${where}: not reached`).toEqual([]);
}

test('every link and button is reached, seen and marked, on a desktop and a phone', async () => {
  await page.goto('/sign-in');
  await page.getByLabel('E-mail').fill(rose.email);
  await page.getByLabel('Password', { exact: true }).fill(rose.password);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: /^Hello/ })).toBeVisible();
  await sendFive();
  const places = [
    ...['/', `/campaigns/${campaigns[0]}`, `/campaigns/${campaigns[0]}/recipients?event=bounced`],
    ...[`/campaigns/compare?ids=${campaigns.join(',')}`, '/campaigns/sent', '/system'],
  ];
  for (const [width, colorScheme] of [
    [1440, 'light'],
    [390, 'dark'],
  ] as const) {
    await page.setViewportSize({ width, height: 844 });
    await page.emulateMedia({ colorScheme });
    for (const place of places) await expectWalk(place);
  }
});

test('the menu of a phone takes the keyboard, and gives it back', async () => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto('/');
  const opener = page.getByRole('button', { name: 'Open menu' });
  const closer = page.getByRole('button', { name: 'Close menu' });
  await opener.press('Enter');
  await expect(closer).toBeFocused();
  // What lies behind it is out of reach.
  for (let n = 0; n < 20; n++) {
    await page.keyboard.press('Tab');
    expect(await page.locator('main :focus').count()).toBe(0);
  }
  await closer.focus();
  await page.keyboard.press('Escape');
  await expect(opener).toBeFocused();
  await expect(closer).toBeHidden();
  await page.keyboard.press('Space');
  await expect(closer).toBeFocused();
  await page.keyboard.press('Space');
  await expect(opener).toBeFocused();
  await opener.press('Enter');
  await page.getByRole('link', { name: 'System' }).press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: 'System' })).toBeVisible();
  await opener.press('Enter');
  await page.setViewportSize({ width: 1440, height: 900 });
  await expect(page.locator('[inert]')).toHaveCount(0);
});

test('a message that is shown large keeps the keyboard, and gives it back', async () => {
  await page.goto(`/campaigns/${campaigns[0]}`);
  const show = page.getByRole('button', { name: 'Show the message large' });
  await show.press('Enter');
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByRole('button', { name: 'Close', exact: true })).toBeFocused();
  for (let n = 0; n < 12; n++) {
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.closest('[role="dialog"]') !== null)).toBe(true);
  }
  await dialog.getByRole('button', { name: 'Close the message' }).press('Escape');
  await expect(dialog).toBeHidden();
  await expect(show).toBeFocused();
});

test('five campaigns fit on a phone, side by side and without broken words', async () => {
  await page.goto(`/campaigns/compare?ids=${campaigns.join(',')}`);
  await page.getByText('As a table').click();
  await expectGoodLooks(page);
  await page.setViewportSize({ width: 390, height: 844 });
  const table = page.getByRole('table', { name: 'Campaigns side by side' });
  for (const label of ['Delivered', 'Unsubscribed', 'Complained']) {
    const lines = await table.getByRole('rowheader', { name: label }).evaluate((cell) => {
      const range = document.createRange();
      range.selectNodeContents(cell);
      return range.getClientRects().length;
    });
    expect(lines, label).toBe(1);
  }
});
