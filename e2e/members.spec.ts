import type { Page } from '@playwright/test';
import { expectGoodLooks } from './look';
import { enter } from './owner';
import { expect, test } from './support';

/*
 * A marketer is invited, joins, works with what is granted, is granted more, and is removed. The owner's and the
 * marketer's browsers are two; the steps build on each other.
 */
test.describe.configure({ mode: 'serial' });

let owner: Page;
let mia: Page;
test.beforeAll(async ({ browser, posthaste }) => {
  owner = await (await browser.newContext({ baseURL: posthaste.url })).newPage();
  mia = await (await browser.newContext({ baseURL: posthaste.url })).newPage();
  await enter(owner);
});
test.afterAll(async () => {
  await owner.context().close();
  await mia.context().close();
});

const lists = { granted: '', secret: '' };
let profile: string;

async function makeList(page: Page, name: string): Promise<string> {
  await page.goto('/lists');
  await page.getByRole('button', { name: 'New list' }).first().click();
  await page.getByRole('dialog').getByLabel('Name').fill(name);
  await page.getByRole('button', { name: 'Create list' }).click();
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
  return new URL(page.url()).pathname;
}

async function paste(page: Page, list: string, addresses: string): Promise<void> {
  await page.goto(list);
  await page.getByRole('button', { name: 'Add contacts' }).click();
  await page.getByRole('menuitem', { name: 'Paste addresses' }).click();
  await page.getByRole('textbox', { name: 'Addresses' }).fill(addresses);
  await page.getByRole('button', { name: 'Add to list' }).click();
  await expect(page.getByRole('button', { name: 'Done' })).toBeVisible();
}

const statusOf = async (page: Page, path: string) => (await page.goto(path))?.status();

test('the owner invites a marketer by link, with one of two lists', async () => {
  lists.granted = await makeList(owner, 'Wholesale');
  lists.secret = await makeList(owner, 'Press contacts');
  await paste(owner, lists.secret, 'editor@example.net');
  await owner.goto('/settings/members');
  await owner.getByRole('button', { name: 'Invite' }).click();
  const dialog = owner.getByRole('dialog');
  await dialog.getByText('By link').click();
  await dialog.getByRole('combobox', { name: 'Lists' }).click();
  await owner.getByRole('option', { name: 'Wholesale' }).click();
  await owner.keyboard.press('Escape');
  await dialog.getByRole('combobox', { name: 'May do with them' }).click();
  await owner.getByRole('option', { name: /^View/ }).click();
  await dialog.getByRole('button', { name: 'Make the link' }).click();
  const link = await dialog.getByRole('textbox', { name: 'Link' }).inputValue();
  await dialog.getByRole('button', { name: 'Done' }).click();
  await expect(owner.getByRole('table', { name: 'Invitations' })).toContainText('Whoever has the link');
  await expectGoodLooks(owner);

  await mia.goto(link);
  await expect(mia.getByRole('heading', { level: 1, name: 'Join Rosewood Bakery' })).toBeVisible();
  await expectGoodLooks(mia);
  await mia.getByLabel('Your name').fill('Mia Marketer');
  await mia.getByLabel('E-mail').fill('mia@example.com');
  await mia.getByLabel('Password', { exact: true }).fill('short');
  await mia.getByRole('button', { name: 'Make account and join' }).click();
  await expect(mia.getByText('Use at least 10 characters.')).toBeVisible();
  await mia.getByLabel('Password', { exact: true }).fill('a password of mia');
  await mia.getByRole('button', { name: 'Make account and join' }).click();
  await expect(mia.getByRole('heading', { level: 1, name: 'Hello, Mia' })).toBeVisible();
  await expectGoodLooks(mia);

  await mia.goto(link);
  await expect(mia.getByRole('heading', { name: 'This invitation does not work' })).toBeVisible();
});

test('the marketer sees the granted list, changes nothing, and finds nothing else', async () => {
  await mia.goto('/lists');
  const table = mia.getByRole('table', { name: 'Lists' });
  await expect(table.getByRole('link')).toHaveText(['Wholesale']);
  await expect(mia.getByRole('button', { name: 'More for Wholesale' })).toHaveCount(0);
  await expect(mia.getByRole('link', { name: 'Settings' })).toHaveCount(0);
  expect(await statusOf(mia, lists.granted)).toBe(200);
  await expect(mia.getByRole('button', { name: 'Add contacts' })).toHaveCount(0);
  await expect(mia.getByRole('heading', { name: 'Access' })).toHaveCount(0);
  await expectGoodLooks(mia);
  expect(await statusOf(mia, lists.secret)).toBe(404);
  expect(await statusOf(mia, '/settings/members')).toBe(403);
  expect(await statusOf(mia, '/settings')).toBe(403);
  await mia.goto('/contacts');
  await expect(mia.getByText('editor@example.net')).toHaveCount(0);
  await mia.goto('/campaigns/new');
  await mia.getByLabel('Name').fill('Wholesale prices');
  await mia.getByRole('button', { name: 'Start writing' }).click();
  await expect(mia.getByText('There is no list that you may send to.')).toBeVisible();
});

