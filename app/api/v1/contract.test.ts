import { glob } from 'node:fs/promises';
import { eq, sql } from 'drizzle-orm';
import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { callsPerMinute } from '@/lib/api/limit';
import { apiMethods, wrongMethod } from '@/lib/api/methods';
import { describeApi } from '@/lib/api/openapi';
import { testKey } from '@/lib/api/testing';
import type { Scope } from '@/lib/auth/scope';
import { runLaunch } from '@/lib/campaigns/launch';
import { launchNow, ledger, testCampaign, testList } from '@/lib/campaigns/testing';
import { unsafeDatabase } from '@/lib/db/client';
import { apiKeys, idempotencyKeys } from '@/lib/db/schema/access';
import { attempts } from '@/lib/db/schema/accounts';
import { deliveries } from '@/lib/db/schema/deliveries';
import { contacts } from '@/lib/db/schema/lists';
import { auditLog } from '@/lib/db/schema/operation';
import { inScope } from '@/lib/db/scoped';
import { CampaignId, ContactId, ImportId, type ListId, newId, type SenderId } from '@/lib/ids';
import { runImport } from '@/lib/imports/run-import';
import { testWorkspace } from '@/lib/workspaces/testing';
import { GET as nowhere } from './[[...path]]/route';
import { GET as openapi } from './openapi.json/route';
import { routes } from './routes';

/*
 * Every route of the API, driven through its door, against the document that describes it: what it answers must be what
 * the document promises, no field more or less, and what it takes what the document says.
 */

const Content = z.record(
  z.string(),
  z.object({ schema: z.looseObject({}), example: z.unknown().optional() }),
);
const Operation = z.object({
  tags: z.array(z.string()),
  parameters: z.array(z.looseObject({})),
  requestBody: z.object({ content: Content }).optional(),
  responses: z.record(z.string(), z.object({ content: Content.optional() })),
});
type Operation = z.infer<typeof Operation>;
const Document = z.object({
  openapi: z.literal('3.1.0'),
  paths: z.record(z.string(), z.record(z.string(), Operation)),
  components: z.object({ schemas: z.record(z.string(), z.unknown()) }),
});

const document = Document.parse(
  JSON.parse(JSON.stringify(describeApi(routes, 'http://localhost:3000/api/v1'))),
);

/** The schema of the document itself, read back by nothing of ours. */
function readBack(schema: object): z.ZodType {
  const whole = { ...schema, $defs: document.components.schemas };
  return z.fromJSONSchema(JSON.parse(JSON.stringify(whole).replaceAll('#/components/schemas/', '#/$defs/')));
}

const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
);

function find(method: string, address: string) {
  const path = address.split('?')[0] ?? '';
  for (const found of operations) {
    const pattern = new RegExp(`^${found.path.replace('{id}', '(?<id>[^/]+)')}$`);
    const match = pattern.exec(path);
    if (match && found.method === method) return { ...found, params: { ...match.groups } };
  }
  throw new Error(`${method} ${path} is not described`);
}

const succeeded = new Set<string>();

type Options = { key?: string | null; body?: unknown; text?: string; headers?: Record<string, string> };

/** Calls a route as its key, and holds the answer against the document. */
async function call(method: string, address: string, options: Options = {}) {
  const { path, operation, params } = find(method, address);
  const handler = routes[path]?.[method];
  if (!handler) throw new Error(`${method} ${path} has no handler`);
  const { key = owner.token, text } = options;
  const body = text ?? (options.body === undefined ? undefined : JSON.stringify(options.body));
  const request = new Request(`http://localhost:3000/api/v1${address}`, {
    method,
    headers: { ...(key === null ? {} : { Authorization: `Bearer ${key}` }), ...options.headers },
    body,
  });
  const response = await handler(request, {
    params: Promise.resolve(Object.keys(params).length > 0 ? params : undefined), // as Next.js does
  });
  const { status, headers } = response;
  const promised = operation.responses[status];
  expect(promised, `${method} ${path} answers ${status}, which is not described`).toBeDefined();
  expect(headers.get('cache-control')).toBe('no-store');
  const raw = await response.text();
  const [type, content] = Object.entries(promised?.content ?? {})[0] ?? [];
  if (!content) expect(raw).toBe('');
  else expect(headers.get('content-type')).toContain(type);
  const json: unknown = type === 'application/json' ? JSON.parse(raw) : undefined;
  if (content && json !== undefined) {
    const checked = readBack(content.schema).safeParse(json);
    expect(checked.error, `${method} ${path} answers ${status} ${raw}`).toBeUndefined();
  }
  if (status < 300) succeeded.add(`${method} ${path}`);
  return { status, headers, raw, body: json, json: Answer.parse(json ?? {}) };
}

