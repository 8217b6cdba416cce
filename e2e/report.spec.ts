import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import postgres from 'postgres';
import { findRunningPostgres } from '@/scripts/embedded-postgres';
import { makeKey, rose } from './keys';
import { expectGoodLooks, expectGoodOnPhone } from './look';
import { type Mailbox, openMailbox } from './mailbox';
import { startPosthaste } from './support';

/* A campaign of the size of a small business, with the fates that the sandbox plays (but those that stop its sender); then its report is held against the rows. */
test.describe.configure({ mode: 'serial' });

const people = 2000;
/** Complaints come last: more of them among fewer that were sent would rightly pause it. */
const fates = {
  ...{ bounce: 40, full: 12, opens: 180, clicks: 90, slow: 1, flaky: 8 },
  ...{ refused: 25, rejected: 9, unconfirmed: 7, blocked: 6, complaint: 4 },
};
const links = ['https://example.com/shop', 'https://example.com/news', 'https://example.com/map'];
const person =
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/19.0 Safari/605.1.15';

let dataDir: string;
let mailbox: Mailbox;
let app: Awaited<ReturnType<typeof startPosthaste>>;
let sql: postgres.Sql;
let key: string;
let page: Page;
let campaign: string;

test.beforeAll(async ({ browser }) => {
  test.setTimeout(120_000);
  dataDir = await mkdtemp(join(tmpdir(), 'posthaste-e2e-report-'));
  mailbox = await openMailbox();
  app = await startPosthaste(dataDir, mailbox);
  key = await makeKey(dataDir);
  const server = await findRunningPostgres(join(dataDir, 'postgres'));
  if (!server) throw new Error('the database of a product that runs answers');
  sql = postgres(Object.assign(new URL(server), { pathname: '/posthaste' }).href, { max: 2 });
  page = await (await browser.newContext({ baseURL: app.url })).newPage();
});

test.afterAll(async () => {
  await page.context().close();
  await sql.end();
  await app.stop();
  await mailbox.close();
  await rm(dataDir, { recursive: true, force: true });
});

async function call(method: string, path: string, body?: unknown) {
  const isText = typeof body === 'string';
  const response = await fetch(`${app.url}/api/v1${path}`, {
    method,
    headers: {
      Authorization: `Bearer ${key}`,
      'Content-Type': isText ? 'text/csv' : 'application/json',
    },
    body: body === undefined || isText ? body : JSON.stringify(body),
  });
  expect(response.ok, `${method} ${path} answered ${response.status}`).toBe(true);
  return response.json();
}

/** More domains than the report names. */
const domainOf = (n: number) => (n % 3 === 0 ? 'example.com' : `d${n % 14}.example.org`);

/** The fates evenly among the readers, so that each stretch of sending has some of all. */
function addresses(): string[] {
  const { complaint, ...early } = fates;
  const magic = Object.entries(early).flatMap(([name, count]) =>
    Array.from({ length: count }, (_, n) => ({ name: `${name}+${n}`, at: (n + 0.5) / count })),
  );
  const readers = people - magic.length - complaint;
  const ordinary = Array.from({ length: readers }, (_, n) => ({
    name: `reader-${n}x`,
    at: (n + 0.5) / readers,
  }));
  const last = Array.from({ length: complaint }, (_, n) => ({ name: `complaint+${n}`, at: 2 }));
  return [...magic, ...ordinary, ...last]
    .sort((a, b) => a.at - b.at)
    .map(({ name }, n) => `${name}@${domainOf(n)}`);
}

/** What stands on the report: each number under its name, with its share and where it leads. */
type Shown = Record<string, { text: string; href?: string }>;