test('the owner grants more on the list’s page, and it holds at once', async () => {
  await owner.goto(lists.granted);
  const access = owner.getByRole('combobox', { name: 'Access of Mia Marketer to Wholesale' });
  await expect(access).toHaveValue('View');
  await access.click();
  await owner.getByRole('option', { name: 'Send' }).click();
  await expect(access).toHaveValue('Send');
  await expect(owner.getByText('Saved.')).toBeVisible();
  await expectGoodLooks(owner);

  await paste(mia, lists.granted, 'grocer@example.net editor@example.net');
  await expect(mia.getByText('1 contact added, 1 of them new.')).toBeVisible();
  await expect(mia.getByRole('alert', { name: 'on no list that you may change' })).toContainText(
    'editor@example.net',
  );
  await mia.getByRole('button', { name: 'Done' }).click();
  await expect(mia.getByRole('link', { name: 'grocer@example.net' })).toBeVisible();
  await mia.goto('/campaigns');
  await mia.getByRole('link', { name: /Wholesale prices/ }).click();
  const to = mia
    .getByRole('combobox', { name: 'To' })
    .or(mia.getByRole('textbox', { name: 'To' }))
    .first();
  await to.click();
  await expect(mia.getByRole('option')).toHaveText([/Wholesale/]);
});

test('the owner sees the member, whose rights end with their next click', async () => {
  await owner.goto('/settings/members');
  await expect(owner.getByRole('table', { name: 'Members' })).toContainText('Wholesale (send)');
  await owner.getByRole('link', { name: /Mia Marketer/ }).click();
  await expect(owner.getByRole('heading', { level: 1, name: 'Mia Marketer' })).toBeVisible();
  profile = new URL(owner.url()).pathname;
  await expectGoodLooks(owner);
  await owner.getByRole('button', { name: 'Remove from workspace' }).click();
  await owner.getByRole('button', { name: 'Remove Mia Marketer' }).click();
  await expect(owner.getByRole('table', { name: 'Members' })).not.toContainText('Mia Marketer');
  expect(await statusOf(owner, profile)).toBe(404);

  await mia.goto(lists.granted);
  await expect(mia).toHaveURL(/\/no-workspace$/);
  await expectGoodLooks(mia);
});

test('whoever is in no workspace makes one, and goes between it and another', async ({ mailbox }) => {
  await mia.getByRole('link', { name: 'New workspace' }).click();
  await mia.getByLabel('Company or organisation').fill('Mia & Sons');
  await mia.getByLabel('Postal address').fill('1 New Street');
  await mia.getByRole('combobox', { name: 'Country' }).fill('Germany');
  await mia.getByRole('option', { name: 'Germany' }).click();
  await expectGoodLooks(mia);
  await mia.getByRole('button', { name: 'Create workspace' }).click();
  await expect(mia.getByRole('heading', { level: 1, name: 'Hello, Mia' })).toBeVisible();

  await owner.goto('/settings/members');
  await owner.getByRole('button', { name: 'Invite' }).click();
  const dialog = owner.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'E-mail' }).fill('Mia@example.com');
  await dialog.getByRole('combobox', { name: 'Role' }).click();
  await owner.getByRole('option', { name: 'Viewer' }).click();
  await dialog.getByRole('button', { name: 'Send invitation' }).click();
  await expect(owner.getByText('The invitation is on its way to Mia@example.com.')).toBeVisible();
  const [letter] = await mailbox.waitFor(1, 'mia@example.com');
  const text = letter?.raw.replaceAll('=\r\n', '') ?? '';
  const path = /\/join\/[\w-]+/.exec(text)?.[0] ?? '';
  await mia.goto(path);
  await mia.getByRole('button', { name: 'Join Rosewood Bakery' }).click();
  await expect(mia.getByRole('button', { name: 'Mia Marketer, Rosewood Bakery: menu' })).toBeVisible();

  await mia.goto(lists.secret);
  await expect(mia.getByRole('heading', { level: 1, name: 'Press contacts' })).toBeVisible();
  await expect(mia.getByRole('button', { name: 'Add contacts' })).toHaveCount(0);
  await mia.goto('/settings');
  await expect(mia.getByRole('textbox', { name: 'Company or organisation' })).toBeDisabled();
  await expectGoodLooks(mia);
  await mia.getByRole('button', { name: 'Mia Marketer, Rosewood Bakery: menu' }).click();
  await mia.getByRole('menuitemradio', { name: 'Mia & Sons' }).click();
  await expect(mia.getByRole('button', { name: 'Mia Marketer, Mia & Sons: menu' })).toBeVisible();
  expect(await statusOf(mia, lists.secret)).toBe(404);

  // A tab that was left behind does nothing in the workspace to which another one went.
  const behind = await mia.context().newPage();
  await behind.goto('/lists');
  await behind.getByRole('button', { name: 'New list' }).first().click();
  await mia.getByRole('button', { name: 'Mia Marketer, Mia & Sons: menu' }).click();
  await mia.getByRole('menuitemradio', { name: 'Rosewood Bakery' }).click();
  await expect(mia.getByRole('button', { name: 'Mia Marketer, Rosewood Bakery: menu' })).toBeVisible();
  await behind.getByRole('dialog').getByRole('textbox').fill('From behind');
  await behind.getByRole('dialog').getByRole('button').last().click();
  await expect(behind.getByText('You are in another workspace by now')).toBeVisible();
  await behind.close();
  await mia.getByRole('button', { name: 'Mia Marketer, Rosewood Bakery: menu' }).click();
  await mia.getByRole('menuitemradio', { name: 'Mia & Sons' }).click();

  // The page that comes with the other workspace closes a menu that was opened on the one before.
  const leave = mia.getByRole('menuitem', { name: 'Leave workspace…' });
  await expect(async () => {
    await mia.getByRole('button', { name: 'Mia Marketer, Mia & Sons: menu' }).click();
    await expect(leave).toBeVisible({ timeout: 2_000 });
  }).toPass();
  await leave.click();
  await mia.getByRole('button', { name: 'Leave workspace' }).click();
  await expect(mia.getByText('This is the last owner')).toBeVisible();
});
