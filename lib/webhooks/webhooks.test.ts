import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { and, eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Scope } from '../auth/scope';
import { changeStatus } from '../campaigns/change-status';
import { testCampaign, testList } from '../campaigns/testing';
import { eraseContact } from '../contacts/erase-contact';
import { unsafeDatabase } from '../db/client';
import { deliveries, sandboxMessages } from '../db/schema/deliveries';
import { contacts } from '../db/schema/lists';
import { auditLog } from '../db/schema/operation';
import { webhookAttempts, webhookMessages, webhooks } from '../db/schema/webhooks';
import { inScope } from '../db/scoped';
import { type WebhookEvent, webhookEvents } from '../db/states';
import { DeliveryId, newId, uuidv7, WebhookId, WebhookMessageId } from '../ids';
import { testWorkspace } from '../workspaces/testing';
import { listMessages, sendMessageAgain } from './messages';
import { postJson } from './post';
import { queueAllNewMessages, queueNewMessages } from './queue-messages';
import { retryAfterSeconds, sendMessage } from './send-message';
import { startReceiver } from './testing';
import { WebhookInput } from './webhook-input';
import {
  createWebhook,
  deleteWebhook,
  findWebhook,
  listWebhooks,
  rotateWebhookSecret,
  switchWebhook,
  testWebhook,
  updateWebhook,
} from './webhooks';

vi.hoisted(() => {
  process.env.ALLOWED_PRIVATE_NETWORKS = '127.0.0.1';
});

let scope: Scope;
let receiver: Awaited<ReturnType<typeof startReceiver>>;
beforeAll(async () => {
  receiver = await startReceiver();
});
afterAll(() => receiver.close());

const signal = new AbortController().signal;

/** In a workspace of its own, so that each test has what it made and nothing else. */
async function newWebhook(events: WebhookEvent[] = [...webhookEvents], url = receiver.url) {
  const made = await testWorkspace('Hooks');
  scope = made.scope;
  receiver.behave(200);
  const hook = await createWebhook(scope, WebhookInput.parse({ url, events }));
  if (!hook.ok) throw new Error(hook.problem.message);
  return { ...hook.value, senderId: made.senderId };
}

const messagesOf = (id: WebhookId) =>
  inScope(scope, (tx) =>
    tx
      .select()
      .from(webhookMessages)
      .where(eq(webhookMessages.webhookId, id))
      .orderBy(webhookMessages.createdAt, webhookMessages.type, webhookMessages.subjectId),
  );

const typesOf = async (id: WebhookId) => (await messagesOf(id)).map(({ type }) => type);

async function testMessage(id: WebhookId): Promise<WebhookMessageId> {
  const sent = await testWebhook(scope, id);
  if (!sent.ok) throw new Error(sent.problem.message);
  return sent.value.messageId;
}

const receivedWith = (id: WebhookMessageId) => receiver.received.filter((one) => one.id === id);

function verify(secret: string, { headers, body }: (typeof receiver.received)[number]): boolean {
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
  const signed = `${headers.get('webhook-id')}.${headers.get('webhook-timestamp')}.${body}`;
  const expected = `v1,${createHmac('sha256', key).update(signed).digest('base64')}`;
  return (headers.get('webhook-signature') ?? '').split(' ').includes(expected);
}

test('what happens to contacts is told, by whatever statement it happens', async () => {
  const { id } = await newWebhook();
  const { contactIds } = await testList(scope, 3);
  const [first] = contactIds;
  if (!first) throw new Error('there are three');
  const change = (set: Partial<typeof contacts.$inferInsert>) =>
    inScope(scope, (tx) => tx.update(contacts).set(set).where(eq(contacts.id, first)));
  await change({ firstName: 'Zoë' });
  await change({ firstName: 'Zoë', updatedAt: new Date() }); // nothing that anybody could see
  expect((await eraseContact(scope, first)).ok).toBe(true);
  expect((await messagesOf(id)).map(({ type, subjectId }) => ({ type, subjectId }))).toEqual([
    ...contactIds.map((subjectId) => ({ type: 'contact.created', subjectId })),
    { type: 'contact.changed', subjectId: first },
    { type: 'contact.erased', subjectId: first },
  ]);
});

