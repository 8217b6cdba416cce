import type { Page } from '@playwright/test';
import PostalMime from 'postal-mime';
import { expectGoodLooks } from './look';
import { expect, test } from './support';

const owner = { name: 'Ann Owner', email: 'ann@example.com', password: 'a long enough password' };
const reader = 'visual@example.com';

/** One pixel. */
const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

/** The owner of the journey's workspace; of a new one where this test runs alone. */
async function signIn(page: Page): Promise<void> {
  await page.goto('/');
  await expect(page).toHaveURL(/\/(?:setup|sign-in)$/);
  const isNew = page.url().endsWith('/setup');
  await page.getByLabel('E-mail').fill(owner.email);
  await page.getByLabel('Password', { exact: true }).fill(owner.password);
  if (isNew) {
    await page.getByLabel('Your name').fill(owner.name);
    await page.getByLabel('Company or organisation').fill('Rosewood Bakery');
    await page.getByLabel('Postal address').fill('12 Mill Lane\n10115 Berlin');
  }
  await page.getByRole('button', { name: isNew ? 'Create workspace' : 'Sign in' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Hello, Ann' })).toBeVisible();
}

test('what is written in the visual editor arrives: text, a merge tag, pictures', async ({
  page,
  mailbox,
  request,
}) => {
  await signIn(page);
  await page.goto('/campaigns/new');
  await page.getByLabel('Name').fill('Visual bread');
  await page.getByRole('button', { name: /Create|Continue|Start/ }).click();
  await expect(page).toHaveURL(/\/edit$/);
  await page.getByRole('textbox', { name: 'Subject' }).fill('Fresh bread');

  const editor = page.getByRole('textbox', { name: 'Message', exact: true });
  await editor.click();
  await page.keyboard.type('Dear ');
  await page.getByRole('button', { name: 'Insert a merge tag into the message' }).click();
  await page.getByRole('menuitem', { name: /^First name/ }).click();
  await expect(editor).toContainText('{{ first_name');
  await page.keyboard.type(', the oven is warm.');

  await editor.getByText('the oven is warm').click({ clickCount: 3 });
  await expect(page.locator('[data-re-bubble-menu]').getByRole('button', { name: 'bold' })).toBeVisible();
  await page.keyboard.press('End');

  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Image', exact: true }).click();
  await (await chooser).setFiles({ name: 'rye loaf.png', mimeType: 'image/png', buffer: png });
  await expect(editor.getByRole('img', { name: 'rye loaf' })).toBeVisible();
  const dropped = await page.evaluateHandle(
    (bytes) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([new Uint8Array(bytes)], 'wheat.png', { type: 'image/png' }));
      return transfer;
    },
    [...png],
  );
  const box = await editor.getByRole('paragraph').last().boundingBox();
  if (!box) throw new Error('a paragraph follows the image');
  await editor.dispatchEvent('drop', {
    dataTransfer: dropped,
    clientX: box.x + 40,
    clientY: box.y + box.height / 2,
  });
  await expect(editor.locator('img')).toHaveCount(2);
  await expect(page.getByText('Saved', { exact: true })).toBeVisible();

  const preview = page.frameLocator('iframe[title^="Preview"]');
  const greeting = await preview.getByText(/^Dear \p{L}+, the oven is warm\.$/u).innerText();
  await expect(preview.getByRole('img', { name: 'rye loaf' })).toBeVisible();
  await expect(preview.locator('img')).toHaveCount(2);

  await page.getByRole('button', { name: 'Send test' }).click();
  const dialog = page.getByRole('dialog', { name: 'Send a test' });
  const to = dialog.getByRole('combobox', { name: 'Send a test to' }).or(dialog.getByLabel('Send a test to'));
  await to.first().press('Backspace');
  await to.first().fill(reader);
  await to.first().press('Enter');
  await dialog.getByRole('button', { name: 'Send test' }).click();
  await expect(dialog.getByText(`${reader}: Accepted by the provider.`)).toBeVisible();

  const [letter] = await mailbox.waitFor(1, reader);
  const message = await PostalMime.parse(letter?.raw ?? '');
  expect(message.subject).toBe('[Test] Fresh bread');
  expect(message.html).toContain(greeting);
  expect(message.text).toContain(greeting);
  expect(message.text).toContain('rye loaf');
  expect(message.text).toContain('12 Mill Lane');
  expect(message.text).not.toMatch(/[{}]/);
  const pictures = [...(message.html ?? '').matchAll(/<img[^>]* src="([^"]+)"/g)].map(
    (match) => match[1] ?? '',
  );
  expect(pictures).toHaveLength(2);
  for (const picture of pictures) {
    expect(picture).toMatch(/^http:\/\/localhost:\d+\/i\//);
    const answer = await request.get(picture);
    expect(answer.headers()['content-type']).toBe('image/png');
  }
  await dialog.getByRole('button', { name: 'Close' }).click();
  await expectGoodLooks(page);
});
