import { once } from 'node:events';
import { createServer } from 'node:http';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Scope } from '../auth/scope';
import { findCampaign } from '../campaigns/campaigns';
import { compileCampaign } from '../campaigns/message';
import { findProblems } from '../campaigns/problems';
import { testCampaign, testList } from '../campaigns/testing';
import { auditLog } from '../db/schema/operation';
import { senders } from '../db/schema/senders';
import { inScope } from '../db/scoped';
import { readUnsubscribeToken } from '../deliveries/unsubscribe-token';
import { newId, SenderId } from '../ids';
import { createSender } from '../senders/senders';
import { testWorkspace } from '../workspaces/testing';
import { checkAllDomains, checkSenderDomain, Selectors, senderDomain } from './sender-domain';
import { startNameServer } from './testing';

/** What stands at APP_URL: it takes one-click posts as the app does, or fails. */
const place = { status: 200 };
vi.hoisted(() => {
  process.env.APP_URL = `http://127.0.0.1:${20_000 + (process.pid % 20_000)}`;
});
const posts: { url: string; body: string }[] = [];
const app = createServer((request, response) => {
  let body = '';
  request.on('data', (piece) => {
    body += piece;
  });
  request.on('end', () => {
    posts.push({ url: request.url ?? '', body });
    response.writeHead(place.status).end();
  });
});

const dns = await startNameServer({
  'shop.example': { TXT: ['v=spf1 ip4:192.0.2.10 ~all'], MX: ['10 mx.shop.example'] },
  '_dmarc.shop.example': { TXT: ['v=DMARC1; p=none'] },
  'smtp.shop.example': { A: ['192.0.2.10'] },
});

beforeAll(async () => {
  app.listen(Number(new URL(process.env.APP_URL ?? '').port), '127.0.0.1');
  await once(app, 'listening');
});
afterAll(() => {
  app.close();
  dns.close();
});

async function newSender(scope: Scope, fromEmail = 'news@shop.example'): Promise<SenderId> {
  const limits = { perSecond: null, perMinute: null, perHour: null, perDay: null };
  const made = await createSender(
    scope,
    'smtp',
    { channel: 'email', name: 'Shop', fromName: 'Shop', fromEmail, replyTo: null, ...limits },
    {
      host: 'smtp.shop.example',
      port: 587,
      security: 'none',
      user: '',
      password: '',
      acceptAnyCertificate: false,
    },
  );
  if (!made.ok) throw new Error(made.problem.message);
  return made.value.id;
}

const rowOf = async (scope: Scope, id: SenderId) => {
  const [row] = await inScope(scope, (tx) => tx.select().from(senders).where(eq(senders.id, id)));
  return row;
};

test('what the DNS says is kept with the sender, with the selectors, and shown in the preflight', async () => {
  const { scope } = await testWorkspace('Shop');
  const id = await newSender(scope);
  expect(await senderDomain(scope, id)).toMatchObject({
    value: { domain: 'shop.example', report: null, at: null },
  });
  const checked = await checkSenderDomain(scope, id, ['s1'], dns.resolve);
  expect(checked).toMatchObject({
    ok: true,
    value: {
      domain: 'shop.example',
      findings: [
        { check: 'spf', verdict: 'good' },
        { check: 'dkim', verdict: 'wrong' },
        { check: 'dmarc', verdict: 'good' },
        { check: 'mx', verdict: 'good' },
        // It works, and yet nobody would use it: this APP_URL is not https.
        { check: 'one_click', verdict: 'wrong', says: expect.stringContaining('It works') },
      ],
    },
  });
  expect(await senderDomain(scope, id)).toMatchObject({
    value: { selectors: ['s1'], report: checked.ok && checked.value, at: expect.any(Date) },
  });
  const { listId } = await testList(scope, 1);
  const campaign = await findCampaign(scope, await testCampaign(scope, id, [listId]));
  if (!campaign.ok) throw new Error('it is there');
  const problems = findProblems(campaign.value, null, await compileCampaign(scope, campaign.value));
  expect(problems.map(({ message, blocking }) => [message.split(':')[0], blocking])).toEqual([
    ['DKIM of shop.example', false],
    ['One-click unsubscribe of shop.example', false],
    ['The unsubscribe link and the pictures of the message lead to http', false],
  ]);
  const log = await inScope(scope, (tx) =>
    tx
      .select({ action: auditLog.action, detail: auditLog.detail })
      .from(auditLog)
      .where(eq(auditLog.targetId, id)),
  );
  expect(log).toContainEqual({ action: 'sender.selectors_changed', detail: { selectors: ['s1'] } });
});

test('one-click is tried with the headers of a message, and unsubscribes nobody', async () => {
  const { scope } = await testWorkspace('Shop');
  const id = await newSender(scope);
  posts.length = 0;
  await checkSenderDomain(scope, id, [], dns.resolve);
  expect(posts).toMatchObject([{ body: 'List-Unsubscribe=One-Click' }]);
  expect(readUnsubscribeToken(posts[0]?.url.split('/').at(-1) ?? '')).toEqual({
    workspaceId: scope.workspaceId,
    deliveryId: null,
  });
  place.status = 404;
  const broken = await checkSenderDomain(scope, id, [], dns.resolve);
  place.status = 200;
  expect(broken.ok && broken.value.findings.at(-1)).toMatchObject({
    verdict: 'wrong',
    says: expect.stringContaining('answered 404'),
  });
});

test('the daily look is at every sender that reaches people, and a changed address is another domain', async () => {
  const { scope, senderId: sandbox } = await testWorkspace('Shop');
  const id = await newSender(scope);
  const local = await newSender(scope, 'news@localhost');
  await checkAllDomains(new AbortController().signal, dns.resolve);
  expect((await rowOf(scope, id))?.domainReport?.findings).toHaveLength(5);
  expect([(await rowOf(scope, sandbox))?.domainReport, (await rowOf(scope, local))?.domainReport]).toEqual([
    null,
    null,
  ]);
  await inScope(scope, (tx) =>
    tx.update(senders).set({ fromEmail: 'news@other.example' }).where(eq(senders.id, id)),
  );
  expect(await senderDomain(scope, id)).toMatchObject({
    value: { domain: 'other.example', report: null, at: null },
  });
  expect(await checkSenderDomain(scope, local, [], dns.resolve)).toMatchObject({
    ok: false,
    problem: { code: 'invalid' },
  });
});

test('a stranger neither sees nor checks it', async () => {
  const { scope } = await testWorkspace('Shop');
  const { scope: stranger } = await testWorkspace('Stranger');
  const id = await newSender(scope);
  const answer = await senderDomain(stranger, id);
  expect(answer).toMatchObject({ ok: false, problem: { code: 'not_found' } });
  expect(await senderDomain(stranger, newId(SenderId))).toEqual(answer);
  expect(await checkSenderDomain(stranger, id, ['x'], dns.resolve)).toEqual(answer);
  expect(await rowOf(scope, id)).toMatchObject({ dkimSelectors: [], domainReport: null });
});

test.each([
  ['resend', ['resend']],
  ['s1, s2;S1 k3', ['s1', 's2', 'k3']],
  ['', []],
])('“%s” are selectors', (text, names) => {
  expect(Selectors.parse(text)).toEqual(names);
});

test.each(['a b c d e f', 's1/../x', '-', '*', 'x'.repeat(64)])('“%s” are none', (text) => {
  expect(Selectors.safeParse(text).success).toBe(false);
});
