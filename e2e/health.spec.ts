import { expect, test } from './support';

test('the started product is well, and leads a newcomer to the set-up', async ({ page, request }) => {
  const answer = await request.get('/api/health');
  expect(answer.status()).toBe(200);
  expect(await answer.json()).toMatchObject({ status: 'ok', database: 'ok', worker: 'ok' });
  await page.goto('/');
  await expect(page).toHaveURL(/\/setup$/);
});

test('an address that cannot be read is told so', async ({ request }) => {
  for (const path of ['/u/%00%ff', '/contacts/%ff', '/api/auth/%']) {
    const answer = await request.get(path);
    expect(answer.status()).toBe(400);
    expect(await answer.text()).toContain('This address cannot be read.');
  }
});

test('the set-up fits a browser that names its language oddly', async ({ page }) => {
  await page.addInitScript(() => Object.defineProperty(navigator, 'language', { value: 'en-US@posix' }));
  await page.goto('/setup');
  await expect(page.getByRole('combobox', { name: 'Country' })).toHaveValue('United States');
});