const Answer = z.looseObject({
  id: z.string().default(''),
  data: z.array(z.looseObject({ id: z.string() })).default([]),
  nextCursor: z.string().nullish(),
  error: z
    .object({ code: z.string(), message: z.string(), details: z.record(z.string(), z.string()).default({}) })
    .default({ code: '', message: '', details: {} }),
});

let scope: Scope;
let senderId: SenderId;
let owner: { id: z.infer<typeof import('@/lib/ids').ApiKeyId>; token: string };
let foreign: { contact: ContactId; campaign: CampaignId; list: ListId; token: string };

beforeAll(async () => {
  ({ scope, senderId } = await testWorkspace('Mine'));
  owner = await testKey(scope);
  const theirs = await testWorkspace('Theirs');
  const { listId, contactIds } = await testList(theirs.scope, 1);
  const [contact] = contactIds;
  if (!contact) throw new Error('the list has somebody');
  const campaign = await testCampaign(theirs.scope, theirs.senderId, [listId]);
  const { token } = await testKey(theirs.scope);
  foreign = { contact, campaign, list: listId, token };
});

const stop = () => new AbortController().signal;
let unique = 0;
const name = () => `Name ${++unique}`;
const address = () => `p${++unique}@example.com`;
const newContact = async () => (await call('POST', '/contacts', { body: { email: address() } })).json.id;
const newCampaign = async (body: object = {}) =>
  (await call('POST', '/campaigns', { body: { name: name(), ...body } })).json.id;

const ready = async (people = 2) => {
  const { listId, contactIds } = await testList(scope, people);
  const content = { format: 'text', body: 'Hello {{ first_name | default: "you" }}' };
  const id = await newCampaign({ subject: 'Bread', content, listIds: [listId] });
  return { id: CampaignId.parse(id), listId, contactIds };
};
const now = { sendAt: 'immediate' };

describe('the document', () => {
  test('has every route and every method that there is', async () => {
    const found: string[] = [];
    for await (const file of glob('**/route.ts', { cwd: import.meta.dirname })) {
      if (file.startsWith('openapi.json') || file.startsWith('[[...path]]')) continue;
      const handlers: Record<string, unknown> = await import(/* @vite-ignore */ `./${file}`);
      const path = `/${file.replace('/route.ts', '').replace(/\[(\w+)\]/g, '{$1}')}`;
      found.push(...Object.keys(handlers).map((method) => `${method} ${path}`));
    }
    expect(found.length).toBeGreaterThan(20);
    expect(operations.map(({ method, path }) => `${method} ${path}`).sort()).toEqual(found.sort());
  });

  test('is what the address answers, and an address that leads nowhere says so in JSON', async () => {
    const answer: unknown = await openapi().json();
    expect(Document.parse(answer)).toEqual(document);
    const nothing = nowhere();
    expect(nothing.status).toBe(404);
    expect(await nothing.json()).toMatchObject({ error: { code: 'not_found' } });
  });

  test('says at every address which methods it takes instead of another', () => {
    const taken = Object.fromEntries(
      Object.entries(routes).map(([path, handlers]) => [path, Object.keys(handlers).sort()]),
    );
    expect(apiMethods).toEqual({ ...taken, '/openapi.json': ['GET'] });
    expect(wrongMethod('PUT', '/api/v1/imports?listId=1')).toEqual({
      allow: 'POST',
      answer: { error: { code: 'invalid', message: 'This address takes POST, not PUT.' } },
    });
    expect(wrongMethod('PUT', `/api/v1/contacts/${newId(ContactId)}`)?.allow).toBe('DELETE, GET, PATCH');
    for (const [method, url] of [
      ...[
        ['POST', '/api/v1/imports'],
        ['OPTIONS', '/api/v1/imports'],
        ['PUT', '/api/v1/nothing'],
      ],
      ...[
        ['PUT', '/api/v1/contacts/a/b'],
        ['PUT', '/contacts/import/upload'],
      ],
    ])
      expect(wrongMethod(method ?? '', url ?? '')).toBeUndefined();
  });

  test('names every shape once, and gives each call a name of its own', () => {
    expect(Object.keys(document.components.schemas)).toEqual(
      expect.arrayContaining(['Error', 'Contact', 'Campaign', 'CampaignStats', 'Delivery']),
    );
    const ids = Object.values(describeApi(routes, '').paths).flatMap((methods) =>
      Object.values(methods).map((operation) => operation.operationId),
    );
    expect(new Set(ids).size).toBe(operations.length);
  });
});

