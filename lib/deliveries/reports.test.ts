import { createHmac, randomUUID } from 'node:crypto';
import { and, eq, isNotNull } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import type { Scope } from '../auth/scope';
import { launchNow, ledger, testCampaign, testList } from '../campaigns/testing';
import { deliveries, providerReports, suppressions } from '../db/schema/deliveries';
import { senders } from '../db/schema/senders';
import { inScope } from '../db/scoped';
import type { DeliveryId, SenderId } from '../ids';
import { sealSettings } from '../senders/sender-settings';
import { newWebhookSecret } from '../webhooks/signature';
import { testWorkspace } from '../workspaces/testing';
import { reportAddress } from './report-address';
import { processAllReports, receiveReport } from './reports';

const secret = newWebhookSecret();

/** People whom a campaign is being sent to through Resend, and the token of its sender's address for reports. */
async function resending(people: number | { email: string }[]) {
  const { scope, senderId } = await testWorkspace();
  await inScope(scope, (tx) =>
    tx
      .update(senders)
      .set({ provider: 'resend', config: sealSettings({ apiKey: 're_right', webhookSecret: secret }) })
      .where(eq(senders.id, senderId)),
  );
  const { listId } = await testList(scope, people);
  const send = async () => {
    const campaignId = await testCampaign(scope, senderId, [listId]);
    await launchNow(scope, campaignId);
    await inScope(scope, (tx) =>
      tx
        .update(deliveries)
        .set({ state: 'sent' })
        .where(and(eq(deliveries.campaignId, campaignId), eq(deliveries.state, 'queued'))),
    );
    return ledger(scope, campaignId);
  };
  return { scope, senderId, send, token: tokenOf(scope, senderId) };
}

const tokenOf = (scope: Scope, id: SenderId) =>
  reportAddress(scope, { id, provider: 'resend' }).split('/').at(-1) ?? '';

type Event = { id: string; type: string; deliveryId: DeliveryId; bounce?: string };

/** As Resend tells it. */
const bodyOf = ({ type, deliveryId, bounce }: Event) =>
  JSON.stringify({
    type: `email.${type}`,
    created_at: '2026-11-22T23:41:12.126Z',
    data: {
      email_id: '56761188-7520-42d8-8898-ff6fc54ce618',
      to: ['ann@example.com'],
      tags: { delivery: deliveryId },
      ...(bounce ? { bounce: { type: bounce, subType: 'General', message: 'It came back.' } } : {}),
    },
  });

/** Resend signs no address. */
const url = 'https://mail.example.com/api/webhooks/resend/t';

function signed(id: string, body: string, { key = secret, at = Date.now() } = {}) {
  const timestamp = String(Math.floor(at / 1000));
  const mac = createHmac('sha256', Buffer.from(key.slice('whsec_'.length), 'base64'));
  const signature = mac.update(`${id}.${timestamp}.${body}`).digest('base64');
  const headers = new Headers({
    'svix-id': id,
    'svix-timestamp': timestamp,
    'svix-signature': `v1,bm90IHRoaXMgb25l v1,${signature}`,
  });
  return { url, headers, body: Buffer.from(body) };
}

const suppressed = (scope: Scope) =>
  inScope(scope, async (tx) => {
    const rows = await tx.select().from(suppressions).where(eq(suppressions.workspaceId, scope.workspaceId));
    return rows.map(({ address, reason }) => `${address} ${reason}`).sort();
  });