test('a campaign and its deliveries are told', async () => {
  const { id, senderId } = await newWebhook([
    'campaign.started',
    'campaign.paused',
    'campaign.completed',
    'delivery.sent',
    'delivery.opened',
    'delivery.unsubscribed',
  ]);
  const { listId, contactIds } = await testList(scope, 1);
  const campaignId = await testCampaign(scope, senderId, [listId]);
  for (const event of ['schedule', 'launch', 'pause', 'resume'] as const)
    expect(await inScope(scope, (tx) => changeStatus(tx, scope, campaignId, event))).toMatchObject({
      ok: true,
    });
  const deliveryId = newId(DeliveryId);
  await inScope(scope, async (tx) => {
    await tx.insert(deliveries).values({
      workspaceId: scope.workspaceId,
      id: deliveryId,
      campaignId,
      contactId: contactIds[0] ?? null,
      channel: 'email',
      address: 'ann@example.com',
    });
    await tx.update(deliveries).set({ state: 'sending' });
    await tx.update(deliveries).set({ state: 'sent', sentAt: new Date() });
    await tx.update(deliveries).set({ openedAt: new Date(), clickedAt: new Date() });
    await tx.update(deliveries).set({ openedAt: new Date() }); // again
  });
  await inScope(scope, (tx) => changeStatus(tx, scope, campaignId, 'complete'));
  expect(await typesOf(id)).toEqual([
    'campaign.started',
    'campaign.paused',
    'delivery.opened',
    'delivery.sent',
    'campaign.completed',
  ]);
  const [, , , sent] = await messagesOf(id);
  expect(await sendMessage(scope, sent?.id ?? newId(WebhookMessageId), signal)).toBe('done');
  expect(receiver.received.at(-1)).toMatchObject({
    type: 'delivery.sent',
    data: { id: deliveryId, campaignId, contactId: contactIds[0], address: 'ann@example.com', state: 'sent' },
  });
});

test('of many deliveries that one statement changes each is told once, and only what happened to it', async () => {
  const { id, senderId } = await newWebhook(['delivery.sent', 'delivery.bounced']);
  const { contactIds } = await testList(scope, 3);
  const campaignId = await testCampaign(scope, senderId, []);
  const made = contactIds.map((contactId, n) => ({
    workspaceId: scope.workspaceId,
    id: newId(DeliveryId),
    campaignId,
    contactId,
    channel: 'email' as const,
    address: `p${n}@example.com`,
    sentAt: n === 0 ? new Date() : null,
  }));
  const [first, second, third] = made.map((row) => row.id);
  await inScope(scope, async (tx) => {
    await tx.insert(deliveries).values(made);
    await tx.update(deliveries).set({
      state: 'sent',
      sentAt: new Date(),
      bouncedAt: sql`case when id <> ${third} then now() end`,
    });
  });
  const told = (await messagesOf(id)).map(({ type, subjectId }) => `${type} ${subjectId}`);
  const due = ['bounced', 'sent'].flatMap((what) =>
    (what === 'bounced' ? [first, second] : [second, third]).map((one) => `delivery.${what} ${one}`),
  );
  expect(told.sort()).toEqual(due.sort());
});

test('nobody is told of a neighbour’s events, of what was not asked for, or while switched off', async () => {
  const { id } = await newWebhook(['contact.erased']);
  await testList(scope, 1);
  const other = await testWorkspace('Neighbour');
  await testList(other.scope, 1);
  expect(await typesOf(id)).toEqual([]);
  await updateWebhook(scope, id, { url: receiver.url, events: ['contact.created'] });
  await switchWebhook(scope, id, false);
  await testList(scope, 1);
  expect(await typesOf(id)).toEqual([]);
  expect(await testWebhook(scope, id)).toMatchObject({ ok: false, problem: { code: 'conflict' } });
  await switchWebhook(scope, id, true);
  await testList(scope, 1);
  expect(await typesOf(id)).toEqual(['contact.created']);
});