const filled = (path: string, id: string) => path.replace('{id}', id);
const bodyFor = (operation: Operation) => {
  const json = operation.requestBody?.content['application/json'];
  return json ? { body: json.example } : operation.requestBody ? { text: 'email\na@example.com' } : {};
};

describe.each(operations)('$method $path', ({ method, path, operation }) => {
  const somewhere = filled(path, newId(ContactId));
  const input = bodyFor(operation);

  test('asks for a key, and takes nothing else for one', async () => {
    for (const key of [null, 'ph_nonsense', foreign.token.slice(0, -2), `phi_${foreign.token.slice(3)}`]) {
      const headers = { Cookie: 'posthaste.session=a-session; __Host-posthaste.session=a-session' };
      const refused = await call(method, somewhere, { key, headers, ...input });
      expect(refused.status).toBe(401);
      expect(refused.headers.get('www-authenticate')).toContain('Bearer');
    }
  });

  if (path.includes('{id}'))
    test('answers the same for what never was, is foreign or is no id', async () => {
      const theirs = path.startsWith('/campaigns')
        ? foreign.campaign
        : path.startsWith('/lists')
          ? foreign.list
          : foreign.contact;
      const answers = [];
      for (const id of [newId(ContactId), theirs]) answers.push(await call(method, filled(path, id), input));
      expect(answers[0]?.status).toBe(404);
      expect(answers[1]?.raw).toBe(answers[0]?.raw);
      for (const odd of ['x', '%00', '0', '../lists'])
        expect((await call(method, filled(path, encodeURIComponent(odd)), input)).status).toBe(404);
    });

  test('lets a viewer change nothing, and read', async () => {
    const { token } = await testKey(scope, 'viewer');
    const answer = await call(method, somewhere, { key: token, ...input });
    if (method === 'GET') expect([200, 404]).toContain(answer.status);
    else expect(answer.status).toBe(403);
  });

  test('refuses what is not described', async () => {
    const unknown = await call(method, `${somewhere}?nonsense=1`, input);
    expect([unknown.status, unknown.json.error.details.nonsense]).toEqual([400, 'There is no such field.']);
    if (input.body === undefined) return;
    const bodies = [null, [], 'text', 7, { ...Object(input.body), nonsense: 1 }];
    for (const body of bodies) expect((await call(method, somewhere, { body })).status).toBe(400);
    for (const text of ['', '{', '\u0000'])
      expect((await call(method, somewhere, { text })).status).toBe(400);
    const large = await call(method, somewhere, { text: `"${'x'.repeat(4 * 1024 ** 2)}"` });
    expect(large.status).toBe(413);
  });

  if (input.body)
    test('takes its own example, and describes it', () => {
      const schema = operation.requestBody?.content['application/json']?.schema ?? {};
      expect(readBack(schema).safeParse(input.body).error).toBeUndefined();
      expect(readBack(schema).safeParse({ ...Object(input.body), nonsense: 1 }).success).toBe(false);
    });
});

