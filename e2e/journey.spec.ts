import { once } from 'node:events';
import type { Page } from '@playwright/test';
import PostalMime from 'postal-mime';
import { expectGoodLooks } from './look';
import { headerOf, type Letter } from './mailbox';
import { expect, test } from './support';

/*
 * The way of a newcomer, from the first visit to a delivered campaign and a person who leaves. The steps build on each
 * other, so they run in order and on one page.
 */
test.describe.configure({ mode: 'serial' });

const owner = { name: 'Ann Owner', email: 'ann@example.com', password: 'a long enough password' };
const readers = 40;

/** A spreadsheet as people have them: semicolons, Windows-1252, a title of its own for each column, mistakes. */
function spreadsheet(): Buffer {
  const good = Array.from({ length: readers }, (_, n) => `Jürgen;Müller ${n};reader${n}@example.com;Köln`);
  const bad = [
    'No;Sign;no-at-sign.example.com;Köln',
    'Twice;Written;READER0@example.com;Köln',
    'Nobody;Here;;Köln',
    '<script>alert(1)</script>;O"Hara;script@example.com;Köln',
  ];
  return Buffer.from(['Vorname;Nachname;E-Mail;Ort', ...good, ...bad].join('\r\n'), 'latin1');
}

let page: Page;
test.beforeAll(async ({ browser, posthaste }) => {
  const context = await browser.newContext({ baseURL: posthaste.url });
  page = await context.newPage();
});
test.afterAll(() => page.context().close());

const open = async (path: string, heading: string | RegExp) => {
  await page.goto(path);
  await expect(page.getByRole('heading', { level: 1, name: heading })).toBeVisible();
};

