import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { corpusMessage } from '@/lib/bounces/testing-corpus';
import { type ImapStandIn, startImap } from '@/lib/bounces/testing-imap';
import * as account from '@/lib/bounces/testing-mail';
import { makeKey, rose } from './keys';
import { expectGoodLooks } from './look';
import { headerOf, type Mailbox, openMailbox } from './mailbox';
import { startPosthaste } from './support';

/* Messages go out through a mail server and come back into a mailbox, which the sender's page is told of. */
test.describe.configure({ mode: 'serial' });

/** What comes back for each, as another mail server writes it. */
const fates: Record<string, string | undefined> = {
  gone: 'postfix-unknown-user',
  full: 'gmail-over-quota',
  turned: 'exchange-dmarc',
  angry: 'arf-abuse',
  away: 'out-of-office',
  fine: undefined,
};

let dataDir: string;
let mailbox: Mailbox;
let returned: ImapStandIn;
let app: Awaited<ReturnType<typeof startPosthaste>>;
let key: string;
let page: Page;
let listId: string;

test.beforeAll(async ({ browser }) => {
  test.setTimeout(120_000);
  dataDir = await mkdtemp(join(tmpdir(), 'posthaste-e2e-bounces-'));
  mailbox = await openMailbox();
  returned = await startImap();
  app = await startPosthaste(dataDir, mailbox);
  key = await makeKey(dataDir);
  page = await (await browser.newContext({ baseURL: app.url })).newPage();
  await page.goto('/sign-in');
  await page.getByLabel('E-mail').fill(rose.email);
  await page.getByLabel('Password', { exact: true }).fill(rose.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Hello, Rose' })).toBeVisible();
});

test.afterAll(async () => {
  await page.context().close();
  await app.stop();
  await mailbox.close();
  await returned.close();
  await rm(dataDir, { recursive: true, force: true });
});

async function call(path: string, body: unknown) {
  const response = await fetch(`${app.url}/api/v1${path}`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect(response.ok).toBe(true);
  const answer: { id: string } = await response.json();
  return answer.id;
}

async function send(): Promise<string> {
  const id = await call('/campaigns', {
    ...{ name: 'Autumn', subject: 'Bread', listIds: [listId] },
    content: { format: 'markdown', body: 'Fresh bread.' },
  });
  await call(`/campaigns/${id}/send`, { sendAt: 'immediate' });
  return id;
}

test('messages come back, and the sender’s page is told where to read them', async () => {
  listId = await call('/lists', { name: 'Newsletter' });
  for (const name of Object.keys(fates))
    await call('/contacts', { email: `${name}@example.com`, listIds: [listId] });
  const campaign = await send();
  for (const letter of await mailbox.waitFor(Object.keys(fates).length)) {
    const fate = fates[letter.to[0]?.split('@')[0] ?? ''];
    const delivery = headerOf(letter, 'X-Posthaste-Delivery') ?? '';
    if (fate) returned.deliver(corpusMessage(fate, delivery));
  }
  await page.goto('/settings/senders');
  await page.getByRole('link', { name: 'SMTP' }).click();
  const section = page.getByRole('region', { name: 'What comes back' });
  await expect(section).toContainText('Not set up');
  await section.getByLabel('Mailbox server').fill('127.0.0.1');
  await section.getByLabel('Mailbox port').fill(String(returned.port));
  await section.getByLabel('User name of the mailbox').fill(account.user);
  await section.getByLabel('Password of the mailbox').fill('a wrong one');
  await section.getByRole('button', { name: 'Try mailbox' }).click();
  await expect(section).toContainText('User name or password is not right for 127.0.0.1');
  await section.getByLabel('Password of the mailbox').fill(account.password);
  await section.getByRole('button', { name: 'Try mailbox' }).click();
  await expect(section).toContainText('There are 5 messages in the mailbox.');
  await section.getByRole('combobox', { name: 'Reports that were read' }).click();
  await page.getByRole('option', { name: 'Are moved to a folder' }).click();
  await section.getByLabel('Moved to').fill('Bounces');
  await section.getByRole('button', { name: 'Read this mailbox' }).click();
  await expect(section).toContainText('Not read yet');
  await expect(async () => {
    await page.reload();
    await expect(section).toContainText('4 reports until now', { timeout: 1000 });
  }).toPass();
  expect(returned.folders.get('Bounces')).toHaveLength(4);
  expect(returned.folders.get('INBOX')?.map(({ flags }) => [...flags])).toEqual([[]]);
  await expectGoodLooks(page);

  await page.goto(`/campaigns/${campaign}/recipients?event=bounced`);
  const rows = page.getByRole('table', { name: 'Recipients' });
  await expect(rows).toContainText('Recipient address rejected: User unknown');
  await expect(rows).toContainText('Came back, for a reason that is not theirs');
  await expect(rows.getByRole('row')).toHaveCount(4);
  await expectGoodLooks(page);
});

test('who returned it for good or complained is not written to again, and the others are', async () => {
  await page.goto('/settings/suppressions');
  const list = page.getByRole('table', { name: 'Suppressions' });
  await expect(list.getByRole('row')).toHaveCount(3);
  await expect(list).toContainText('gone@example.com');
  await expect(list).toContainText('angry@example.com');
  const before = mailbox.letters.length;
  const campaign = await send();
  await mailbox.waitFor(before + 4);
  await expect(async () => {
    await page.goto(`/campaigns/${campaign}/recipients?state=skipped`);
    await expect(page.getByRole('table', { name: 'Recipients' }).getByRole('row')).toHaveCount(3, {
      timeout: 1000,
    });
  }).toPass();
  expect(app.output()).not.toContain('@example.com');
});
