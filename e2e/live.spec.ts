import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { makeKey, rose } from './keys';
import { type Mailbox, openMailbox } from './mailbox';
import { startPosthaste } from './support';

/* A program acts, and pages that are open follow. */
test.describe.configure({ mode: 'serial' });

let dataDir: string;
let mailbox: Mailbox;
let app: Awaited<ReturnType<typeof startPosthaste>>;
let api: (method: string, path: string, body?: string, type?: string) => Promise<Record<string, string>>;
let campaign: string;

async function signIn(page: Page): Promise<void> {
  await page.goto('/sign-in');
  await page.getByLabel('E-mail').fill(rose.email);
  await page.getByLabel('Password', { exact: true }).fill(rose.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('heading', { level: 1, name: /^Hello/ })).toBeVisible();
}

test.beforeAll(async ({ playwright }) => {
  test.setTimeout(120_000);
  dataDir = await mkdtemp(join(tmpdir(), 'posthaste-e2e-live-'));
  mailbox = await openMailbox();
  app = await startPosthaste(dataDir, mailbox);
  const key = await makeKey(dataDir);
  const program = await playwright.request.newContext({ baseURL: app.url });
  api = async (method, path, body, type = 'application/json') => {
    const headers = { Authorization: `Bearer ${key}`, ...(body ? { 'Content-Type': type } : {}) };
    const answer = await program.fetch(`/api/v1${path}`, {
      method,
      headers,
      ...(body ? { data: body } : {}),
    });
    expect(answer.ok()).toBe(true);
    return answer.json();
  };
  const list = await api('POST', '/lists', JSON.stringify({ name: 'Regulars' }));
  const people = Array.from({ length: 30 }, (_, n) => `p${n}@example.com`).join('\n');
  const started = await api('POST', `/imports?listId=${list.id}`, `email\n${people}`, 'text/csv');
  await expect(async () => {
    expect((await api('GET', `/imports/${started.id}`)).status).toBe('completed');
  }).toPass();
  const content = { format: 'markdown', body: 'Hello' };
  const draft = { name: 'Autumn', subject: 'Bread', listIds: [list.id], content };
  campaign = (await api('POST', '/campaigns', JSON.stringify(draft))).id ?? '';
  const slowly = { sendAt: 'immediate', throttle: { emailsPerMinute: 20 } };
  await api('POST', `/campaigns/${campaign}/send`, JSON.stringify(slowly));
});

test.afterAll(async () => {
  await app.stop();
  await mailbox.close();
  await rm(dataDir, { recursive: true, force: true });
});

test('a page that is open follows within a second', async ({ browser }) => {
  const page = await (await browser.newContext({ baseURL: app.url })).newPage();
  await signIn(page);
  const listening = page.waitForResponse((answer) => answer.url().endsWith('/events'));
  await page.goto(`/campaigns/${campaign}`);
  await listening; // a page that is just being opened takes its time on a busy machine
  const badge = page.getByRole('heading', { level: 1 });
  await expect(badge).toContainText('Sending');
  for (const [verb, shown] of [
    ['pause', 'Paused'],
    ['resume', 'Sending'],
    ['pause', 'Paused'],
  ] as const) {
    await api('POST', `/campaigns/${campaign}/${verb}`);
    await expect(badge).toContainText(shown, { timeout: 4000 });
  }
  await page.context().close();
});

test('a stream ends as soon as its reader has signed out elsewhere', async ({ browser }) => {
  const [here, there] = await Promise.all(
    [0, 1].map(async () => (await browser.newContext({ baseURL: app.url })).newPage()),
  );
  if (!here || !there) throw new Error('there are two');
  await signIn(here);
  await signIn(there);
  await here.goto(`/campaigns/${campaign}`);
  const ended = here.evaluate(
    (address) =>
      fetch(address).then(async (answer) => {
        await answer.text();
        return answer.status;
      }),
    `/campaigns/${campaign}/events`,
  );
  await there.goto('/account');
  await there
    .getByRole('button', { name: /^Sign out (?:everywhere|all)/ })
    .first()
    .click();
  expect(await Promise.race([ended, here.waitForTimeout(20_000)])).toBe(200);
  await here.context().close();
  await there.context().close();
});