describe('what Resend reports', () => {
  it('is kept once, signed for this sender a moment ago, and nothing else is', async () => {
    const { scope, senderId, send, token } = await resending(1);
    const [row] = await send();
    if (!row) throw new Error('it is in the ledger');
    const body = bodyOf({ id: '1', type: 'delivered', deliveryId: row.id });
    const asks = async (report = signed('msg_1', body), to = token, provider = 'resend') =>
      receiveReport(provider, to, report);
    const now = Date.now();
    expect(await asks(signed('msg_1', body, { key: newWebhookSecret() }))).toMatchObject({
      what: 'unsigned',
    });
    expect(await asks(signed('msg_1', body, { at: now - 400_000 }))).toMatchObject({ what: 'unsigned' });
    expect(await asks(signed('msg_1', body, { at: now + 400_000 }))).toMatchObject({ what: 'unsigned' });
    expect(await asks({ ...signed('msg_1', body), body: Buffer.from(`${body} `) })).toMatchObject({
      what: 'unsigned',
    });
    expect(await asks({ url, headers: new Headers(), body: Buffer.from(body) })).toMatchObject({
      what: 'unsigned',
    });
    expect(await asks(signed('msg_1', body), `${token.slice(1)}A`)).toMatchObject({ what: 'unknown' });
    expect(await asks(signed('msg_1', body), token, 'twilio')).toMatchObject({ what: 'unknown' });
    const other = await testWorkspace();
    expect(await asks(signed('msg_1', body), tokenOf(other.scope, senderId))).toMatchObject({
      what: 'unknown',
    });
    expect(await inScope(scope, (tx) => tx.select().from(providerReports))).toEqual([]);

    expect(await asks()).toMatchObject({ what: 'kept' });
    expect(await asks()).toMatchObject({ what: 'seen' });
    await processAllReports(scope);
    expect(await ledger(scope, row.campaignId)).toMatchObject([{ state: 'sent', bouncedAt: null }]);
    expect((await ledger(scope, row.campaignId))[0]?.deliveredAt).not.toBeNull();
    const left = await inScope(scope, (tx) =>
      tx.select().from(providerReports).where(isNotNull(providerReports.body)),
    );
    expect(left).toEqual([]);
  });

  it('takes no report without a signing secret', async () => {
    const { scope, senderId } = await testWorkspace();
    await inScope(scope, (tx) =>
      tx
        .update(senders)
        .set({ provider: 'resend', config: sealSettings({ apiKey: 're_right' }) })
        .where(eq(senders.id, senderId)),
    );
    const report = signed('msg_1', '{}', { key: 'whsec_' });
    expect(await receiveReport('resend', tokenOf(scope, senderId), report)).toMatchObject({
      what: 'unsigned',
    });
  });

  it('suppresses who bounced for good or complained; whoever did not get it this time, after three in a row', async () => {
    const people = ['gone', 'angry', 'full', 'once'].map((name) => ({ email: `${name}@example.com` }));
    const { scope, send, token } = await resending(people);
    const tell = async (who: string, type: string, bounce?: string) => {
      for (const row of rows.filter(({ address }) => address === `${who}@example.com`)) {
        const event = { id: randomUUID(), type, deliveryId: row.id, bounce };
        expect(await receiveReport('resend', token, signed(event.id, bodyOf(event)))).toMatchObject({
          what: 'kept',
        });
      }
      await processAllReports(scope);
    };
    let rows = await send();
    await tell('gone', 'bounced', 'Permanent');
    await tell('angry', 'complained');
    expect(await suppressed(scope)).toEqual(['angry@example.com complained', 'gone@example.com bounced']);
    await tell('full', 'bounced', 'Transient');
    rows = await send();
    await tell('full', 'bounced', 'Transient');
    await tell('once', 'bounced', 'Transient');
    expect(await suppressed(scope)).toHaveLength(2);
    rows = await send();
    await tell('full', 'bounced', 'Undetermined');
    expect(await suppressed(scope)).toEqual([
      'angry@example.com complained',
      'full@example.com bounced',
      'gone@example.com bounced',
    ]);
  });

  it('ends in the same state shuffled, doubled, forged and replayed as in order', async () => {
    const kinds = [
      { type: 'sent' },
      { type: 'delivered' },
      { type: 'opened' },
      { type: 'clicked' },
      { type: 'bounced', bounce: 'Permanent' },
    ];
    const outcome = async (shuffles: boolean) => {
      const { scope, send, token } = await resending(
        Array.from({ length: 1250 }, (_, n) => ({ email: `p${n}@example.com` })),
      );
      const rows = (await send()).sort((a, b) => ((a.address ?? '') < (b.address ?? '') ? -1 : 1));
      const real = rows.flatMap(({ id: deliveryId }, n) =>
        kinds.slice(0, 1 + (n % kinds.length)).map((kind) => ({ ...kind, id: randomUUID(), deliveryId })),
      );
      const reports = real.map((event) => ({ event, how: {} }));
      if (shuffles) {
        const forged = rows.map(({ id: deliveryId }) => ({
          event: { id: randomUUID(), type: 'complained', deliveryId },
          how: { key: newWebhookSecret() },
        }));
        const replayed = rows.map(({ id: deliveryId }) => ({
          event: { id: randomUUID(), type: 'complained', deliveryId },
          how: { at: Date.now() - 3600_000 },
        }));
        reports.push(...reports.map((report) => ({ ...report })), ...forged, ...replayed);
        const places = new Map(reports.map((report) => [report, Math.random()]));
        reports.sort((a, b) => (places.get(a) ?? 0) - (places.get(b) ?? 0));
      }
      while (reports.length > 0)
        await Promise.all(
          reports
            .splice(0, 8)
            .map(({ event, how }) => receiveReport('resend', token, signed(event.id, bodyOf(event), how))),
        );
      await processAllReports(scope);
      const ended = await Promise.all(
        [...new Set(rows.map(({ campaignId }) => campaignId))].map((id) => ledger(scope, id)),
      );
      const marks = ended
        .flat()
        .map(
          (row) =>
            `${row.address} ${[row.deliveredAt, row.openedAt, row.clickedAt, row.bouncedAt, row.complainedAt].map(Boolean).join(' ')}`,
        );
      return { marks: marks.sort(), suppressed: await suppressed(scope) };
    };
    const inOrder = await outcome(false);
    expect(inOrder.suppressed).toHaveLength(250);
    expect(await outcome(true)).toEqual(inOrder);
  }, 300_000);
});