const readReport = (): Promise<Shown> =>
  page.evaluate(() => {
    const shown: Record<string, { text: string; href?: string }> = {};
    const section = (id: string) => document.querySelector(`section[aria-labelledby="${id}"]`);
    const heading = document.getElementById('progress')?.textContent ?? '';
    const [, sent = '', of = ''] = /^Sent to ([\d,]+) of ([\d,]+)/.exec(heading) ?? [];
    const [whoSent, whoOf] = document.querySelectorAll('#progress a');
    shown['headline: sent'] = { text: sent, href: whoSent?.getAttribute('href') ?? '' };
    shown['headline: of'] = { text: of, href: whoOf?.getAttribute('href') ?? '' };
    for (const id of ['progress', 'responses'])
      for (const link of section(id)?.querySelectorAll('a:not(#progress a)') ?? []) {
        const [, label, count = '', share] =
          /^(\D+?)\s*([\d,]+)(?:\s+([\d.]+ %))?$/.exec(link.textContent.trim()) ?? [];
        shown[`${id}: ${label}`] = { text: count, href: link.getAttribute('href') ?? '' };
        if (share) shown[`${id}: ${label}, share`] = { text: share };
      }
    for (const link of section('reasons')?.querySelectorAll('a') ?? []) {
      const href = link.getAttribute('href') ?? '';
      const { searchParams } = new URL(href, location.href);
      const count = /([\d,]+)$/.exec(link.textContent.trim())?.[1] ?? '';
      const name = searchParams.get('event') ?? `${searchParams.get('state')} ${searchParams.get('reason')}`;
      shown[`reasons: ${name}`] = { text: count, href };
    }
    for (const id of ['over-time', 'links', 'by-list', 'domains']) {
      const heads = [...(section(id)?.querySelectorAll('thead th') ?? [])].map((cell) => cell.textContent);
      for (const row of section(id)?.querySelectorAll('tbody tr') ?? []) {
        const [first, ...cells] = row.children;
        const name = first?.textContent ?? '';
        for (const [n, cell] of cells.entries()) {
          const link = cell.querySelector('a');
          // A share stands right behind its number, which is the link, or 0.
          const count = link?.textContent ?? /^(?:0|[\d,]+$)/.exec(cell.textContent)?.[0] ?? '';
          const share = /^[\d.]+ %$/.exec(cell.textContent.slice(count.length))?.[0];
          const href = link?.getAttribute('href');
          shown[`${id}: ${name}, ${heads[n + 1]}`] = { text: count, ...(href ? { href } : {}) };
          if (share) shown[`${id}: ${name}, ${heads[n + 1]}, share`] = { text: share };
          const by = /(?:by|for) ([\d,]+) (?:person|people)$/.exec(cell.textContent)?.[1];
          if (by) shown[`${id}: ${name}, ${heads[n + 1]}, of people`] = { text: by, href: href ?? '' };
        }
        const href = first?.querySelector('a')?.getAttribute('href');
        if (href) shown[`${id}: ${name}`] = { text: '', href };
      }
    }
    const text = section('over-time')?.textContent ?? '';
    for (const [name, said, kind] of [
      [
        'machines: pictures',
        /loaded the pictures in messages to ([\d,]+) (?:people|person), ([\d,]+) time/,
        'open',
      ],
      ['machines: links', /followed links in messages to ([\d,]+) (?:people|person), ([\d,]+) time/, 'click'],
    ] as const) {
      const [, whom = '', times = ''] = said.exec(text) ?? [];
      const link = section('over-time')?.querySelector(`a[href$="?machine=${kind}"]`);
      shown[`${name}, times`] = { text: times };
      shown[name] = { text: whom, href: link?.getAttribute('href') ?? '' };
    }
    return shown;
  });

/** Numbers of people that stand in sections of a page and open nobody. Not: shares, when and how long, and how often beside whom. */
const readUnlinked = (sections: string[]): Promise<string[]> =>
  page.evaluate((ids) => {
    const found: string[] = [];
    for (const id of ids) {
      const section = document.querySelector(`section[aria-labelledby="${id}"], section[aria-label="${id}"]`);
      if (!section) return [`no section ${id}`];
      const walker = document.createTreeWalker(section, NodeFilter.SHOW_TEXT);
      const read = new Set<Element>();
      for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const parent = node.parentElement;
        if (!parent || parent.closest('a, style, thead, [role="img"], tbody th, tbody td:first-child'))
          continue;
        if (read.has(parent)) continue;
        read.add(parent);
        const own = [...parent.childNodes]
          .map((child) => (child.nodeType === 3 ? child.textContent : child.nodeType === 1 ? '|' : ''))
          .join('');
        const rest = own
          .replace(/[\d.,]+ %/g, '')
          .replace(/^(?:by|for) [\d,]+ (?:person|people)$/, '')
          .replace(/, [\d,]+ times?/g, '')
          .replace(/\d+ \w{3,4}(?: \d{4})?,? (?:at )?\d\d:\d\d.*/, '')
          .replace(/last 30 days/, '');
        if (/[1-9]/.test(rest)) found.push(`${id}: ${own}`);
      }
    }
    return found;
  }, sections);