describe('lists and contacts', () => {
  test('a list is made once by its name, and gets contacts', async () => {
    const body = { name: name() };
    const made = await call('POST', '/lists', { body });
    expect([made.status, made.json]).toMatchObject([201, { ...body, contactCount: 0 }]);
    const again = await call('POST', '/lists', { body });
    expect([again.status, Object.keys(again.json.error.details)]).toEqual([409, ['name']]);
    const contactIds = [await newContact(), foreign.contact];
    const put = await call('POST', `/lists/${made.json.id}/contacts`, { body: { contactIds } });
    expect([put.status, put.json]).toMatchObject([200, { added: 1 }]);
    const all = await call('GET', '/lists');
    expect(all.json.data).toContainEqual({ ...body, id: made.json.id, contactCount: 1 });
  });

  test('a contact is added, found by its address, changed, and its address belongs to one', async () => {
    const email = address();
    const list = await call('POST', '/lists', { body: { name: name() } });
    const listIds = [list.json.id];
    const body = {
      email: email.toUpperCase(),
      firstName: 'Ann',
      attributes: { city: 'Bonn', age: 7 },
      listIds,
    };
    const made = await call('POST', '/contacts', { body });
    expect([made.status, made.json]).toMatchObject([
      201,
      { email, firstName: 'Ann', listIds, smsSubscribed: false },
    ]);
    expect(made.json.code).toMatch(/^[0-9A-HJKMNP-TV-Z]{12}$/);
    const { id } = made.json;
    const again = await call('POST', '/contacts', { body });
    expect([again.status, again.json.error.details.id]).toEqual([409, id]);
    const found = await call('GET', `/contacts?email=${encodeURIComponent(email.toUpperCase())}`);
    expect(found.body).toEqual({ data: [made.body], nextCursor: null });
    expect((await call('GET', `/contacts?listId=${list.json.id}`)).json.data).toEqual([made.body]);
    expect((await call('GET', `/contacts?listId=${foreign.list}`)).status).toBe(404);

    const changes = { attributes: { city: null, vip: true }, emailSubscribed: false, listIds: [] };
    const changed = await call('PATCH', `/contacts/${id}`, { body: changes });
    const after = {
      firstName: 'Ann',
      attributes: { age: 7, vip: true },
      emailSubscribed: false,
      listIds: [],
    };
    expect([changed.status, changed.json]).toMatchObject([200, after]);
    expect((await call('GET', `/contacts/${id}`)).body).toEqual(changed.body);
    const taken = await call('PATCH', `/contacts/${await newContact()}`, { body: { email } });
    expect(taken.status).toBe(409);
    const nobody = await call('POST', '/contacts', { body: { firstName: 'Nobody' } });
    expect([nobody.status, Object.keys(nobody.json.error.details)]).toEqual([400, ['email']]);
  });

  test('a key without a list finds nobody, and that is no fault', async () => {
    const { token } = await testKey(scope, 'marketer');
    const found = await call('GET', '/contacts', { key: token });
    expect([found.status, found.body]).toEqual([200, { data: [], nextCursor: null }]);
  });

  test('pages name everybody once, whoever comes or goes meanwhile', async () => {
    const { listId, contactIds } = await testList(scope, 7);
    const seen: string[] = [];
    let cursor = '';
    do {
      const page = await call('GET', `/contacts?listId=${listId}&limit=3${cursor}`);
      expect(page.json.data.length).toBeLessThanOrEqual(3);
      seen.push(...page.json.data.map(({ id }) => id));
      const erased = contactIds[0];
      if (cursor === '' && erased) await call('DELETE', `/contacts/${erased}`);
      cursor = page.json.nextCursor ? `&cursor=${page.json.nextCursor}` : '';
    } while (cursor !== '');
    expect(seen).toEqual(contactIds.slice(1).reverse());
    expect((await call('GET', '/contacts?cursor=nonsense')).status).toBe(400);
    expect((await call('GET', '/contacts?limit=101')).status).toBe(400);
  });
});

test('erasing leaves the ledger, without a person in it', async () => {
  const { listId, contactIds } = await testList(scope, 2);
  const id = await testCampaign(scope, senderId, [listId]);
  await launchNow(scope, id);
  const [ann] = await ledger(scope, id);
  if (!ann?.contactId || !ann.address) throw new Error('the ledger has two');
  await inScope(scope, (tx) =>
    tx.execute(sql`insert into delivery_attempts (workspace_id, id, delivery_id, attempt, reason, detail)
      values (${scope.workspaceId}, uuid_v7(), ${ann.id}, 1, 'temporary', ${`451 <${ann.address}> not now`})`),
  );
  await call('POST', '/suppressions', { body: { address: ann.address } });
  const { listId: other } = await testList(scope, []);
  await call('POST', `/lists/${other}/contacts`, { body: { contactIds: [ann.contactId] } });
  const { token } = await testKey(scope, 'marketer', [[listId, 'send']]);
  expect((await call('DELETE', `/contacts/${ann.contactId}`, { key: token })).status).toBe(403);
  expect((await call('GET', `/contacts/${ann.contactId}`)).status).toBe(200);

  expect((await call('DELETE', `/contacts/${ann.contactId}`)).status).toBe(204);
  expect((await call('GET', `/contacts/${ann.contactId}`)).status).toBe(404);
  expect((await call('DELETE', `/contacts/${ann.contactId}`)).status).toBe(404);
  const rows = await inScope(scope, (tx) =>
    tx.select().from(deliveries).where(eq(deliveries.campaignId, id)),
  );
  expect(rows).toHaveLength(2);
  expect(rows.find((row) => row.id === ann.id)).toEqual({ ...ann, contactId: null, address: null });
  expect(rows.find((row) => row.id !== ann.id)).toMatchObject({ contactId: contactIds[1] });
  const left = await inScope(scope, (tx) =>
    tx.execute<{ detail: string }>(sql`select detail from delivery_attempts where delivery_id = ${ann.id}`),
  );
  expect([...left]).toEqual([{ detail: '' }]);
  const still = await call('GET', `/suppressions?address=${encodeURIComponent(ann.address)}`);
  expect(still.json.data).toHaveLength(1);
  const stats = await call('GET', `/campaigns/${id}/stats`);
  expect(stats.json).toMatchObject({ planned: 2, queued: 2 });
});

