import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, devices, expect, type Page, test } from '@playwright/test';
import jsQR from 'jsqr';
import { makeKey, rose } from './keys';
import { expectGoodLooks, expectGoodOnPhone } from './look';
import { type Mailbox, openMailbox } from './mailbox';
import { startPosthaste } from './support';

/*
 * A personal code on its way: into a message, onto the recipient's phone, under the staff's camera, and gone with its owner.
 * The steps build on each other.
 */
test.describe.configure({ mode: 'serial' });

let dataDir: string;
let mailbox: Mailbox;
let app: Awaited<ReturnType<typeof startPosthaste>>;
let key: string;
let phone: BrowserContext;
let customer: Page;
let staff: Page;

test.beforeAll(async ({ browser }) => {
  test.setTimeout(120_000);
  dataDir = await mkdtemp(join(tmpdir(), 'posthaste-e2e-codes-'));
  mailbox = await openMailbox();
  app = await startPosthaste(dataDir, mailbox, { SMTP_URL: '' });
  key = await makeKey(dataDir);
  const { defaultBrowserType: _, ...pixel } = devices['Pixel 7'];
  phone = await browser.newContext({ ...pixel, viewport: { width: 390, height: 844 }, baseURL: app.url });
  customer = await phone.newPage();
  staff = await (await browser.newContext({ baseURL: app.url })).newPage();
});