/** Each number of the page that opens people opens as many. */
async function expectPeopleBehind(): Promise<void> {
  const links = await page
    .locator('main :is(a[href*="/recipients"], a[href*="/campaigns/sent?"])')
    .evaluateAll((all) =>
      all.map((link) => ({ text: link.textContent, href: link.getAttribute('href') ?? '' })),
    );
  expect(links.length).toBeGreaterThan(0);
  for (const { text, href } of links) {
    const file = href
      .replace('/recipients', '/recipients.csv')
      .replace('/campaigns/sent?', '/campaigns/sent.csv?');
    const csv = await (await page.request.get(file)).text();
    const rows = csv.trim().split('\r\n').length - 1;
    expect.soft(comma(rows), `people whom “${text}” opens: ${href}`).toBe(/[\d,]+/.exec(text)?.[0]);
  }
}

const comma = (n: number) => n.toLocaleString('en-US');
/** Never nobody for somebody, nor everybody for nearly everybody. */
function rate(part: number, whole: number): string {
  if (part === 0) return '0 %';
  if (part === whole) return '100 %';
  return `${Math.min(99.9, Math.max(0.1, (part * 100) / whole)).toFixed(1)} %`;
}

const stateLabels = { sent: 'Sent', failed: 'Failed', skipped: 'Skipped', unconfirmed: 'Unconfirmed' };
const openLabels = { retrying: 'Retrying', sending: 'Sending now', queued: 'Waiting' };

/** The states and the funnel, from the rows alone. */
async function countPeople(isOver: boolean): Promise<Record<string, string>> {
  const rows = await sql<{ state: string; n: number }[]>`
    select state, count(*)::int as n from deliveries where campaign_id = ${campaign} group by 1`;
  const of = (state: string) => rows.find((row) => row.state === state)?.n ?? 0;
  const planned = rows.reduce((sum, row) => sum + row.n, 0);
  const [done] = await sql<Record<string, number>[]>`
    select
      (select count(*)::int from deliveries where campaign_id = ${campaign} and delivered_at is not null) as "Delivered",
      (select count(distinct delivery_id)::int from tracking_events
        where campaign_id = ${campaign} and counted and class = 'human') as "Opened",
      (select count(distinct delivery_id)::int from tracking_events
        where campaign_id = ${campaign} and counted and class = 'human' and kind = 'click') as "Clicked",
      (select count(*)::int from deliveries where campaign_id = ${campaign} and unsubscribed_at is not null) as "Unsubscribed",
      (select count(*)::int from bounces b join deliveries d on d.id = b.delivery_id where d.campaign_id = ${campaign}) as "Bounced",
      (select count(*)::int from deliveries where campaign_id = ${campaign} and complained_at is not null) as "Complained"`;
  const states = { ...stateLabels, ...(isOver ? { cancelled: 'Cancelled' } : openLabels) };
  const counted: Record<string, string> = {
    'headline: sent': comma(of('sent')),
    'headline: of': comma(planned - of('skipped')),
    ...(isOver && { 'progress: Planned': comma(planned) }),
    'responses: Planned': comma(planned),
    'responses: Sent': comma(of('sent')),
    'responses: Sent, share': rate(of('sent'), planned),
  };
  for (const [state, label] of Object.entries(states)) counted[`progress: ${label}`] = comma(of(state));
  for (const [label, n] of Object.entries(done ?? {})) {
    counted[`responses: ${label}`] = comma(n);
    counted[`responses: ${label}, share`] = rate(n, of('sent'));
  }
  return counted;
}

