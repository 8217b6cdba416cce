import type { Page } from '@playwright/test';
import { expectGoodLooks } from './look';
import { enter } from './owner';
import { expect, test } from './support';

let page: Page;
test.beforeAll(async ({ browser, posthaste }) => {
  page = await (await browser.newContext({ baseURL: posthaste.url })).newPage();
  await enter(page);
});
test.afterAll(() => page.context().close());

test('addresses are suppressed from a list or a file, found, and let go of with a reason', async () => {
  await page.goto('/settings/suppressions');
  await page.getByRole('button', { name: 'Add addresses' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Addresses').fill('stop-one@example.com\nstop-two@example.com, broken@');
  await dialog.getByLabel('Why (optional)').fill('asked by letter');
  await dialog.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(dialog.getByText('2 addresses added.')).toBeVisible();
  await expect(dialog.getByText('broken@')).toBeVisible();
  await dialog.getByRole('button', { name: 'Done' }).click();

  await page.getByRole('button', { name: 'Add addresses' }).click();
  const [chooser] = await Promise.all([
    page.waitForEvent('filechooser'),
    dialog.getByRole('button', { name: 'Choose a file instead' }).click(),
  ]);
  const buffer = Buffer.from('email,reason\nstop-two@example.com,x\nstop-three@example.com,y\n');
  await chooser.setFiles({ name: 'stop.csv', mimeType: 'text/csv', buffer });
  await expect(dialog.getByText('1 address added. 1 was there already.')).toBeVisible();
  await dialog.getByRole('button', { name: 'Done' }).click();

  const table = page.getByRole('table', { name: 'Suppressions' });
  await expect(table.getByRole('row', { name: /stop-one@example.com/ })).toContainText('asked by letter');
  await page.getByLabel('How an address begins').fill('stop-one');
  await expect(table.getByRole('row')).toHaveCount(2);
  await expectGoodLooks(page);
  await table.getByRole('button', { name: 'Remove stop-one@example.com…' }).click();
  await dialog.getByLabel('Why').fill('asked to come back');
  await dialog.getByRole('button', { name: 'Remove', exact: true }).click();
  await expect(page.getByText('stop-one@example.com can be written to again.')).toBeVisible();
  await expect(page.getByText('No address begins with “stop-one”')).toBeVisible();
  await page.goto('/settings/audit');
  await expect(page.getByText('asked to come back')).toBeVisible();
});
