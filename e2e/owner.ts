import type { Page } from '@playwright/test';
import { expect } from './support';

const owner = { name: 'Ann Owner', email: 'ann@example.com', password: 'a long enough password' };

/** Comes in as the owner, whether somebody has set the product up before or not. */
export async function enter(page: Page): Promise<void> {
  await page.goto('/');
  await expect(page.getByRole('button', { name: /^(Create workspace|Sign in)$/ })).toBeVisible();
  const isNew = new URL(page.url()).pathname === '/setup';
  if (isNew) await page.getByLabel('Your name').fill(owner.name);
  await page.getByLabel('E-mail').fill(owner.email);
  await page.getByLabel('Password', { exact: true }).fill(owner.password);
  if (isNew) {
    await page.getByLabel('Company or organisation').fill('Rosewood Bakery');
    await page.getByLabel('Postal address').fill('12 Mill Lane\n10115 Berlin');
    await page.getByRole('combobox', { name: 'Country' }).fill('Germany');
    await page.getByRole('option', { name: 'Germany' }).click();
  }
  await page.getByRole('button', { name: isNew ? 'Create workspace' : 'Sign in' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Hello, Ann' })).toBeVisible();
}