/** The rest of the report, from the rows alone. */
async function countRest(): Promise<Record<string, string>> {
  const counted: Record<string, string> = {};
  const reasons = await sql<{ state: string; reason: string; n: number }[]>`
    select state, reason, count(*)::int as n from deliveries
    where campaign_id = ${campaign} and reason is not null and state <> 'sent' group by 1, 2`;
  for (const { state, reason, n } of reasons) counted[`reasons: ${state} ${reason}`] = comma(n);
  const [returned] = await sql<{ n: number }[]>`
    select count(*)::int as n from bounces b join deliveries d on d.id = b.delivery_id where d.campaign_id = ${campaign}`;
  counted['reasons: bounced'] = comma(returned?.n ?? 0);

  const moments = await sql<{ moment: string; opened: number; clicked: number }[]>`
    with firsts as (
      select min(at) as opened, min(at) filter (where kind = 'click') as clicked from tracking_events
      where campaign_id = ${campaign} and class = 'human' group by delivery_id
    ), marks as (
      select opened as at, 1 as opened, 0 as clicked from firsts
      union all select clicked, 0, 1 from firsts where clicked is not null
    )
    select to_char(at at time zone (select time_zone from workspaces), 'HH24:MI') as moment,
      sum(opened)::int as opened, sum(clicked)::int as clicked
    from marks group by 1`;
  const went = await sql<{ moment: string; Sent: number; Delivered: number; Bounced: number }[]>`
    select to_char(at at time zone (select time_zone from workspaces), 'HH24:MI') as moment, sum(s)::int as "Sent",
      sum(d)::int as "Delivered", sum(b)::int as "Bounced"
    from deliveries cross join lateral (values (case when state = 'sent' then sent_at end, 1, 0, 0), (delivered_at, 0, 1, 0),
      (bounced_at, 0, 0, 1)) m(at, s, d, b)
    where campaign_id = ${campaign} and state in ('sent', 'unconfirmed') and at is not null group by 1`;
  const did = new Map(moments.map((moment) => [moment.moment, moment]));
  const when = new Map(went.map((moment) => [moment.moment, moment]));
  for (const moment of new Set([...did.keys(), ...when.keys()])) {
    const { opened = 0, clicked = 0 } = did.get(moment) ?? {};
    const { Sent = 0, Delivered = 0, Bounced = 0 } = when.get(moment) ?? {};
    const numbers = { Sent, Delivered, Bounced, Opened: opened, Clicked: clicked };
    for (const [name, n] of Object.entries(numbers)) counted[`over-time: ${moment}, ${name}`] = comma(n);
  }

  const [sent] = await sql<{ n: number }[]>`
    select count(*)::int as n from deliveries where campaign_id = ${campaign} and state = 'sent'`;
  for (const [n, url] of links.entries()) {
    const [link] = await sql<{ people: number; human: number; machine: number; machines: number }[]>`
      select count(distinct delivery_id) filter (where class = 'human')::int as people,
        count(distinct delivery_id) filter (where class <> 'human')::int as machines,
        count(*) filter (where class = 'human')::int as human, count(*) filter (where class <> 'human')::int as machine
      from tracking_events where campaign_id = ${campaign} and kind = 'click' and link = ${n + 1}`;
    if (!link || !sent) throw new Error('a count is one row');
    counted[`links: ${url}, People`] = comma(link.people);
    counted[`links: ${url}, People, share`] = rate(link.people, sent.n);
    counted[`links: ${url}, Clicks`] = comma(link.human);
    counted[`links: ${url}, Clicks, of people`] = comma(link.people);
    counted[`links: ${url}, By machines`] = comma(link.machine);
    counted[`links: ${url}, By machines, of people`] = comma(link.machines);
  }
  const [machines] = await sql<{ opens: number; clicks: number; opened: number; clicked: number }[]>`
    select count(*) filter (where kind = 'open')::int as opens, count(*) filter (where kind = 'click')::int as clicks,
      count(distinct delivery_id) filter (where kind = 'open')::int as opened,
      count(distinct delivery_id) filter (where kind = 'click')::int as clicked
    from tracking_events where campaign_id = ${campaign} and class <> 'human'`;
  counted['machines: pictures'] = comma(machines?.opened ?? 0);
  counted['machines: links'] = comma(machines?.clicked ?? 0);
  counted['machines: pictures, times'] = comma(machines?.opens ?? 0);
  counted['machines: links, times'] = comma(machines?.clicks ?? 0);

  const lists = await sql<Record<string, string | number>[]>`
    select case when m.place <= 50 then m.name else 'All others' end as list, count(distinct d.id)::int as "Planned",
      count(distinct d.id) filter (where d.state = 'sent')::int as "Sent",
      count(distinct d.id) filter (where d.state = 'failed')::int as "Failed",
      count(distinct b.delivery_id)::int as "Bounced",
      count(distinct d.id) filter (where exists (
        select from tracking_events e where e.delivery_id = d.id and e.class = 'human'))::int as "Opened",
      count(distinct d.id) filter (where exists (
        select from tracking_events e where e.delivery_id = d.id and e.class = 'human' and e.kind = 'click'))::int as "Clicked",
      count(distinct d.id) filter (where d.unsubscribed_at is not null)::int as "Unsubscribed"
    from (
      select l.id, l.name, a.place from campaigns k cross join unnest(k.audience) with ordinality a(id, place)
      join lists l on l.id = a.id where k.id = ${campaign}
    ) m
    left join list_contacts lc on lc.list_id = m.id
    left join deliveries d on d.campaign_id = ${campaign} and d.contact_id = lc.contact_id
    left join bounces b on b.delivery_id = d.id group by 1`;
  for (const { list, ...numbers } of lists)
    for (const [name, n] of Object.entries(numbers)) counted[`by-list: ${list}, ${name}`] = comma(Number(n));

  const domains = await sql<Record<string, string | number>[]>`
    select split_part(d.address, '@', 2) as domain, count(*)::int as planned,
      count(*) filter (where d.state = 'sent')::int as "Sent", count(*) filter (where d.state = 'failed')::int as "Failed",
      count(b.delivery_id)::int as "Bounced",
      count(*) filter (where exists (select from tracking_events e where e.delivery_id = d.id and e.class = 'human'))::int as "Opened",
      count(*) filter (where exists (
        select from tracking_events e where e.delivery_id = d.id and e.class = 'human' and e.kind = 'click'))::int as "Clicked"
    from deliveries d left join bounces b on b.delivery_id = d.id
    where d.campaign_id = ${campaign} group by 1 order by planned desc, split_part(d.address, '@', 2) collate "C"`;
  const others: Record<string, number> = {};
  for (const [place, { domain, planned: _, ...numbers }] of domains.entries())
    for (const [name, n] of Object.entries(numbers))
      if (place < 12) counted[`domains: ${domain}, ${name}`] = comma(Number(n));
      else others[name] = (others[name] ?? 0) + Number(n);
  for (const [name, n] of Object.entries(others)) counted[`domains: All others, ${name}`] = comma(n);
  return counted;
}

