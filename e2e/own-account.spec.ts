import type { Page } from '@playwright/test';
import { expectGoodLooks } from './look';
import { enter } from './owner';
import { expect, test } from './support';

/* One's own account: a person of two browsers, who forgets their password. The steps build on each other. */
test.describe.configure({ mode: 'serial' });

const person = {
  email: 'paul@example.com',
  password: 'a long enough password',
  next: 'another long password',
};

let owner: Page;
let laptop: Page;
let phone: Page;
test.beforeAll(async ({ browser, posthaste }) => {
  const open = async () => (await browser.newContext({ baseURL: posthaste.url })).newPage();
  [owner, laptop, phone] = [await open(), await open(), await open()];
  await enter(owner);
});
test.afterAll(async () => {
  for (const page of [owner, laptop, phone]) await page.context().close();
});

async function signIn(page: Page, password: string) {
  await page.goto('/sign-in');
  await page.getByLabel('E-mail').fill(person.email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

const openSessions = () => laptop.getByRole('table', { name: 'Where you are signed in' }).getByRole('row');

test('somebody joins by a link, and changes their name', async () => {
  await owner.goto('/settings/members');
  await owner.getByRole('button', { name: 'Invite' }).click();
  const dialog = owner.getByRole('dialog');
  await dialog.getByText('By link').click();
  await dialog.getByRole('combobox', { name: 'Role' }).click();
  await owner.getByRole('option', { name: 'Viewer' }).click();
  await dialog.getByRole('button', { name: 'Make the link' }).click();
  const link = await owner.getByRole('textbox', { name: 'Link' }).inputValue();
  await laptop.goto(new URL(link).pathname);
  await laptop.getByLabel('Your name').fill('Paul');
  await laptop.getByLabel('E-mail').fill(person.email);
  await laptop.getByLabel('Password', { exact: true }).fill(person.password);
  await laptop.getByRole('button', { name: 'Make account and join' }).click();
  await expect(laptop.getByRole('button', { name: 'Paul, Rosewood Bakery: menu' })).toBeVisible();

  await laptop.getByRole('button', { name: 'Paul, Rosewood Bakery: menu' }).click();
  await laptop.getByRole('menuitem', { name: 'Your account' }).click();
  await expect(laptop.getByRole('heading', { level: 1, name: 'Your account' })).toBeVisible();
  await expectGoodLooks(laptop);
  await laptop.getByLabel('Name', { exact: true }).fill('Paul Printer');
  await laptop.getByRole('button', { name: 'Save name' }).click();
  await expect(laptop.getByRole('button', { name: 'Paul Printer, Rosewood Bakery: menu' })).toBeVisible();
});

test('a changed password ends the other sessions with their next request', async () => {
  await signIn(phone, person.password);
  await expect(phone.getByRole('heading', { level: 1, name: 'Hello, Paul' })).toBeVisible();
  await laptop.reload();
  await expect(openSessions()).toHaveCount(3); // the head and two
  await laptop.getByLabel('Current password').fill('a wrong password');
  await laptop.getByLabel('New password').fill(person.next);
  await laptop.getByRole('button', { name: 'Change password' }).click();
  await expect(laptop.getByText('This is not your current password.').first()).toBeVisible();
  await laptop.getByLabel('Current password').fill(person.password);
  await laptop.getByRole('button', { name: 'Change password' }).click();
  await expect(openSessions()).toHaveCount(2);
  await phone.goto('/contacts');
  await expect(phone).toHaveURL(/\/sign-in/);
});

test('one session is ended from another', async () => {
  await signIn(phone, person.password);
  await expect(phone.getByText('E-mail or password is not right.')).toBeVisible();
  await signIn(phone, person.next);
  await expect(phone.getByRole('heading', { level: 1, name: 'Hello, Paul' })).toBeVisible();
  await laptop.reload();
  await laptop.getByRole('button', { name: /^Sign out Chrome/ }).click();
  await expect(openSessions()).toHaveCount(2);
  await phone.goto('/contacts');
  await expect(phone).toHaveURL(/\/sign-in/);
});

test('whoever forgot the password chooses a new one by a link that works once', async ({ mailbox }) => {
  await phone.goto('/sign-in');
  await phone.getByRole('link', { name: /Forgot/ }).click();
  await expectGoodLooks(phone);
  await phone.getByLabel('E-mail').fill('Paul@example.com');
  await phone.getByRole('button', { name: 'Send me a link' }).click();
  await expect(phone.getByRole('heading', { level: 1, name: 'Look into your mail' })).toBeVisible();
  const [letter] = await mailbox.waitFor(1, person.email);
  const path = /\/reset\/[\w-]+/.exec(letter?.raw.replaceAll('=\r\n', '') ?? '')?.[0] ?? '';
  await phone.goto(path);
  await expectGoodLooks(phone);
  await phone.getByLabel('New password').fill('a third long password');
  await phone.getByRole('button', { name: 'Change password' }).click();
  await expect(phone).toHaveURL(/\/sign-in/);
  await laptop.goto('/contacts');
  await expect(laptop).toHaveURL(/\/sign-in/);
  await signIn(phone, 'a third long password');
  await expect(phone.getByRole('heading', { level: 1, name: 'Hello, Paul' })).toBeVisible();
  await laptop.goto(path);
  await expect(laptop.getByRole('heading', { name: 'This link does not work any more' })).toBeVisible();
});