test('what was rolled back is told to nobody', async () => {
  const { id } = await newWebhook();
  await expect(
    inScope(scope, async (tx) => {
      await tx.insert(contacts).values({ workspaceId: scope.workspaceId, id: crypto.randomUUID() as never });
      throw new Error('no');
    }),
  ).rejects.toThrow('no');
  expect(await typesOf(id)).toEqual([]);
});

test('each message gets one job, whoever looks for them at once', async () => {
  const { id } = await newWebhook(['contact.created']);
  await testList(scope, 1200);
  await Promise.all([queueNewMessages(scope), queueNewMessages(scope)]);
  await queueNewMessages(scope);
  const jobs = await unsafeDatabase().execute<{ message: string; group: string }>(sql`
    select data->>'messageId' as message, group_id as group from pgboss.job
    where name = 'send-webhook' and data->>'workspaceId' = ${scope.workspaceId}`);
  expect(new Set(jobs.map(({ message }) => message)).size).toBe(1200);
  expect(jobs).toHaveLength(1200);
  expect(new Set(jobs.map(({ group }) => group))).toEqual(new Set([id]));
});

test('an alert, and what a person has asked for, goes before all that a campaign has to tell', async () => {
  const { id } = await newWebhook(['contact.created', 'alert.opened']);
  await testList(scope, 3);
  await inScope(scope, (tx) =>
    tx.insert(webhookMessages).values({
      ...{ workspaceId: scope.workspaceId, id: newId(WebhookMessageId), webhookId: id, type: 'alert.opened' },
    }),
  );
  await queueNewMessages(scope);
  await testMessage(id);
  const jobs = await unsafeDatabase().execute<{ id: string; priority: number }>(sql`
    select data->>'messageId' as id, priority from pgboss.job
    where name = 'send-webhook' and data->>'workspaceId' = ${scope.workspaceId}`);
  const priorities = new Map(jobs.map((job) => [job.id, job.priority]));
  const told = (await messagesOf(id)).map((message) => [message.type, priorities.get(message.id)]);
  expect(told).toEqual([
    ['contact.created', 0],
    ['contact.created', 0],
    ['contact.created', 0],
    ['alert.opened', 1],
    ['webhook.test', 1],
  ]);
});

test('a message is signed as Standard Webhooks has it, and has the id of its subject', async () => {
  const { id, secret } = await newWebhook(['contact.created']);
  const { contactIds } = await testList(scope, [{ email: 'zoe@example.com', firstName: 'Zoë' }]);
  const [message] = await messagesOf(id);
  if (!message) throw new Error('there is one');
  expect(await sendMessage(scope, message.id, signal)).toBe('done');
  const [got] = receivedWith(message.id);
  if (!got) throw new Error('it arrived');
  expect(verify(secret, got)).toBe(true);
  expect(verify(`whsec_${Buffer.alloc(32).toString('base64')}`, got)).toBe(false);
  expect(Math.abs(Date.now() / 1000 - Number(got.headers.get('webhook-timestamp')))).toBeLessThan(60);
  expect(JSON.parse(got.body)).toMatchObject({
    type: 'contact.created',
    timestamp: message.createdAt.toISOString(),
    data: { id: contactIds[0], email: 'zoe@example.com', firstName: 'Zoë', emailSubscribed: true },
  });
  expect(await messagesOf(id)).toMatchObject([{ state: 'delivered', attempts: 1 }]);
  expect(await sendMessage(scope, message.id, signal)).toBe('done'); // its job runs twice
  expect(receivedWith(message.id)).toHaveLength(1);
});

test('of somebody who was erased meanwhile nothing is told but the id', async () => {
  const { id } = await newWebhook(['contact.created']);
  const { contactIds } = await testList(scope, [{ email: 'gone@example.com' }]);
  const [message] = await messagesOf(id);
  if (!message || !contactIds[0]) throw new Error('there is one');
  await eraseContact(scope, contactIds[0]);
  await sendMessage(scope, message.id, signal);
  expect(receivedWith(message.id)[0]?.data).toEqual({ id: contactIds[0] });
});