/** One by one, so that a wrong number is named. */
function expectSame(shown: Shown, counted: Record<string, string>): void {
  const numbers = Object.entries(shown).filter(([, { text }]) => text !== '');
  for (const [name, n] of Object.entries(counted))
    expect.soft(shown[name]?.text, `${name}: shown, against the rows`).toBe(n);
  const unknown = numbers.map(([name]) => name).filter((name) => counted[name] === undefined);
  expect.soft(unknown, 'numbers on the report that nothing was held against').toEqual([]);
}

/** More lists than the report names, some of them with some of the readers. */
async function furtherLists(): Promise<string[]> {
  const ids: string[] = [];
  for (let n = 0; n < 54; n++) ids.push((await call('POST', '/lists', { name: `List ${n}` })).id);
  await sql`
    insert into list_contacts (workspace_id, list_id, contact_id)
    select c.workspace_id, l.id, c.id from contacts c
    join unnest(${ids}::uuid[]) with ordinality l(id, n) on l.n in (1, 7, 51, 52, 54) and hashtext(c.email || l.n) % 10 = 0
    where c.email is not null`;
  return ids;
}

test('it goes out, and whoever watches sees what the rows say', async () => {
  await page.goto('/sign-in');
  await page.getByLabel('E-mail').fill(rose.email);
  await page.getByLabel('Password', { exact: true }).fill(rose.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('heading', { level: 1, name: /^Hello/ })).toBeVisible();
  const list = await call('POST', '/lists', { name: 'Readers' });
  const all = addresses();
  const started = await call('POST', `/imports?listId=${list.id}`, ['email', ...all].join('\n'));
  await expect
    .poll(async () => (await call('GET', `/imports/${started.id}`)).status, { timeout: 30_000 })
    .toBe('completed');
  for (const email of all.filter((address) => address.startsWith('blocked+')))
    await call('POST', '/suppressions', { address: email, channel: 'email' });
  const listIds = [list.id, ...(await furtherLists())];
  const [sender] = await sql<{ id: string }[]>`
    update senders set per_minute = 6000 where provider = 'sandbox' returning id`;
  const body = ['# Hello', ...links.map((url, n) => `[Link ${n}](${url})`)].join('\n\n');
  const made = await call('POST', '/campaigns', {
    ...{ name: 'June bread', subject: 'Bread', content: { format: 'markdown', body } },
    ...{ listIds, senderId: sender?.id, throttle: { perMinute: 6000 } },
  });
  campaign = made.id;
  await call('POST', `/campaigns/${campaign}/send`, { sendAt: 'immediate' });
  await page.goto(`/campaigns/${campaign}`);
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Sending');

  const inState = async (states: string[]) => {
    const [row] = await sql<{ n: number }[]>`
      select count(*)::int as n from deliveries where campaign_id = ${campaign} and state::text in ${sql(states)}`;
    return row?.n ?? 0;
  };
  await expect.poll(() => inState(['sent']), { timeout: 60_000, intervals: [100] }).toBeGreaterThan(400);
  await call('POST', `/campaigns/${campaign}/pause`);
  await expect.poll(() => inState(['sending']), { message: 'still on the wire' }).toBe(0);
  expect(await inState(['queued']), 'people who still wait while it is looked at').toBeGreaterThan(0);
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Paused');
  // Opens are counted some seconds later; the page follows by itself.
  await expect(async () => {
    const shown = await readReport();
    const counted = await countPeople(false);
    const texts = Object.keys(counted).map((name) => [name, shown[name]?.text]);
    expect(Object.fromEntries(texts)).toEqual(counted);
  }).toPass({ timeout: 40_000 });
  await expectGoodLooks(page);
  await call('POST', `/campaigns/${campaign}/resume`);
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Completed', { timeout: 90_000 });
});