describe('imports', () => {
  const csv = 'email,first name\nann@shop.example,Ann\nnot-an-address,X\nann@shop.example,Again\n';

  test('a file is taken in, told about, and its rejected lines are given back', async () => {
    const { listId } = await testList(scope, []);
    const started = await call('POST', `/imports?listId=${listId}&fileName=shop.csv`, { text: csv });
    expect(started.status).toBe(202);
    const id = ImportId.parse(started.json.id);
    expect((await call('GET', `/imports/${id}`)).json).toMatchObject({ status: 'running', rows: 0 });
    await runImport(scope, id, stop());
    const ended = await call('GET', `/imports/${id}`);
    expect(ended.json).toMatchObject({ status: 'completed', rows: 3, created: 1, duplicates: 1, invalid: 1 });
    expect(ended.json.errorsUrl).toBe(`http://localhost:3000/api/v1/imports/${id}/errors`);
    const errors = await call('GET', `/imports/${id}/errors`);
    expect(errors.raw.split('\r\n')).toHaveLength(4);
    expect(errors.raw).toContain('not-an-address');
    expect((await call('GET', `/contacts?listId=${listId}`)).json.data).toHaveLength(1);
  });

  test('what cannot be imported is refused, and nothing of it is kept', async () => {
    const count = () =>
      inScope(scope, (tx) => tx.execute(sql`select 1 from imports where status <> 'cancelled'`));
    const before = (await count()).length;
    for (const text of ['', 'name\nAnn\n'])
      expect((await call('POST', '/imports', { text })).status).toBe(400);
    expect((await call('POST', `/imports?listId=${foreign.list}`, { text: csv })).status).toBe(404);
    const { listId } = await testList(scope, []);
    const { token } = await testKey(scope, 'marketer', [[listId, 'view']]);
    expect((await call('POST', `/imports?listId=${listId}`, { key: token, text: csv })).status).toBe(403);
    expect((await call('POST', '/imports', { key: token, text: csv })).status).toBe(400);
    const headers = { 'content-length': String(3 * 1024 ** 3) };
    expect((await call('POST', '/imports', { text: csv, headers })).status).toBe(413);
    expect((await count()).length).toBe(before);
  });
});