test('what a receiver answered about somebody is forgotten with them, and nothing else is', async () => {
  const { id } = await newWebhook(['contact.created']);
  const { contactIds } = await testList(scope, [{ email: 'ann@example.com' }, { email: 'ben@example.com' }]);
  const { workspaceId } = scope;
  for (const { id: messageId, subjectId } of await messagesOf(id))
    await inScope(scope, (tx) =>
      tx.insert(webhookAttempts).values({
        ...{ workspaceId, id: uuidv7(), messageId, status: 500, milliseconds: 1 },
        detail: `I was told of ${subjectId}`,
      }),
    );
  const [ann, ben] = contactIds;
  if (!ann || !ben) throw new Error('both are there');
  await eraseContact(scope, ann);
  const kept = await inScope(scope, (tx) =>
    tx.select({ detail: webhookAttempts.detail }).from(webhookAttempts),
  );
  expect(kept.map(({ detail }) => detail).sort()).toEqual(['', `I was told of ${ben}`]);
});

test('a receiver that changes to another protocol, or hangs up, is not waited for', async () => {
  for (const answer of [
    'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n',
    '',
  ]) {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => (answer === '' ? socket.destroy() : socket.write(answer)));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    expect(await postJson(`http://127.0.0.1:${port}/`, '{}', {}, signal)).toMatchObject({ status: null });
    server.close();
  }
});

test('a status is an answer, also of whoever never ends what else they say', async () => {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhello'));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  expect(await postJson(`http://127.0.0.1:${port}/`, '{}', {}, signal)).toEqual({
    status: 200,
    detail: 'hello',
  });
  server.close();
});

test('a receiver that fails is tried over a day with growing pauses, and gets the message once it is well', async () => {
  const { id } = await newWebhook();
  const message = await testMessage(id);
  receiver.behave(503);
  const before = Date.now();
  const first = await sendMessage(scope, message, signal);
  expect(first).toMatchObject({ again: expect.any(Date) });
  const waits = retryAfterSeconds.map((seconds) => seconds);
  expect(waits).toEqual([...waits].sort((a, b) => a - b));
  const hours = waits.reduce((sum, seconds) => sum + seconds, 0) / 3600;
  expect(hours).toBeGreaterThan(23);
  expect(hours).toBeLessThan(25);
  if (typeof first === 'object') expect(first.again.getTime() - before).toBeGreaterThanOrEqual(5000);
  expect(await findWebhook(scope, id)).toMatchObject({ value: { failingSince: expect.any(Date) } });
  receiver.behave(204);
  expect(await sendMessage(scope, message, signal)).toBe('done');
  expect(receivedWith(message)).toHaveLength(2);
  expect(await findWebhook(scope, id)).toMatchObject({ value: { failingSince: null, disabledAt: null } });
  const { rows } = await listMessages(scope, id);
  expect(rows).toMatchObject([
    {
      id: message,
      type: 'webhook.test',
      state: 'delivered',
      attempts: 2,
      tries: [{ status: 204 }, { status: 503, detail: 'It is 503.' }],
    },
  ]);
});

test('a redirect is followed nowhere', async () => {
  const { id } = await newWebhook();
  const message = await testMessage(id);
  receiver.behave(302);
  const before = receiver.received.length;
  expect(await sendMessage(scope, message, signal)).toMatchObject({ again: expect.any(Date) });
  expect(receiver.received).toHaveLength(before + 1);
  const { rows } = await listMessages(scope, id);
  expect(rows[0]?.tries[0]).toMatchObject({ status: 302, detail: expect.stringContaining('not followed') });
});

test.each([
  ['http://[::1]:1/', 'is at a private address'],
  ['http://[::ffff:127.0.0.2]:1/', 'is at a private address'],
  ['http://127.0.0.2:1/', 'is at a private address'],
  ['http://2130706434/', 'is at a private address'], // 127.0.0.2 as one number
  ['http://169.254.169.254/latest/meta-data', 'is at a private address'],
  ['http://no-such-host.invalid/', 'No address was found'],
])('%s is not called', async (url, says) => {
  const { id } = await newWebhook(['contact.created'], url);
  const message = await testMessage(id);
  await sendMessage(scope, message, signal);
  const { rows } = await listMessages(scope, id);
  expect(rows[0]?.tries).toMatchObject([{ status: null, detail: expect.stringContaining(says) }]);
});

