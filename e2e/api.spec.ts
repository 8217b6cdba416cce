import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { z } from 'zod';
import { makeKeys } from './keys';
import { expectGoodLooks } from './look';
import { headerOf, type Mailbox, openMailbox } from './mailbox';
import { startPosthaste } from './support';

/* The way of a program: from a fresh data directory to a delivered campaign, over the HTTP API and nothing else. */
test.describe.configure({ mode: 'serial' });

const people = 2000;

let dataDir: string;
let mailbox: Mailbox;
let app: Awaited<ReturnType<typeof startPosthaste>>;
let keys: Awaited<ReturnType<typeof makeKeys>>;

test.beforeAll(async () => {
  test.setTimeout(120_000);
  dataDir = await mkdtemp(join(tmpdir(), 'posthaste-e2e-api-'));
  mailbox = await openMailbox();
  app = await startPosthaste(dataDir, mailbox, { SMTP_URL: mailbox.url });
  keys = await makeKeys(dataDir);
});

test.afterAll(async () => {
  await app.stop();
  await mailbox.close();
  await rm(dataDir, { recursive: true, force: true });
});

const Answer = z.looseObject({ id: z.string().default(''), status: z.string().default('') });
const Deliveries = z.object({
  data: z.array(z.object({ id: z.string(), address: z.string(), state: z.string() })),
  nextCursor: z.string().nullable(),
});
const states = ['queued', 'sending', 'retrying', 'sent', 'failed', 'skipped', 'unconfirmed', 'cancelled'];
const Stats = z.looseObject({ status: z.string(), planned: z.number() });

type Options = { key?: string; body?: unknown; stream?: ReadableStream<Uint8Array> };

async function call(method: string, path: string, { key = keys.mine, body, stream }: Options = {}) {
  const response = await fetch(`${app.url}/api/v1${path}`, {
    method,
    headers: { Authorization: `Bearer ${key}`, 'Content-Type': stream ? 'text/csv' : 'application/json' },
    ...(stream
      ? { body: stream, duplex: 'half' as const }
      : { body: body === undefined ? undefined : JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? {} : JSON.parse(text) };
}

/** A file of which the end is not known while its beginning is sent. */
function csv(): ReadableStream<Uint8Array> {
  let row = 0;
  const encoder = new TextEncoder();
  return new ReadableStream({
    pull(controller) {
      if (row === 0) controller.enqueue(encoder.encode('email,first name,city\n'));
      const lines = Array.from({ length: 100 }, () => {
        row++;
        return `person${row}@example.com,Person ${row},Bonn\n`;
      });
      controller.enqueue(encoder.encode(lines.join('')));
      if (row === people) controller.close();
    },
  });
}

test('a campaign goes out, and what arrived is what the ledger says', async () => {
  const list = await call('POST', '/lists', { body: { name: 'Newsletter' } });
  expect(list.status).toBe(201);
  const { id: listId } = Answer.parse(list.body);

  const started = await call('POST', `/imports?listId=${listId}`, { stream: csv() });
  expect(started.status).toBe(202);
  const importPath = `/imports/${Answer.parse(started.body).id}`;
  const imported = () => call('GET', importPath).then(({ body }) => Answer.parse(body));
  await expect.poll(async () => (await imported()).status, { timeout: 30_000 }).toBe('completed');
  expect(await imported()).toMatchObject({ rows: people, created: people, duplicates: 0, invalid: 0 });

  const content = { format: 'markdown', body: 'Hello {{ first_name }}, fresh bread in {{ city }}.' };
  const draft = { name: 'Autumn', channel: 'email', subject: 'Bread, {{ first_name }}', content };
  const made = await call('POST', '/campaigns', { body: { ...draft, listIds: [listId] } });
  expect(made.status).toBe(201);
  const { id } = Answer.parse(made.body);

  const order = { body: { sendAt: 'immediate', throttle: { emailsPerMinute: 6000 } } };
  expect((await call('POST', `/campaigns/${id}/send`, { ...order, key: 'ph_wrong' })).status).toBe(401);
  expect((await call('POST', `/campaigns/${id}/send`, { ...order, key: keys.foreign })).status).toBe(404);
  const sent = await call('POST', `/campaigns/${id}/send`, order);
  expect([sent.status, sent.body]).toEqual([202, { id, status: 'sending' }]);
  expect((await call('POST', `/campaigns/${id}/send`, order)).status).toBe(409);

  const statuses = new Set<string>();
  const look = async () => {
    const stats = Stats.parse((await call('GET', `/campaigns/${id}/stats`)).body);
    expect(states.reduce((sum, state) => sum + Number(stats[state]), 0)).toBe(stats.planned);
    statuses.add(stats.status);
    return stats;
  };
  await expect
    .poll(async () => (await look()).status, { timeout: 60_000, intervals: [200] })
    .toBe('completed');
  expect(statuses).toEqual(new Set(['sending', 'completed']));
  expect(await look()).toMatchObject({ planned: people, sent: people, failed: 0, unconfirmed: 0 });

  const ledger: z.infer<typeof Deliveries>['data'] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page = await call('GET', `/campaigns/${id}/deliveries?state=sent&limit=100${cursor}`);
    const { data, nextCursor } = Deliveries.parse(page.body);
    ledger.push(...data);
    cursor = nextCursor && `&cursor=${nextCursor}`;
  }
  const inLedger = ledger.map((row) => `${row.id} ${row.address}`).sort();
  const arrived = mailbox.letters.map(
    (letter) => `${headerOf(letter, 'X-Posthaste-Delivery')} ${letter.to.join()}`,
  );
  expect(arrived.sort()).toEqual(inLedger);
  expect(new Set(ledger.map((row) => row.address)).size).toBe(people);
  expect((await call('POST', `/campaigns/${id}/send`, order)).status).toBe(409);
});

test('whoever sends too much, or asks for nothing, hears why in JSON', async () => {
  const mebibyte = new Uint8Array(1024 ** 2).fill(0x20);
  let left = 6;
  const stream = new ReadableStream<Uint8Array>({
    pull: (controller) => (left-- > 0 ? controller.enqueue(mebibyte) : controller.close()),
  });
  const large = await call('POST', '/lists', { stream });
  expect([large.status, large.body]).toMatchObject([413, { error: { code: 'too_large' } }]);
  const announced = await call('POST', '/lists', { body: 'x'.repeat(5 * 1024 ** 2) });
  expect(announced.status).toBe(413);
  const nothing = await call('GET', '/nothing/here');
  expect([nothing.status, nothing.body]).toMatchObject([404, { error: { code: 'not_found' } }]);
});

test('its description can be read, by people and by programs', async ({ page }) => {
  await page.goto(`${app.url}/docs/api`);
  await expect(page.getByRole('heading', { level: 1, name: 'HTTP API' })).toBeVisible();
  await expect(page.getByText(`curl -X POST "${app.url}/api/v1/campaigns/$ID/send"`)).toBeVisible();
  await expectGoodLooks(page);
  const document = await page.request.get(`${app.url}/api/v1/openapi.json`);
  expect(await document.json()).toMatchObject({ openapi: '3.1.0', servers: [{ url: `${app.url}/api/v1` }] });
});