describe('campaigns', () => {
  test('a draft is made, changed, listed and deleted', async () => {
    const { listId } = await testList(scope, 1);
    const body = {
      name: name(),
      channel: 'email',
      subject: 'Bread',
      preheader: 'Fresh',
      content: { format: 'html', body: '<p>Hi</p>' },
      listIds: [listId],
      offerText: 'A bun with every loaf.',
      offerUntil: '2031-05-31',
      throttle: { perMinute: 90 },
    };
    const made = await call('POST', '/campaigns', { body });
    const limits = { perSecond: null, perMinute: 90, perHour: null, perDay: null };
    expect([made.status, made.json]).toMatchObject([
      201,
      { ...body, status: 'draft', senderId, throttle: limits },
    ]);
    const { id } = made.json;
    const patch = { subject: 'Cake', offerUntil: null, throttle: { perHour: 5 } };
    const changed = await call('PATCH', `/campaigns/${id}`, { body: patch });
    expect(changed.json).toMatchObject({
      subject: 'Cake',
      preheader: 'Fresh',
      offerText: 'A bun with every loaf.',
      offerUntil: null,
      throttle: { ...limits, perHour: 5 },
    });
    const old = await call('PATCH', `/campaigns/${id}`, {
      body: { subject: 'Pie', revision: made.json.revision },
    });
    expect(old.status).toBe(409);
    expect((await call('GET', `/campaigns/${id}`)).body).toEqual(changed.body);
    expect((await call('GET', '/campaigns?status=draft')).json.data[0]).toMatchObject({
      id,
      subject: 'Cake',
    });
    for (const listIds of [[foreign.list], [newId(ContactId)]]) {
      const refused = await call('PATCH', `/campaigns/${id}`, { body: { listIds } });
      expect([refused.status, Object.keys(refused.json.error.details)]).toEqual([400, ['listIds']]);
    }
    expect((await call('DELETE', `/campaigns/${id}`)).status).toBe(204);
    expect((await call('GET', `/campaigns/${id}`)).status).toBe(404);
  });

  test('plain text is kept as the HTML that shows it', async () => {
    const text =
      'Hi {{ first_name | default: "you" }} <b>\r\nsee https://shop.example/?a=1&b={{ city }}.\n\nBye';
    const id = await newCampaign({ content: { format: 'text', body: text } });
    const url = 'https://shop.example/?a=1&amp;b={{ city }}';
    expect((await call('GET', `/campaigns/${id}`)).json.content).toEqual({
      format: 'html',
      body: `<p>Hi {{ first_name | default: "you" }} &lt;b&gt;<br>see <a href="${url}">${url}</a>.</p>\n<p>Bye</p>`,
    });
  });

  test('is sent once: 202, then 409; its limits are the ones of the order', async () => {
    const { id } = await ready();
    const body = { campaignId: id, ...now, throttle: { emailsPerMinute: 600, emailsPerHour: 9000 } };
    const answers = await Promise.all([1, 2, 3].map(() => call('POST', `/campaigns/${id}/send`, { body })));
    expect(answers.map(({ status }) => String(status)).sort()).toEqual(['202', '409', '409']);
    const sent = answers.find(({ status }) => status === 202);
    expect(sent?.body).toEqual({ id, status: 'sending' });
    expect((await call('GET', `/campaigns/${id}`)).json).toMatchObject({
      status: 'sending',
      throttle: { perMinute: 600, perHour: 9000 },
    });
    await runLaunch(scope, id, stop());
    expect((await call('GET', `/campaigns/${id}/stats`)).json).toMatchObject({ planned: 2, queued: 2 });
    const page = await call('GET', `/campaigns/${id}/deliveries?state=queued&limit=1`);
    expect(page.json.data).toHaveLength(1);
    const rest = await call('GET', `/campaigns/${id}/deliveries?limit=1&cursor=${page.json.nextCursor}`);
    expect([rest.json.data.length, rest.json.nextCursor]).toEqual([1, null]);
    expect((await call('GET', `/campaigns/${id}/deliveries?state=sent`)).json.data).toEqual([]);
  });

  test('is scheduled for a moment, and nothing is sent before', async () => {
    const { id } = await ready();
    const send = (sendAt: string) => call('POST', `/campaigns/${id}/send`, { body: { sendAt } });
    for (const bad of ['yesterday', '2020-01-01T00:00:00Z', '2999-01-01T00:00:00Z']) {
      const refused = await send(bad);
      expect([refused.status, Object.keys(refused.json.error.details)]).toEqual([400, ['sendAt']]);
    }
    const at = new Date(Date.now() + 3_600_000);
    const scheduled = await send(at.toISOString().replace('Z', '+00:00'));
    expect([scheduled.status, scheduled.json.status]).toEqual([202, 'scheduled']);
    expect((await call('GET', `/campaigns/${id}`)).json).toMatchObject({
      status: 'scheduled',
      scheduledAt: at.toISOString(),
    });
    expect((await call('POST', `/campaigns/${id}/cancel`)).json.status).toBe('cancelled');
    expect((await send('immediate')).status).toBe(400);
    expect(await ledger(scope, id)).toEqual([]);
  });

  test('is not sent when it cannot be, and says why', async () => {
    const bare = await newCampaign();
    const empty = await call('POST', `/campaigns/${bare}/send`, { body: now });
    expect([empty.status, empty.json.error.code]).toEqual([400, 'invalid']);
    const { id } = await ready();
    const other = await call('POST', `/campaigns/${id}/send`, { body: { ...now, campaignId: bare } });
    expect([other.status, Object.keys(other.json.error.details)]).toEqual([400, ['campaignId']]);
    expect((await call('GET', `/campaigns/${id}`)).json.status).toBe('draft');
  });

  test('a key sends to the lists that grant it', async () => {
    const { id, listId } = await ready();
    const keys = {
      view: await testKey(scope, 'marketer', [[listId, 'view']]),
      none: await testKey(scope, 'marketer'),
      send: await testKey(scope, 'marketer', [[listId, 'send']]),
    };
    const send = (key: string) => call('POST', `/campaigns/${id}/send`, { key, body: now });
    expect((await send(keys.view.token)).status).toBe(403);
    expect((await send(keys.none.token)).status).toBe(404);
    expect((await send(keys.send.token)).status).toBe(202);
    const [entry] = await inScope(scope, (tx) =>
      tx.select().from(auditLog).where(eq(auditLog.keyId, keys.send.id)),
    );
    expect(entry).toMatchObject({ action: 'campaign.launch', targetId: id, userId: null });
  });

  test('is paused, resumed and cancelled, and not from where that leads nowhere', async () => {
    const { id } = await ready();
    const say = (verb: string) => call('POST', `/campaigns/${id}/${verb}`);
    for (const verb of ['pause', 'resume', 'cancel']) expect((await say(verb)).status).toBe(409);
    await call('POST', `/campaigns/${id}/send`, { body: now });
    expect((await say('pause')).json).toMatchObject({ id, status: 'paused' });
    expect((await call('POST', `/campaigns/${id}/send`, { body: now })).status).toBe(400);
    expect((await say('pause')).status).toBe(409);
    expect((await say('resume')).json.status).toBe('sending');
    const slower = await call('PATCH', `/campaigns/${id}`, { body: { throttle: { perMinute: 7 } } });
    expect(slower.json).toMatchObject({ throttle: { perMinute: 7 } });
    expect((await call('PATCH', `/campaigns/${id}`, { body: { subject: 'Late' } })).status).toBe(409);
    expect((await say('cancel')).json.status).toBe('cancelled');
    expect((await call('DELETE', `/campaigns/${id}`)).status).toBe(409);
  });

  test('goes out as a test', async () => {
    const { id } = await ready();
    const tested = await call('POST', `/campaigns/${id}/test`, {
      body: { to: ['me@example.com', 'nonsense'] },
    });
    expect([tested.status, tested.json.results]).toMatchObject([202, [{ ok: true }, { ok: false }]]);
    expect(await ledger(scope, id)).toEqual([]);
  });
});

