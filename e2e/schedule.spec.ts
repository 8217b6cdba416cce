import type { Page } from '@playwright/test';
import { expectGoodLooks } from './look';
import { enter } from './owner';
import { expect, test } from './support';

/*
 * A campaign that is scheduled, taken back, scheduled again, goes out by itself, and leaves some people to decide about.
 * The steps build on each other, so they run in order and on one page.
 */
test.describe.configure({ mode: 'serial' });

let page: Page;
test.beforeAll(async ({ browser, posthaste }) => {
  const context = await browser.newContext({ baseURL: posthaste.url });
  page = await context.newPage();
  await enter(page);
});
test.afterAll(() => page.context().close());

let campaign: string;

test('a campaign to people of every fate is written', async () => {
  await page.goto('/lists');
  await page.getByRole('button', { name: 'New list' }).first().click();
  await page.getByRole('dialog').getByLabel('Name').fill('Night owls');
  await page.getByRole('button', { name: 'Create list' }).click();
  await page.getByRole('button', { name: 'Add contacts' }).first().click();
  await page.getByRole('menuitem', { name: 'Paste addresses' }).click();
  const fates = ['owl', 'rejected', 'refused', 'unconfirmed+1', 'unconfirmed+2'];
  await page
    .getByRole('textbox', { name: 'Addresses' })
    .fill(fates.map((fate) => `${fate}@example.net`).join('\n'));
  await page.getByRole('button', { name: 'Add to list' }).click();
  await page.getByRole('button', { name: 'Done' }).click();

  await page.goto('/campaigns/new');
  await page.getByLabel('Name').fill('Night bread');
  await page.getByRole('button', { name: /Create|Continue|Start/ }).click();
  await expect(page).toHaveURL(/\/edit$/);
  campaign = page.url().replace(/\/edit$/, '');
  await page
    .getByRole('combobox', { name: 'From' })
    .or(page.getByRole('textbox', { name: 'From' }))
    .first()
    .click();
  await page.getByRole('option', { name: /Sandbox/ }).click();
  await page
    .getByRole('combobox', { name: 'To' })
    .or(page.getByRole('textbox', { name: 'To' }))
    .first()
    .click();
  await page.getByRole('option', { name: /Night owls/ }).click();
  await page.keyboard.press('Escape');
  await page.getByRole('textbox', { name: 'Subject' }).fill('Bread at night');
  await page.getByRole('radiogroup', { name: 'Write in' }).getByText('Markdown').click();
  await page.getByRole('textbox', { name: 'Message in Markdown' }).fill('We bake while you sleep.');
  await expect(page.getByText('Saved', { exact: true })).toBeVisible();
});

test('a second window overwrites nothing, and keeps what was written in it', async () => {
  const body = (at: Page) => at.getByRole('textbox', { name: 'Message in Markdown' });
  const second = await page.context().newPage();
  await second.goto(`${campaign}/edit`);
  await expect(body(second)).toHaveValue('We bake while you sleep.');
  const saved = () =>
    page.waitForResponse((response) => response.url().endsWith('/edit/draft') && response.ok());
  await Promise.all([saved(), body(page).fill('We bake at night.')]);
  // Touched, and the same again.
  const subject = second.getByRole('textbox', { name: 'Subject' });
  await subject.press('End');
  await subject.pressSequentially('!');
  await subject.press('Backspace');
  const alert = second.getByRole('alert').filter({ hasText: 'Your last changes are not saved' });
  await expect(alert).toBeVisible();
  await body(second).fill('We bake early.');
  await Promise.all([saved(), body(page).fill('We bake while you sleep.')]);
  await second.close();

  const third = await page.context().newPage();
  await third.goto(`${campaign}/edit`);
  await expect(body(third)).toHaveValue('We bake early.');
  await third.getByRole('button', { name: 'Load the other version' }).click();
  await expect(body(third)).toHaveValue('We bake while you sleep.');
  await third.close();
});

/** The form for a later time, filled in. */
async function later(date: string, time: string, zone: string): Promise<void> {
  await page.goto(`${campaign}/review`);
  await page.getByRole('radiogroup', { name: 'When' }).getByText('Later').click();
  await page.getByRole('textbox', { name: 'Day' }).fill(date);
  await page.getByLabel('Time', { exact: true }).fill(time);
  await page.getByRole('combobox', { name: 'Time zone' }).fill(zone);
  await page.getByRole('option', { name: zone, exact: true }).click();
}

const nextYear = new Date().getUTCFullYear() + 1;

/** The last Sunday of a month, when Europe's clocks change. */
function lastSunday(month: number): string {
  const last = new Date(Date.UTC(nextYear, month, 0));
  last.setUTCDate(last.getUTCDate() - last.getUTCDay());
  return last.toISOString().slice(0, 10);
}

test('the form knows the clocks of the place', async () => {
  await later(lastSunday(3), '02:30', 'Europe/Berlin');
  await expect(page.getByText('There is no such time on that day')).toBeVisible();
  await page.getByRole('button', { name: 'Schedule', exact: true }).click();
  await expect(page.getByText(/There is no such time on that day: .* Choose another\./)).toBeVisible();
  await page.getByRole('textbox', { name: 'Day' }).fill(lastSunday(10));
  await page.getByRole('button', { name: 'Schedule', exact: true }).click();
  await expect(page.getByText(/That time comes twice on that day: /)).toBeVisible();
  await page.getByLabel('The second (GMT+1)').check();
  await expect(page.getByText(/Goes out on Sunday .*, 02:30 \(Europe\/Berlin, GMT\+1\)/)).toBeVisible();
  await expectGoodLooks(page);
  await page.getByRole('button', { name: 'Schedule', exact: true }).click();
  await expect(page).toHaveURL(campaign);
  await page.getByRole('link', { name: 'Send now or change the time' }).click();
  await expect(page.getByLabel('The second (GMT+1)')).toBeChecked();
  await page.goto(campaign);
  await page.getByRole('button', { name: 'Back to draft' }).click();
  await expect(page).toHaveURL(/\/edit$/);
});