test.afterAll(async () => {
  await phone.close();
  await staff.context().close();
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
  const text = await response.text();
  return text === '' ? {} : JSON.parse(text);
}

let zoe: { id: string; code: string };
let campaign: string;
let letters: string;
let link: string;

test('an author writes what a campaign offers', async () => {
  const list = await call('POST', '/lists', { name: 'Regulars' });
  const listIds = [list.id];
  zoe = await call('POST', '/contacts', {
    ...{ email: 'zoe@example.com', firstName: 'Zoë', lastName: 'Nobodyelse', listIds },
  });
  letters = zoe.code.replace(/(.{4})(?=.)/g, '$1-');
  const body = '# Hello {{ first_name }}\n\n{{ qr }}\n\n[Open your code]({{ qr_url }})';
  const made = await call('POST', '/campaigns', {
    ...{ name: 'May bread', subject: 'A bun for you', content: { format: 'markdown', body }, listIds },
  });
  campaign = made.id;
  await staff.goto('/sign-in');
  await staff.getByLabel('E-mail').fill(rose.email);
  await staff.getByLabel('Password', { exact: true }).fill(rose.password);
  await staff.getByRole('button', { name: 'Sign in' }).click();
  await expect(staff.getByRole('heading', { level: 1, name: /^Hello/ })).toBeVisible();
  await staff.goto(`/campaigns/${campaign}/edit`);
  await staff.getByRole('textbox', { name: 'Offer' }).fill('A bun with every loaf.\nOne per person.');
  await staff.getByLabel('Valid until').fill('2031-05-31');
  await expect(staff.getByText('Saved')).toBeVisible();
  const preview = staff.frameLocator('iframe').first();
  await expect(preview.getByAltText('Your code: 0000-0000-0000')).toBeVisible();
  await expectGoodLooks(staff);
  await staff.getByRole('button', { name: 'Review and send' }).click();
  await staff.getByRole('button', { name: 'Send to 1 person now' }).click();
  await staff
    .getByRole('dialog')
    .getByRole('button', { name: /^Send to/ })
    .click();
  await expect(staff.getByText('Completed').first()).toBeVisible({ timeout: 60_000 });
});

test('the message shows the code as an image that decodes to the address of its page', async () => {
  await staff.goto('/sandbox');
  await staff
    .getByRole('link', { name: /A bun for you/ })
    .first()
    .click();
  const message = staff.frameLocator('iframe').first();
  const image = message.getByAltText(`Your code: ${letters}`);
  await expect(image).toBeVisible();
  await expect
    .poll(() => image.evaluate((element: HTMLImageElement) => element.naturalWidth))
    .toBeGreaterThan(300);
  link = (await message.getByRole('link', { name: 'Open your code' }).getAttribute('href')) ?? '';
  expect(link).toMatch(new RegExp(`^${app.url}/q/${zoe.code}\\?c=[0-9a-f]{8}$`));
  for (const kind of ['png', 'svg']) {
    const url = link.replace(zoe.code, `${zoe.code}.${kind}`);
    expect(jsQR(...(await pixelsOf(staff, url)))?.data, kind).toBe(link);
  }
});

/** A picture as the browser draws it. */
async function pixelsOf(page: Page, url: string): Promise<[Uint8ClampedArray, number, number]> {
  const { pixels, size } = await page.evaluate(async (address) => {
    const picture = new Image(300, 300);
    picture.src = new URL(address).pathname + new URL(address).search;
    await picture.decode();
    const canvas = document.createElement('canvas');
    canvas.width = canvas.height = 300;
    const context = canvas.getContext('2d');
    context?.drawImage(picture, 0, 0, 300, 300);
    return { pixels: Array.from(context?.getImageData(0, 0, 300, 300).data ?? []), size: 300 };
  }, url);
  return [Uint8ClampedArray.from(pixels), size, size];
}

test('on a phone the page shows image, letters and offer, and nothing else of the person', async () => {
  const response = await customer.goto(link);
  expect(response?.headers()['x-robots-tag']).toContain('noindex');
  await expect(customer.getByRole('heading', { name: 'Your code, Zoë' })).toBeVisible();
  await expect(customer.getByRole('img', { name: 'QR code' })).toBeVisible();
  await expect(customer.getByText(letters)).toBeVisible();
  await expect(customer.getByText('A bun with every loaf.')).toBeVisible();
  await expect(customer.getByText('Valid until 31 May 2031')).toBeVisible();
  expect(await customer.content()).not.toMatch(/Nobodyelse|zoe@example/);
  await expectGoodOnPhone(customer);
});

test('staff who are not signed in sign in first and come back', async ({ browser }) => {
  const context = await browser.newContext({ baseURL: app.url });
  const page = await context.newPage();
  await page.goto(link);
  await page.getByRole('link', { name: 'For staff' }).click();
  await page.waitForLoadState('networkidle'); // what is typed before the form has woken up is lost
  await page.getByLabel('E-mail').fill(rose.email);
  await page.getByLabel('Password', { exact: true }).fill(rose.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Zoë Nobodyelse' })).toBeVisible();
  await context.close();
});

const redeem = (page: Page) => page.getByRole('button', { name: 'Redeem' });

test('who scans it redeems it once; somebody at the same moment is told; a minute long it can be taken back', async ({
  browser,
}) => {
  const context = await browser.newContext({
    baseURL: app.url,
    storageState: await staff.context().storageState(),
  });
  const other = await context.newPage();
  for (const page of [staff, other]) {
    await page.goto(link);
    await expect(page).toHaveURL(new RegExp(`/codes/${zoe.code}\\?c=`));
    await expect(redeem(page)).toBeVisible();
  }
  await expectGoodLooks(staff);
  await Promise.all([redeem(staff).click(), redeem(other).click()]);
  for (const page of [staff, other]) await expect(page.getByText(/^Redeemed on .* by you$/)).toBeVisible();
  await expect(redeem(staff)).toHaveCount(0);
  await expectGoodLooks(staff);
  await customer.reload();
  await expect(customer.getByText('Redeemed')).toBeVisible();
  await expectGoodOnPhone(customer);

  await staff.getByRole('button', { name: 'Undo' }).click();
  await expect(redeem(staff)).toBeVisible();
  await other.reload();
  await redeem(other).click();
  await expect(other.getByText(/^Redeemed on/)).toBeVisible();
  await redeem(staff).click();
  await expect(staff.getByText(/^Redeemed on/)).toBeVisible();
  await context.close();
});

test('a code that cannot be scanned is typed', async () => {
  await staff.goto('/codes');
  const field = staff.getByRole('textbox', { name: 'Code' });
  await field.fill('7K3M');
  await staff.getByRole('button', { name: 'Look it up' }).click();
  await expect(staff.getByText('A code has 12 letters and digits')).toBeVisible();
  await expectGoodLooks(staff);
  await field.fill(letters.toLowerCase().replaceAll('0', 'o'));
  await staff.getByRole('button', { name: 'Look it up' }).click();
  await expect(staff.getByRole('heading', { level: 1, name: 'Zoë Nobodyelse' })).toBeVisible();
});

test('the campaign says who opened the page, was scanned and redeemed', async () => {
  await staff.goto(`/campaigns/${campaign}`);
  for (const name of [/^Opened the code\s*1/, /^Scanned\s*1/, /^Redeemed\s*1/])
    await expect(staff.getByRole('link', { name })).toBeVisible();
  await expectGoodLooks(staff);
  await staff.getByRole('link', { name: /^Redeemed/ }).click();
  await expect(staff.getByText('zoe@example.com').filter({ visible: true })).toBeVisible();
  expect(await call('GET', `/campaigns/${campaign}/stats`)).toMatchObject({
    ...{ codeOpened: 1, codeScanned: 1, redeemed: 1 },
  });
});

test('an erased contact’s code is gone, and the numbers stay', async () => {
  await call('DELETE', `/contacts/${zoe.id}`);
  for (const path of [`/q/${zoe.code}`, `/q/${zoe.code}.png`, `/q/${zoe.code}.svg`, '/q/7K3M9QXVB2AT'])
    expect((await customer.goto(path))?.status(), path).toBe(404);
  await expectGoodOnPhone(customer);
  expect((await staff.goto(`/codes/${zoe.code}`))?.status()).toBe(404);
  expect(await call('GET', `/campaigns/${campaign}/stats`)).toMatchObject({ redeemed: 1 });
});