test('a process that ends while a receiver hangs leaves the message for the next', async () => {
  const { id } = await newWebhook();
  const message = await testMessage(id);
  receiver.behave('hang');
  const abort = new AbortController();
  const sending = sendMessage(scope, message, abort.signal);
  await vi.waitFor(() => expect(receivedWith(message)).toHaveLength(1));
  abort.abort();
  expect(await sending).toBe('stopped');
  expect(await messagesOf(id)).toMatchObject([{ state: 'pending', attempts: 0 }]);
});

const outOfTries = (message: WebhookMessageId) =>
  inScope(scope, (tx) =>
    tx
      .update(webhookMessages)
      .set({ attempts: retryAfterSeconds.length })
      .where(eq(webhookMessages.id, message)),
  );

test('a webhook that took nothing for a day is switched off, and owners are told; a person switches it on', async () => {
  const { id } = await newWebhook();
  const message = await testMessage(id);
  await outOfTries(message);
  receiver.behave(500);
  // It has failed for a moment only: the message is given up, the webhook is not.
  expect(await sendMessage(scope, message, signal)).toBe('done');
  expect(await messagesOf(id)).toMatchObject([{ state: 'failed' }]);
  expect(await findWebhook(scope, id)).toMatchObject({ value: { disabledAt: null } });

  await inScope(scope, (tx) => tx.update(webhooks).set({ failingSince: sql`now() - interval '1 day'` }));
  const next = await testMessage(id);
  const waiting = await testMessage(id);
  await outOfTries(next);
  expect(await sendMessage(scope, next, signal)).toBe('done');
  expect(await findWebhook(scope, id)).toMatchObject({
    value: { disabledAt: expect.any(Date), problem: 'It has taken no message for a day.' },
  });
  const mails = await inScope(scope, (tx) => tx.select().from(sandboxMessages));
  expect(mails).toMatchObject([
    { subject: 'The webhook to 127.0.0.1:'.concat(new URL(receiver.url).port, ' was switched off') },
  ]);
  expect(
    await inScope(scope, (tx) =>
      tx
        .select({ action: auditLog.action })
        .from(auditLog)
        .where(and(eq(auditLog.targetId, id), eq(auditLog.action, 'webhook.switched_off'))),
    ),
  ).toHaveLength(1);
  const calls = receiver.received.length;
  expect(await sendMessage(scope, waiting, signal)).toBe('done');
  expect(receiver.received).toHaveLength(calls);

  receiver.behave(200);
  expect(await sendMessageAgain(scope, id, waiting)).toMatchObject({ problem: { code: 'conflict' } });
  await switchWebhook(scope, id, true);
  expect((await sendMessageAgain(scope, id, waiting)).ok).toBe(true);
  expect(await sendMessage(scope, waiting, signal)).toBe('done');
  expect(receivedWith(waiting)).toHaveLength(1);
  expect(await findWebhook(scope, id)).toMatchObject({ value: { disabledAt: null, problem: null } });
});

test('a receiver that is gone for good is told nothing more', async () => {
  const { id } = await newWebhook();
  receiver.behave(410);
  expect(await sendMessage(scope, await testMessage(id), signal)).toBe('done');
  expect(await findWebhook(scope, id)).toMatchObject({ value: { disabledAt: expect.any(Date) } });
});

test('a new key signs at once, and the former one for another day', async () => {
  const { id, secret } = await newWebhook();
  const rotated = await rotateWebhookSecret(scope, id);
  if (!rotated.ok) throw new Error('it is there');
  const message = await testMessage(id);
  await sendMessage(scope, message, signal);
  const [got] = receivedWith(message);
  if (!got) throw new Error('it arrived');
  expect([verify(rotated.value.secret, got), verify(secret, got)]).toEqual([true, true]);
  await inScope(scope, (tx) => tx.update(webhooks).set({ previousUntil: sql`now() - interval '1 second'` }));
  const later = await testMessage(id);
  await sendMessage(scope, later, signal);
  const [gotLater] = receivedWith(later);
  if (!gotLater) throw new Error('it arrived');
  expect([verify(rotated.value.secret, gotLater), verify(secret, gotLater)]).toEqual([true, false]);
  const stored = await inScope(scope, (tx) => tx.select().from(webhooks));
  for (const key of [secret, rotated.value.secret]) expect(JSON.stringify(stored)).not.toContain(key);
});