test('it is scheduled, and taken back to draft', async () => {
  await later(`${nextYear}-06-01`, '09:00', 'America/New York');
  await page.getByRole('button', { name: 'Schedule', exact: true }).click();
  await expect(page).toHaveURL(campaign);
  await expect(page.getByText(/Goes out on .* 1 June .*, 09:00 \(America\/New York, GMT-4\)/)).toBeVisible();
  await page.goto('/');
  const next = page.getByRole('region', { name: 'Scheduled' });
  await expect(next.getByRole('link', { name: /^Night bread\s*Goes out on .*09:00/ })).toBeVisible();
  await page.goto(`${campaign}/edit`);
  await expect(page).toHaveURL(campaign);
  await page.getByRole('button', { name: 'Back to draft' }).click();
  await expect(page).toHaveURL(/\/edit$/);
});

test('it goes out by itself when its time comes, no faster than it may', async () => {
  await page.goto(`${campaign}/review`);
  await page.getByRole('button', { name: 'Limit this campaign' }).click();
  await page.getByLabel('A second').fill('50');
  await page.getByRole('button', { name: 'Save limits' }).click();
  await expect(page.getByText('50 a second, for this campaign')).toBeVisible();

  // The form knows whole seconds.
  const soon = new Date(Math.floor(Date.now() / 1000 + 8) * 1000).toISOString();
  await later(soon.slice(0, 10), soon.slice(11, 19), 'UTC');
  await page.getByRole('button', { name: 'Schedule', exact: true }).click();
  await expect(page.getByText(/^Goes out on /)).toBeVisible();
  await expect(page.getByText('Completed').first()).toBeVisible({ timeout: 30_000 });
  expect(Date.now()).toBeGreaterThan(Date.parse(soon));
  await expect(page.getByRole('link', { name: /^Failed\s*2/ })).toBeVisible();
  await expect(page.getByText('2 messages may or may not have gone out')).toBeVisible();
  await expectGoodLooks(page);
});

test('who failed is tried again, and every attempt can be read', async () => {
  await page.getByRole('button', { name: 'Retry 2 failed' }).click();
  await page.getByRole('button', { name: 'Try 2 people again' }).click();
  // One fails again; the other's address was refused, so it is not written to any more.
  await expect(page.getByRole('link', { name: /^Failed\s*1/ })).toBeVisible();
  await expect(page.getByRole('link', { name: /^Skipped\s*1/ })).toBeVisible();
  await expect(page.getByText('Completed').first()).toBeVisible();
  await page.getByRole('link', { name: /^Failed\s*1/ }).click();
  const attempts = page.getByRole('list', { name: 'Attempts that failed' }).filter({ visible: true });
  await expect(attempts.getByRole('listitem')).toHaveCount(2);
  await expect(attempts.getByText('550 5.7.1 Sandbox: message refused as spam.')).toHaveCount(2);
});

test('a person decides about what may or may not have gone out', async () => {
  await page.goto(campaign);
  await page.getByRole('link', { name: /^Decide/ }).click();
  await expect(page.getByText('2 of these wait for your decision')).toBeVisible();
  await expectGoodLooks(page);
  const visible = (name: string) => page.getByRole('button', { name }).filter({ visible: true });
  await visible('Leave it at that for unconfirmed+1@example.net').click();
  await expect(page.getByText(/^Left at that on/).filter({ visible: true })).toBeVisible();
  await visible('Send again to unconfirmed+2@example.net').click();
  await expect(page.getByText('If it has already arrived, it arrives a second time.')).toBeVisible();
  await page.getByRole('dialog').getByRole('button', { name: 'Send again' }).click();
  await expect(page.getByRole('dialog')).toHaveCount(0);

  // In the sandbox its answer is lost each time.
  await page.goto(campaign);
  await expect(page.getByText('1 message may or may not have gone out')).toBeVisible();
  await page.getByRole('link', { name: /^Decide/ }).click();
  await visible('Leave it at that for the one that waits').click();
  await expect(page.getByText(/for your decision/)).toHaveCount(0);
  await page.goto(campaign);
  await expect(page.getByText('Completed').first()).toBeVisible();
  await expect(page.getByText(/may or may not have gone out/)).toHaveCount(0);
});

test('the workspace says what happens when nobody is there to ask', async () => {
  await page.goto('/settings');
  await page.getByLabel('Send it again').check();
  await page.getByLabel(/still goes out when it is late/).fill('30');
  await page.getByRole('button', { name: 'Save rules' }).click();
  await expect(page.getByText('Your rules were saved.')).toBeVisible();
  await page.reload();
  await expect(page.getByLabel('Send it again')).toBeChecked();
  await page.getByLabel('Leave it to a person').check();
  await page.getByRole('button', { name: 'Save rules' }).click();
  await expect(page.getByText('Your rules were saved.')).toBeVisible();
});