test('people and machines do what they do', async () => {
  const messages = await sql<{ to: string; html: string; headers: [string, string][] }[]>`
    select m.to, m.html, m.headers from sandbox_messages m join deliveries d on d.id = m.delivery_id
    where d.campaign_id = ${campaign} order by m.id`;
  const parsed = messages.map(({ to, html, headers }) => ({
    to,
    links: [...html.matchAll(/href="([^"]*\/t\/[^"]*)"/g)].map(([, url]) => url ?? ''),
    pixel: /src="([^"]*\/t\/[^"]*\.gif)"/.exec(html)?.[1] ?? '',
    leave: headers.find(([name]) => name === 'List-Unsubscribe')?.[1].match(/<(http[^>]*)>/)?.[1] ?? '',
  }));
  const readers = parsed.filter(({ to }) => to.startsWith('reader-'));
  const ask = (url: string | undefined, agent = person, method = 'GET') =>
    fetch(url ?? '', { method, redirect: 'manual', headers: { 'user-agent': agent } });
  await Promise.all(
    readers.slice(0, 150).map(async ({ pixel, links: its }, n) => {
      await ask(pixel);
      if (n < 60) await ask(its[n % 2]);
      if (n < 10) await ask(its[n % 2]);
    }),
  );
  // The mail that nobody knew about was read: then it had arrived.
  for (const { pixel } of parsed.filter(({ to }) => to.startsWith('unconfirmed+')).slice(0, 3))
    await ask(pixel);
  await Promise.all(readers.slice(200, 230).map(({ pixel }) => ask(pixel, 'Mozilla/5.0')));
  await Promise.all(readers.slice(240, 252).map(({ links: its }) => ask(its[2], 'curl/8.7')));
  await Promise.all(readers.slice(260, 265).map(({ links: its }) => ask(its[0], person, 'HEAD')));
  await Promise.all(
    readers.slice(270, 278).flatMap(({ pixel, links: its }) => [pixel, ...its].map((url) => ask(url))),
  );
  for (const { leave } of readers.slice(300, 305)) {
    const left = await fetch(leave, {
      method: 'POST',
      body: new URLSearchParams({ 'List-Unsubscribe': 'One-Click' }),
    });
    expect(left.status, 'unsubscribing').toBe(200);
  }
  await expect
    .poll(
      async () => {
        const [row] = await sql<{ n: number }[]>`
          select count(*)::int as n from tracking_events where campaign_id = ${campaign} and not counted`;
        return row?.n;
      },
      { message: 'what was recorded and is not counted', timeout: 60_000 },
    )
    .toBe(0);
});

test('every number of the report is what the rows say, and opens as many people', async () => {
  test.setTimeout(300_000);
  await page.goto(`/campaigns/${campaign}`);
  await expect(page.getByRole('table', { name: 'By mail domain' })).toBeVisible();
  await page.getByText('As a table').click();
  await expectGoodLooks(page);
  const shown = await readReport();
  expectSame(shown, { ...(await countPeople(true)), ...(await countRest()) });

  expect
    .soft(
      await readUnlinked(['progress', 'responses', 'over-time', 'links', 'reasons', 'by-list', 'domains']),
      'numbers that open nobody',
    )
    .toEqual([]);
  // Neither those whose mailbox was full nor those whom the server refused at once.
  await expect
    .soft(page.locator('section[aria-labelledby="reasons"]'))
    .toContainText(`${fates.bounce} for good`);
  expect(Object.keys(shown)).toContain('domains: All others');
  expect(Object.keys(shown)).toContain('by-list: All others, Sent');

  const plannedAt = await sql<{ domain: string; n: number }[]>`
    select split_part(address, '@', 2) as domain, count(*)::int as n from deliveries
    where campaign_id = ${campaign} group by 1`;
  const isNamed = (domain: string) => shown[`domains: ${domain}`] !== undefined;
  const others = plannedAt.reduce((sum, { domain, n }) => (isNamed(domain) ? sum : sum + n), 0);
  for (const [name, { text, href }] of Object.entries(shown)) {
    if (!href || text === '0') continue;
    const csv = await (await page.request.get(href.replace('/recipients', '/recipients.csv'))).text();
    const rows = csv.trim().split('\r\n').length - 1;
    const planned = plannedAt.find(({ domain }) => name === `domains: ${domain}`)?.n;
    // How often something was done stands beside the number of those with whose messages it was done.
    const people = shown[`${name}, of people`]?.text ?? text;
    const expected = name === 'domains: All others' ? comma(others) : planned ? comma(planned) : people;
    expect.soft(comma(rows), `people whom “${name}” opens`).toBe(expected);
  }
  await page.getByRole('link', { name: /^Bounced/ }).click();
  await expect(page.getByText(`${shown['responses: Bounced']?.text} in all`)).toBeVisible();
});