test('the first visitor makes the owner and the workspace', async () => {
  await page.goto('/campaigns');
  await expect(page).toHaveURL(/\/setup$/);
  await expectGoodLooks(page);
  await page.getByRole('button', { name: 'Create workspace' }).click();
  await expect(page.getByText('Enter your name.')).toBeVisible();

  await page.getByLabel('Your name').fill(owner.name);
  await page.getByLabel('E-mail').fill(owner.email);
  await page.getByLabel('Password', { exact: true }).fill(owner.password);
  await page.getByLabel('Company or organisation').fill('Rosewood Bakery');
  await page.getByLabel('Postal address').fill('12 Mill Lane\n10115 Berlin');
  await page.getByRole('combobox', { name: 'Country' }).fill('Germany');
  await page.getByRole('option', { name: 'Germany' }).click();
  await page.getByRole('button', { name: 'Create workspace' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Hello, Ann' })).toBeVisible();
  await expectGoodLooks(page);
});

test('a browser hears that an upload was refused before its end, and goes on', async () => {
  const statuses = await page.evaluate(async () => {
    const signal = AbortSignal.timeout(30_000);
    const post = (size: number) =>
      fetch('/images', { method: 'POST', body: new Uint8Array(size).fill(65), signal }).then(
        ({ status }) => status,
      );
    return [await post(30_000_000), await post(1_500_000), await post(100_000)];
  });
  expect(statuses).toEqual([400, 400, 400]);
});

test('nobody can set up a second time, and sign-in tells nothing of accounts', async ({
  browser,
  posthaste,
}) => {
  const context = await browser.newContext({ baseURL: posthaste.url });
  const stranger = await context.newPage();
  await stranger.goto('/setup');
  await expect(stranger).toHaveURL(/\/sign-in$/);
  await expectGoodLooks(stranger);
  const answers: (string | null)[] = [];
  for (const email of [owner.email, 'nobody@example.com']) {
    await stranger.getByLabel('E-mail').fill(email);
    await stranger.getByLabel('Password', { exact: true }).fill('not the password');
    await stranger.getByRole('button', { name: 'Sign in' }).click();
    const alert = stranger.getByRole('alert').filter({ hasText: /\w/ });
    await expect(alert).toBeVisible();
    answers.push(await alert.textContent());
    await stranger.reload();
  }
  expect(answers[0]).toBe(answers[1]);
  for (const path of ['/contacts', '/campaigns', '/settings', '/sandbox']) {
    await stranger.goto(path);
    await expect(stranger).toHaveURL(/\/sign-in$/);
  }
  await context.close();
});

test('sample data comes with one click, is sent into the sandbox, and goes with one click', async ({
  mailbox,
}) => {
  await page.goto('/');
  await page.getByRole('button', { name: 'Load sample data' }).click();
  await expect(page.getByRole('button', { name: 'Remove sample data' })).toBeVisible();
  await open('/lists', 'Lists');
  await expect(page.getByText('Sample customers').filter({ visible: true })).toBeVisible();
  await expectGoodLooks(page);

  await open('/campaigns', 'Campaigns');
  await page.getByRole('row').filter({ hasText: 'Draft' }).getByRole('link').first().click();
  await expect(page).toHaveURL(/\/edit$/);
  const sample = page.url().replace(/\/edit$/, '');
  await open(`${sample}/review`, 'Review and send');
  await expectGoodLooks(page);
  await page.getByRole('button', { name: /^Send to \d+ people now$/ }).click();
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /^Send to/ })
    .click();
  await expect(page.getByText('Completed').first()).toBeVisible({ timeout: 60_000 });
  await expect(page.getByRole('dialog')).toHaveCount(0); // the sandbox may be done before the dialog has closed
  await expectGoodLooks(page);

  await open('/sandbox', 'Sandbox inbox');
  await expectGoodLooks(page);
  await page.getByRole('list', { name: 'Messages' }).getByRole('link').first().click();
  await expect(page.locator('iframe[title^="Message"]')).toBeVisible();
  await expectGoodLooks(page);
  expect(mailbox.letters).toEqual([]);

  await page.goto('/');
  await page.getByRole('button', { name: 'Remove sample data' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove sample data' }).click();
  await expect(page.getByRole('button', { name: 'Load sample data' })).toBeVisible();
  await open('/contacts', 'Contacts');
  await expect(page.getByText('No contacts yet')).toBeVisible();
  await expectGoodLooks(page);
  await open('/sandbox', 'Sandbox inbox');
  await expect(page.getByText('Nothing here yet')).toBeVisible();
});

test('a spreadsheet becomes contacts on a list, and what was rejected can be read', async () => {
  await open('/contacts/import', 'Import contacts');
  await expectGoodLooks(page);
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Choose a file' }).click();
  await (await chooser).setFiles({ name: 'kunden.csv', mimeType: 'text/csv', buffer: spreadsheet() });

  await expect(page.getByRole('combobox', { name: 'E-Mail becomes' })).toHaveValue(/^E-mail/);
  await expect(page.getByRole('combobox', { name: 'Vorname becomes' })).toHaveValue('First name');
  await expect(page.getByRole('combobox', { name: 'Encoding' })).toHaveValue(/1252/);
  await expect(page.getByText('Jürgen').first()).toBeVisible();
  await expectGoodLooks(page);

  await page.getByLabel('Name of the new list').fill('Readers');
  await page.getByRole('button', { name: 'Import contacts' }).click();
  await expect(page.getByText('Invalid')).toBeVisible();
  const figure = (label: string) => page.getByRole('link', { name: new RegExp(`^${label}\\s*[\\d,]+`) });
  await expect(page.getByRole('link', { name: 'Open the list' })).toBeVisible();
  await expect(figure('Created')).toHaveText(new RegExp(`${readers + 1}$`));
  await expectGoodLooks(page);

  const download = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Rejected rows' }).click();
  const stream = await (await download).createReadStream();
  let rejected = '';
  stream.on('data', (chunk: Buffer) => {
    rejected += chunk;
  });
  await once(stream, 'end');
  expect(rejected).toContain('no-at-sign.example.com');
  expect(rejected).toContain('READER0@example.com');
  expect(rejected).not.toContain('reader1@example.com');
});

test('a contact is found, opened and shows where it came from', async () => {
  await open('/contacts?search=reader7', 'Contacts');
  await page.getByRole('link', { name: /reader7@example\.com/ }).click();
  await expect(page.getByText('reader7@example.com').first()).toBeVisible();
  await expect(page.getByText('kunden.csv')).toBeVisible();
  await expectGoodLooks(page);
});

test('the SMTP server is checked, and allowed to be quicker', async () => {
  await open('/settings', 'Settings');
  await expectGoodLooks(page);
  await open('/settings/senders', 'Settings');
  await expectGoodLooks(page);
  await page.getByRole('link', { name: /SMTP/ }).first().click();
  await page.getByRole('button', { name: 'Check connection' }).click();
  await expect(page.getByText(/connect|answer|ready|works/i).last()).toBeVisible();
  await expectGoodLooks(page);
  await page.getByLabel('A minute').fill('6000');
  await page.getByRole('button', { name: 'Save changes' }).click();
  await expect(page).toHaveURL(/\/settings\/senders$/);
});

let campaign: string;

test('a campaign is written, previewed as a real contact and tried on oneself', async ({ mailbox }) => {
  await open('/campaigns', 'Campaigns');
  await page.getByRole('button', { name: 'New campaign' }).first().click();
  await page.getByRole('dialog').getByLabel('Name').fill('Autumn bread');
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /Create|Continue|Start/ })
    .click();
  await expect(page).toHaveURL(/\/edit$/);
  campaign = page.url().replace(/\/edit$/, '');

  await page.getByRole('textbox', { name: 'Subject' }).fill('Bread for {{ first_name | default: "you" }}');
  await page.getByRole('textbox', { name: 'Preheader' }).fill('Warm from the oven');
  await page
    .getByRole('textbox', { name: 'To' })
    .or(page.getByRole('combobox', { name: 'To' }))
    .first()
    .click();
  await page.getByRole('option', { name: /Readers/ }).click();
  await page.keyboard.press('Escape');
  await page.getByRole('radiogroup', { name: 'Write in' }).getByText('Markdown').click();
  const body = page.getByRole('textbox', { name: 'Message in Markdown' });
  await body.fill(
    '# Dear {{ first_name | default: "reader" }}\n\nFresh bread in {{ ort | default: "town" }}. {{ broken',
  );
  await expect(page.getByText(/^Line 3: /)).toBeVisible();
  await body.fill(
    '# Dear {{ first_name | default: "reader" }}\n\nFresh bread in {{ ort | default: "town" }}.',
  );
  await expect(page.getByText('Saved', { exact: true })).toBeVisible();

  // Leaving loses nothing.
  await page.goto('/');
  await page.goto(`${campaign}/edit`);
  await expect(page.getByRole('textbox', { name: 'Subject' })).toHaveValue(
    'Bread for {{ first_name | default: "you" }}',
  );
  await expect(body).toHaveValue(/Fresh bread/);

  const readerChoice = page.getByRole('combobox', { name: 'Preview as' });
  await expect(readerChoice).toHaveValue(/reader/);
  await readerChoice.fill('reader3@');
  await page.getByRole('option', { name: /reader3@example\.com/ }).click();
  const preview = page.frameLocator('iframe[title^="Preview"]');
  await expect(preview.getByRole('heading', { name: 'Dear Jürgen' })).toBeVisible();
  await expect(preview.getByText('Fresh bread in Köln.')).toBeVisible();
  await expectGoodLooks(page);

  await page.getByRole('button', { name: 'Review and send' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Review and send' })).toBeVisible();
  await page.getByRole('button', { name: 'Send test' }).click();
  const [letter] = await mailbox.waitFor(1, owner.email);
  const message = await PostalMime.parse(letter?.raw ?? '');
  expect(message.subject).toMatch(/^\[Test\] Bread for /);
  expect(message.text).toContain('12 Mill Lane');
  expect(mailbox.letters).toHaveLength(1);
});

const unsubscribeLink = (letter: Letter) =>
  /<(http[^>]+)>/.exec(headerOf(letter, 'List-Unsubscribe') ?? '')?.[1] ?? '';

test('it goes out to everybody once, watched live, and the sum is right', async ({ mailbox }) => {
  await open(`${campaign}/review`, 'Review and send');
  await expectGoodLooks(page);
  const everybody = readers + 1;
  await page.getByRole('button', { name: `Send to ${everybody} people now` }).click();
  await page
    .getByRole('dialog')
    .getByRole('button', { name: `Send to ${everybody} people now` })
    .click();
  await expect(page).toHaveURL(campaign);
  const letters = (await mailbox.waitFor(everybody + 1)).filter((letter) => !letter.to.includes(owner.email));
  await expect(page.getByText('Completed').first()).toBeVisible();

  expect(new Set(letters.flatMap(({ to }) => to)).size).toBe(everybody);
  const ids = new Set(letters.map((letter) => headerOf(letter, 'X-Posthaste-Delivery')));
  expect(ids.size).toBe(everybody);
  for (const letter of letters) {
    const id = headerOf(letter, 'X-Posthaste-Delivery') ?? 'none';
    expect(headerOf(letter, 'Message-ID')).toContain(id);
    expect(headerOf(letter, 'List-Unsubscribe-Post')).toBe('List-Unsubscribe=One-Click');
    expect(unsubscribeLink(letter)).toMatch(/^http:\/\/localhost:\d+\/u\//);
  }
  const hostile = letters.find(({ to }) => to.includes('script@example.com'));
  const { html } = await PostalMime.parse(hostile?.raw ?? '');
  expect(html).toContain('&lt;script&gt;');
  expect(html).not.toContain('<script>');
  await expectGoodLooks(page);

  await page
    .getByRole('link', { name: new RegExp(`^Sent\\s*${everybody}`) })
    .first()
    .click();
  await expect(page.getByRole('heading', { level: 1, name: /Recipients/ })).toBeVisible();
  await expect(page.getByText('reader12@example.com')).toBeVisible();
  await expectGoodLooks(page);
});

test('one click unsubscribes, a look does not, and the next campaign skips that person and says why', async ({
  mailbox,
  request,
  browser,
}) => {
  const letter = mailbox.letters.find(({ to }) => to.includes('reader5@example.com'));
  const link = letter ? unsubscribeLink(letter) : '';

  const visitor = await browser.newPage();
  await visitor.goto(link);
  await expect(visitor.getByRole('button', { name: /Unsubscribe/ })).toBeVisible();
  await visitor.close();
  await open('/contacts?search=reader5@', 'Contacts');
  await expect(page.getByText('Unsubscribed')).toHaveCount(0);

  const answer = await request.post(link, {
    headers: { 'Content-Type': 'application/x-www-form-urlencoded', Origin: 'https://mail.example.net' },
    data: 'List-Unsubscribe=One-Click',
    maxRedirects: 0,
  });
  expect(answer.status()).toBe(200);
  await page.reload();
  await expect(page.getByText('Unsubscribed').filter({ visible: true })).toBeVisible();

  const before = mailbox.letters.length;
  await open('/campaigns', 'Campaigns');
  await page.getByRole('button', { name: 'Actions for Autumn bread' }).click();
  await page.getByRole('menuitem', { name: 'Duplicate' }).click();
  await expect(page).toHaveURL(/\/edit$/);
  const copy = page.url().replace(/\/edit$/, '');
  await open(`${copy}/review`, 'Review and send');
  await page.getByRole('button', { name: `Send to ${readers} people now` }).click();
  await page
    .getByRole('dialog')
    .getByRole('button', { name: `Send to ${readers} people now` })
    .click();
  await mailbox.waitFor(before + readers);
  await expect(page.getByText('Completed').first()).toBeVisible();
  expect(mailbox.letters.slice(before).flatMap(({ to }) => to)).not.toContain('reader5@example.com');

  await page.getByRole('link', { name: /^Skipped\s*1/ }).click();
  await expect(page.getByText('reader5@example.com')).toBeVisible();
  await expect(
    page
      .getByText(/unsubscribed/i)
      .filter({ visible: true })
      .first(),
  ).toBeVisible();
});

test('signing out ends the session', async () => {
  await page.goto('/');
  const cookies = await page.context().cookies();
  await page.getByRole('button', { name: /menu$/ }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await expect(page).toHaveURL(/\/sign-in$/);
  // Also for whoever kept the cookie.
  await page.context().addCookies(cookies);
  await page.goto('/contacts');
  await expect(page).toHaveURL(/\/sign-in$/);

  await page.getByLabel('E-mail').fill(owner.email);
  await page.getByLabel('Password', { exact: true }).fill(owner.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Hello, Ann' })).toBeVisible();
});