test('a stranger reaches neither a webhook nor its messages', async () => {
  const { id } = await newWebhook();
  const message = await testMessage(id);
  await sendMessage(scope, message, signal);
  const { scope: stranger } = await testWorkspace('Stranger');
  const missing = newId(WebhookId);
  const input = WebhookInput.parse({ url: 'https://evil.example.com', events: ['contact.created'] });
  for (const ask of [
    (of: WebhookId) => findWebhook(stranger, of),
    (of: WebhookId) => updateWebhook(stranger, of, input),
    (of: WebhookId) => rotateWebhookSecret(stranger, of),
    (of: WebhookId) => switchWebhook(stranger, of, false),
    (of: WebhookId) => testWebhook(stranger, of),
    (of: WebhookId) => sendMessageAgain(stranger, of, message),
    (of: WebhookId) => deleteWebhook(stranger, of),
  ]) {
    const answer = await ask(id);
    expect(answer).toMatchObject({ ok: false, problem: { code: 'not_found' } });
    expect(await ask(missing)).toEqual(answer);
  }
  expect(await listWebhooks(stranger)).toEqual([]);
  expect((await listMessages(stranger, id)).rows).toEqual([]);
  expect(await findWebhook(scope, id)).toMatchObject({ value: { url: receiver.url, disabledAt: null } });
  expect(await messagesOf(id)).toHaveLength(1);
});

test('messages are read page by page, both ways', async () => {
  const { id } = await newWebhook(['contact.created']);
  await testList(scope, 5);
  const page = (cursor: string | null) => listMessages(scope, id, { cursor, limit: 2 });
  const first = await page(null);
  const second = await page(first.next);
  const third = await page(second.next);
  const ids = [first, second, third].flatMap(({ rows }) => rows.map((row) => row.id));
  expect(ids).toEqual(
    (await messagesOf(id))
      .map((message) => message.id)
      .sort()
      .reverse(),
  );
  expect([first.previous, third.next]).toEqual([null, null]);
  expect(await page(third.previous)).toEqual(second);
  expect((await page(second.previous)).rows).toEqual(first.rows);
  expect((await page('nonsense')).rows).toEqual(first.rows);
});

test('what was told more than thirty days ago is forgotten, and nothing else', async () => {
  const { id } = await newWebhook();
  const day = 24 * 60 * 60 * 1000;
  const old = WebhookMessageId.parse(uuidv7(Date.now() - 31 * day));
  const kept = WebhookMessageId.parse(uuidv7(Date.now() - 29 * day));
  const message = {
    workspaceId: scope.workspaceId,
    webhookId: id,
    type: 'webhook.test',
    queued: true,
  } as const;
  await inScope(scope, (tx) =>
    tx.insert(webhookMessages).values([
      { ...message, id: old },
      { ...message, id: kept },
    ]),
  );
  await queueAllNewMessages();
  expect((await messagesOf(id)).map((one) => one.id)).toEqual([kept]);
});

test('a deleted webhook leaves nothing, and its jobs end', async () => {
  const { id } = await newWebhook();
  const message = await testMessage(id);
  await sendMessage(scope, message, signal);
  expect((await deleteWebhook(scope, id)).ok).toBe(true);
  expect(await sendMessage(scope, message, signal)).toBe('done');
  expect(await inScope(scope, (tx) => tx.select().from(webhookAttempts))).toEqual([]);
});

test.each([
  { url: 'ftp://example.com', events: ['contact.created'] },
  { url: 'example.com/hooks', events: ['contact.created'] },
  { url: 'https://user:password@example.com', events: ['contact.created'] },
  { url: 'https://:password@example.com', events: ['contact.created'] },
  { url: `https://example.com/${'x'.repeat(2000)}`, events: ['contact.created'] },
  { url: 'https://example.com', events: [] },
  { url: 'https://example.com', events: ['contact.eaten'] },
])('%j is no webhook', (input) => {
  expect(WebhookInput.safeParse(input).success).toBe(false);
});
