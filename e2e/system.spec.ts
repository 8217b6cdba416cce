import { expectGoodLooks } from './look';
import { enter } from './owner';
import { expect, test } from './support';

test('the owner sees how sending goes, and says when alerts open', async ({ page }) => {
  await enter(page);
  await page.getByRole('link', { name: 'System' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'System' })).toBeVisible();
  await expect(page.getByText('All is well.')).toBeVisible();
  await expect(page.getByRole('table', { name: 'Senders' })).toContainText('Not used yet');
  await expectGoodLooks(page);

  const bounces = page.getByLabel('Messages that come back for good');
  await expect(bounces).toHaveValue('5 %');
  await bounces.fill('0');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Enter more than 0 %.')).toBeVisible();
  await bounces.fill('4.5');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('When alerts open was saved.')).toBeVisible();
  await page.reload();
  await expect(bounces).toHaveValue('4.5 %');
});

test('Prometheus reads figures on this machine, and through a proxy nobody does', async ({ request }) => {
  const figures = await request.get('/metrics');
  expect(figures.headers()['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
  expect(await figures.text()).toMatch(/^posthaste_workers 1$/m);
  for (const [name, value] of [
    ['X-Forwarded-For', '127.0.0.1'],
    ['Host', 'mail.example.com'],
  ] as const) {
    const refused = await request.get('/metrics', { headers: { [name]: value, 'X-Posthaste-Local': '1' } });
    expect(refused.status()).toBe(401);
    expect(await refused.text()).not.toContain('posthaste_');
  }
});