/** What stands in a table, by the first cell of each row and the head of each column. */
async function readTable(name: string): Promise<Record<string, Record<string, string>>> {
  const table = page.getByRole('table', { name });
  const heads = await table.locator('thead th').allTextContents();
  const rows: Record<string, Record<string, string>> = {};
  for (const row of await table.locator('tbody tr').all()) {
    const [first = '', ...cells] = await row.locator('th, td').allTextContents();
    rows[first] = Object.fromEntries(cells.map((cell, n) => [heads[n + 1] ?? '', cell]));
  }
  return rows;
}

test('campaigns stand side by side with the numbers of their rows', async () => {
  const list = await call('POST', '/lists', { name: 'Friends' });
  for (let n = 0; n < 4; n++)
    await call('POST', '/contacts', { email: `friend-${n}@example.com`, listIds: [list.id] });
  const { senderId } = await call('GET', `/campaigns/${campaign}`);
  const made = await call('POST', '/campaigns', {
    ...{ name: 'July bread', subject: 'Bread', content: { format: 'markdown', body: '# Hello' } },
    ...{ listIds: [list.id], senderId },
  });
  await call('POST', `/campaigns/${made.id}/send`, { sendAt: 'immediate' });
  await expect
    .poll(async () => (await call('GET', `/campaigns/${made.id}`)).status, { timeout: 60_000 })
    .toBe('completed');
  await page.goto('/campaigns');
  await page.getByRole('checkbox', { name: 'Select June bread' }).check();
  await expect(page.getByText('Choose another one to compare')).toBeVisible();
  await page.getByRole('checkbox', { name: 'Select July bread' }).check();
  await page.getByRole('link', { name: 'Compare' }).click();
  await expect(page.getByRole('heading', { level: 1, name: '2 campaigns side by side' })).toBeVisible();
  await expectGoodLooks(page);
  await page.getByText('As a table').click();
  await expectGoodLooks(page);
  const shown = await readTable('Campaigns side by side');
  const rows = await sql<{ name: string; sent: number; counts: Record<string, number> }[]>`
    select k.name, count(*) filter (where d.state = 'sent')::int as sent, json_build_object(
      'Delivered', count(d.delivered_at), 'Opened', count(d.opened_at), 'Clicked', count(d.clicked_at),
      'Unsubscribed', count(d.unsubscribed_at), 'Bounced', count(d.bounced_at), 'Complained', count(d.complained_at)) as counts
    from campaigns k join deliveries d on d.campaign_id = k.id group by k.name`;
  expect(rows).toHaveLength(2);
  for (const { name, sent, counts } of rows) {
    // A letter stands before each name.
    const of = (label: string) =>
      Object.entries(shown[label] ?? {}).find(([head]) => head.endsWith(name))?.[1];
    expect.soft(of('Sent')).toBe(comma(sent));
    for (const [label, n] of Object.entries(counts))
      expect.soft(of(label), `${label} of ${name}`).toBe(`${comma(n)}${rate(n, sent)}`);
  }
  const metrics = ['delivered', 'opened', 'clicked', 'unsubscribed', 'bounced', 'complained'];
  expect
    .soft(
      await readUnlinked([
        ...metrics.map((one) => `compare-${one}`),
        'All numbers',
        'June bread',
        'July bread',
      ]),
    )
    .toEqual([]);
  await expectPeopleBehind();
  await page.setViewportSize({ width: 390, height: 844 });
  const right = page
    .getByRole('table', { name: 'Campaigns side by side' })
    .evaluate((table) => table.getBoundingClientRect().right);
  expect(await right, 'the table fits on a phone').toBeLessThan(390);
  await page.setViewportSize({ width: 1440, height: 900 });
  const clicked = rows.find(({ name }) => name === 'June bread')?.counts.Clicked ?? 0;
  await page
    .getByRole('region', { name: 'Clicked' })
    .getByRole('link', { name: comma(clicked) })
    .click();
  await expect(page.getByText(`${comma(clicked)} in all`)).toBeVisible();
  const one = await page.request.get(`/campaigns/compare?ids=${campaign}`);
  expect(one.status(), 'one campaign alone').toBe(404);
});