test('addresses are suppressed and let go, by those who run the workspace', async () => {
  const email = address();
  const contact = await call('POST', '/contacts', { body: { email } });
  const made = await call('POST', '/suppressions', { body: { address: email.toUpperCase() } });
  expect([made.status, made.json]).toMatchObject([
    201,
    { channel: 'email', address: email, reason: 'manual' },
  ]);
  const again = await call('POST', '/suppressions', { body: { address: email, reason: 'bounced' } });
  expect([again.status, again.json.error.details.id]).toEqual([409, made.json.id]);
  expect((await call('GET', `/contacts/${contact.json.id}`)).json.suppression).toBe('manual');
  expect((await call('GET', `/suppressions?address=${email}`)).json.data).toEqual([made.body]);
  const phone = await call('POST', '/suppressions', { body: { channel: 'sms', address: '030 901820' } });
  expect(phone.json).toMatchObject({ channel: 'sms', address: '+4930901820' });
  expect((await call('POST', '/suppressions', { body: { address: 'nobody' } })).status).toBe(400);

  const viewer = await testKey(scope, 'viewer');
  const marketer = await testKey(scope, 'marketer');
  expect((await call('GET', '/suppressions', { key: viewer.token })).status).toBe(200);
  expect((await call('GET', '/suppressions', { key: marketer.token })).status).toBe(403);
  for (const { token } of [viewer, marketer]) {
    const gone = await call('DELETE', `/suppressions/${made.json.id}`, { key: token });
    expect(gone.status).toBe(403);
  }
  expect((await call('DELETE', `/suppressions/${made.json.id}`, { key: foreign.token })).status).toBe(404);
  expect((await call('DELETE', `/suppressions/${made.json.id}`)).status).toBe(204);
  expect((await call('GET', `/contacts/${contact.json.id}`)).json.suppression).toBeNull();
  const events = await inScope(scope, (tx) =>
    tx.execute<{ type: string }>(
      sql`select type from contact_events where contact_id = ${contact.json.id} order by id`,
    ),
  );
  expect(events.map(({ type }) => type)).toEqual(['created', 'suppressed', 'unsuppressed']);
});

describe('a key', () => {
  test('that was revoked or has expired opens nothing', async () => {
    for (const change of [{ revokedAt: new Date() }, { expiresAt: new Date(Date.now() - 1000) }]) {
      const { id, token } = await testKey(scope);
      expect((await call('GET', '/lists', { key: token })).status).toBe(200);
      await inScope(scope, (tx) => tx.update(apiKeys).set(change).where(eq(apiKeys.id, id)));
      expect((await call('GET', '/lists', { key: token })).status).toBe(401);
    }
  });

  test('may make so many calls in a minute, and is told how many are left', async () => {
    const { token } = await testKey(scope);
    const first = await call('GET', '/lists', { key: token });
    expect(first.headers.get('ratelimit-limit')).toBe(String(callsPerMinute));
    expect(first.headers.get('ratelimit-remaining')).toBe(String(callsPerMinute - 1));
    expect(first.headers.get('ratelimit')).toMatch(/^"key";r=599;t=\d+$/);
    await unsafeDatabase()
      .update(attempts)
      .set({ count: callsPerMinute - 1 })
      .where(sql`${attempts.key} like 'api:%' and ${attempts.count} = 1`);
    const last = await call('GET', '/lists', { key: token });
    expect([last.status, last.headers.get('ratelimit-remaining')]).toEqual([200, '0']);
    const refused = await call('GET', '/lists', { key: token });
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    await unsafeDatabase()
      .update(attempts)
      .set({ resetsAt: new Date(Date.now() - 1000) });
    expect((await call('GET', '/lists', { key: token })).status).toBe(200);
  });
});

