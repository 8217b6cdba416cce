import { eq } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { preflight } from '../campaigns/preflight';
import { sendTest } from '../campaigns/send-test';
import { launchNow, ledger, testCampaign, testList, unthrottle } from '../campaigns/testing';
import { sandboxMessages } from '../db/schema/deliveries';
import { contactCodes } from '../db/schema/lists';
import { inScope } from '../db/scoped';
import { runBatch } from '../deliveries/batch';
import { sentResult, standinProvider, testSignals } from '../deliveries/testing';
import { env } from '../env';
import { testWorkspace } from '../workspaces/testing';
import { campaignRef } from './code-links';
import { codeOf } from './testing';

async function draft(body: string, more: { offerText?: string; offerUntil?: string } = {}) {
  const { scope, senderId } = await testWorkspace();
  await unthrottle(scope, senderId);
  const { listId, contactIds } = await testList(scope, 3);
  const content = { format: 'html', body } as const;
  const campaignId = await testCampaign(scope, senderId, [listId], { content, ...more });
  return { scope, contactIds, campaignId };
}

test('each recipient finds their own code in the message, and it is the one that they keep', async () => {
  const { scope, contactIds, campaignId } = await draft('<p>{{ qr }}</p>');
  await launchNow(scope, campaignId);
  const known = await codeOf(scope, contactIds[0] ?? expect.fail());
  const { engine, received } = standinProvider(() => sentResult);
  await runBatch(engine, scope, { campaignId, batch: 0 }, testSignals());
  const rows = await ledger(scope, campaignId);
  expect(received).toHaveLength(3);
  for (const message of received) {
    const row = rows.find(({ id }) => id === message.deliveryId) ?? expect.fail();
    const code = await codeOf(scope, row.contactId ?? expect.fail());
    const page = `${env().APP_URL}/q/${code}`;
    expect(message.html).toContain(`src="${page}.png?c=${campaignRef(campaignId)}"`);
    expect(message.text).toContain(`${page}?c=${campaignRef(campaignId)}`);
  }
  expect(received.filter(({ html }) => html.includes(known))).toHaveLength(1);
});

test('a message that shows no code makes none', async () => {
  const { scope, campaignId } = await draft('<p>Bread</p>');
  await launchNow(scope, campaignId);
  const { engine, received } = standinProvider(() => sentResult);
  await runBatch(engine, scope, { campaignId, batch: 0 }, testSignals());
  expect(received).toHaveLength(3);
  expect(await inScope(scope, (tx) => tx.select().from(contactCodes))).toEqual([]);
});

test('a test message has nobody’s code', async () => {
  const { scope, contactIds, campaignId } = await draft('<p>{{ qr_code }}</p>');
  const sent = await sendTest(scope, campaignId, {
    to: ['me@example.com'],
    contactId: contactIds[0] ?? null,
  });
  expect(sent).toMatchObject({ ok: true, value: { results: [{ ok: true }] } });
  const [message] = await inScope(scope, (tx) =>
    tx.select().from(sandboxMessages).where(eq(sandboxMessages.to, 'me@example.com')),
  );
  expect(message?.html).toContain('0000-0000-0000');
});

test.each([
  ['<p>{{ qr }}</p>', { offerText: 'A bun' }, []],
  ['<p>{{ qr }}</p>', {}, []],
  ['<p>Bread</p>', { offerText: 'A bun' }, [/does not lead to it/]],
  ['<p>{{ qr_url }}</p>', { offerText: 'A bun', offerUntil: '2020-01-31' }, [/ended on 2020-01-31/]],
  ['<p>Bread</p>', { offerUntil: '2020-01-31' }, []],
])('before sending it is said what is wrong with an offer: %s, %o', async (body, offer, said) => {
  const { scope, campaignId } = await draft(body, offer);
  const found = await preflight(scope, campaignId);
  if (!found.ok) throw new Error(found.problem.message);
  const problems = found.value.problems.filter(({ message }) => message.includes('offer'));
  expect(problems).toEqual(
    said.map((message) =>
      expect.objectContaining({ message: expect.stringMatching(message), blocking: false }),
    ),
  );
});