test('Home has all that was sent lately, and a contact what they did', async () => {
  await page.goto('/');
  await page.getByRole('region', { name: 'The last 30 days' }).getByText('As a table').click();
  await expectGoodLooks(page);
  const days = await sql<Record<string, string | number>[]>`
    select to_char(sent_at at time zone (select time_zone from workspaces), 'FMDD Mon') as day, count(*)::int as "Sent",
      count(delivered_at)::int as "Delivered", count(opened_at)::int as "Opened", count(clicked_at)::int as "Clicked",
      count(unsubscribed_at)::int as "Unsubscribed", count(bounced_at)::int as "Bounced"
    from deliveries where state = 'sent' group by 1`;
  const counted = days.map(({ day, ...counts }) => [
    day,
    Object.fromEntries(Object.entries(counts).map(([name, n]) => [name, comma(Number(n))])),
  ]);
  expect(await readTable('The last 30 days')).toEqual(Object.fromEntries(counted));
  expect.soft(await readUnlinked(['last-days', 'Recently sent'])).toEqual([]);
  await expectPeopleBehind();
  const shown = await readTable('The last 30 days');
  const [day = '', { Opened: opened = '' } = {}] = Object.entries(shown)[0] ?? [];
  await page.getByRole('row', { name: day }).getByRole('link', { name: opened, exact: true }).first().click();
  await expect(page.getByRole('heading', { level: 1, name: 'Messages sent' })).toBeVisible();
  await expectGoodLooks(page);
  // Without days: those of Home.
  await page.goto('/campaigns/sent');
  await expect(page.getByText(/^Sent from \d+ \w+ \d+ to \d+ \w+ \d+, by all campaigns\.$/)).toBeVisible();
  const all = await page.request.get('/campaigns/sent.csv');
  const sent = days.reduce((sum, row) => sum + Number(row.Sent), 0);
  expect((await all.text()).trim().split('\r\n')).toHaveLength(sent + 1);

  const [reader] = await sql<{ id: string; leave: string }[]>`
    select d.contact_id as id, substring(m.headers::text from '<(http[^>]*)>') as leave
    from deliveries d join sandbox_messages m on m.delivery_id = d.id
    where d.campaign_id = ${campaign} and d.clicked_at is not null and d.address like 'reader-%' limit 1`;
  await page.goto(reader?.leave ?? '');
  await page.setViewportSize({ width: 390, height: 844 });
  await expectGoodOnPhone(page);
  await page.getByRole('button', { name: 'Do not record it' }).click();
  await expect(page.getByRole('status')).toHaveText('What you open and click is not recorded');
  await expectGoodOnPhone(page);
  await page.goto(`/contacts/${reader?.id}`);
  const story = page.getByRole('region', { name: 'History' }).getByRole('listitem');
  for (const said of [
    'Wants nothing recorded of what they open and click',
    'Followed a link of June bread',
    'Opened June bread',
    'June bread arrived',
    'Was sent June bread',
  ])
    await expect(story.filter({ hasText: said }).first()).toBeVisible();
  await expectGoodLooks(page);
});

test('complaints stop a campaign, and whatever says so opens whom it is about', async () => {
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.goto('/system');
  await page.getByLabel('Judged once so many were sent').fill('3');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('When alerts open was saved.')).toBeVisible();
  const list = await call('POST', '/lists', { name: 'Strangers' });
  const strangers = Array.from({ length: 60 }, (_, n) => `stranger-${n}x@example.com`);
  const file = ['email', 'complaint+stranger@example.com', ...strangers].join('\n');
  const started = await call('POST', `/imports?listId=${list.id}`, file);
  await expect.poll(async () => (await call('GET', `/imports/${started.id}`)).status).toBe('completed');
  const { senderId } = await call('GET', `/campaigns/${campaign}`);
  const made = await call('POST', '/campaigns', {
    ...{ name: 'August bread', subject: 'Bread', content: { format: 'markdown', body: '# Hello' } },
    ...{ listIds: [list.id], senderId, throttle: { perMinute: 120 } },
  });
  await call('POST', `/campaigns/${made.id}/send`, { sendAt: 'immediate' });
  await page.goto(`/campaigns/${made.id}`);
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Paused', { timeout: 30_000 });
  const people = page.getByRole('link', { name: 'Who reported it' });
  await expect(people).toBeVisible();
  await expect(page.getByRole('link', { name: 'Settings of the senders' })).toHaveCount(0);
  await expectGoodLooks(page);
  await page.goto('/system');
  await expectGoodLooks(page);
  await people.click();
  await expect(page.getByRole('table').getByRole('link')).toHaveText(['complaint+stranger@example.com']);
});