describe('an Idempotency-Key', () => {
  const keyed = (key: string) => ({ 'Idempotency-Key': key });
  const countOf = async (email: string) => (await call('GET', `/contacts?email=${email}`)).json.data.length;

  test('does the same request once, however often and how fast it comes', async () => {
    const email = address();
    const send = () => call('POST', '/contacts', { body: { email }, headers: keyed(email) });
    const first = await Promise.all([send(), send(), send()]);
    const made = first.find(({ status }) => status === 201);
    for (const { status } of first) expect([201, 409]).toContain(status);
    const again = await send();
    expect([again.status, again.raw]).toEqual([201, made?.raw]);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect(await countOf(email)).toBe(1);
  });

  test('keeps the first answer, a refusal too, and forgets it after a day', async () => {
    const email = address();
    await call('POST', '/contacts', { body: { email } });
    const send = () => call('POST', '/contacts', { body: { email }, headers: keyed(email) });
    const refused = await send();
    expect(refused.status).toBe(409);
    await call('PATCH', `/contacts/${refused.json.error.details.id}`, { body: { email: address() } });
    expect((await send()).raw).toBe(refused.raw);
    await inScope(scope, (tx) =>
      tx
        .update(idempotencyKeys)
        .set({ createdAt: sql`now() - interval '25 hours'` })
        .where(eq(idempotencyKeys.key, email)),
    );
    expect((await send()).status).toBe(201);
  });

  test('belongs to one request of one API key', async () => {
    const key = address();
    const first = await call('POST', '/contacts', { body: { email: key }, headers: keyed(key) });
    const elsewhere = address();
    const other = await call('POST', '/contacts', { body: { email: elsewhere }, headers: keyed(key) });
    expect([other.status, await countOf(elsewhere)]).toEqual([409, 0]);
    const list = { name: name() };
    expect((await call('POST', '/lists', { body: list, headers: keyed(key) })).status).toBe(409);
    const { token } = await testKey(scope);
    const theirs = await call('POST', '/lists', { key: token, body: list, headers: keyed(key) });
    expect(theirs.status).toBe(201);
    expect((await call('POST', '/lists', { body: list, headers: keyed('with space') })).status).toBe(400);
    expect(first.status).toBe(201);
  });

  test('what is invalid does not use it up', async () => {
    const key = address();
    const bad = await call('POST', '/contacts', { body: { email: 'nobody' }, headers: keyed(key) });
    expect(bad.status).toBe(400);
    const good = await call('POST', '/contacts', { body: { email: key }, headers: keyed(key) });
    expect(good.status).toBe(201);
  });

  test('tells streamed files apart too', async () => {
    const key = address();
    const send = (text: string) => call('POST', '/imports', { text, headers: keyed(key) });
    const first = await send('email\nann@file.example\n');
    expect(first.status).toBe(202);
    expect((await send('email\nann@file.example\n')).json.id).toBe(first.json.id);
    expect((await send('email\nbob@file.example\n')).status).toBe(409);
    const rows = await inScope(scope, (tx) =>
      tx.execute(sql`select 1 from imports where id = ${first.json.id}`),
    );
    expect(rows).toHaveLength(1);
  });

  test('of a contact that was erased gives nothing of them back', async () => {
    const email = address();
    const send = () => call('POST', '/contacts', { body: { email }, headers: keyed(email) });
    const { id } = (await send()).json;
    const refused = await call('POST', '/contacts', { body: { email }, headers: keyed(`${email}-2`) });
    expect(refused.raw).toContain(email);
    await call('DELETE', `/contacts/${id}`);
    const kept = await inScope(scope, (tx) =>
      tx
        .select()
        .from(idempotencyKeys)
        .where(
          sql`${idempotencyKeys.answer}::text like ${`%${email}%`} or ${idempotencyKeys.key} = ${email}`,
        ),
    );
    expect(kept).toEqual([]);
    expect(await inScope(scope, (tx) => tx.select().from(contacts).where(eq(contacts.email, email)))).toEqual(
      [],
    );
  });
});

test('every route was seen to do what it is for', () => {
  expect([...succeeded].sort()).toEqual(operations.map(({ method, path }) => `${method} ${path}`).sort());
});
