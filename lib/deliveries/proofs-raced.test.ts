import { randomBytes } from 'node:crypto';
import { inArray, sql } from 'drizzle-orm';
import { expect, it } from 'vitest';
import type { Scope } from '../auth/scope';
import { launchNow, ledger, testCampaign, testList } from '../campaigns/testing';
import { followShortLink } from '../codes/short-links';
import { unsafeDatabase } from '../db/client';
import { deliveries, deliveryAttempts, shortLinks } from '../db/schema/deliveries';
import { trackingEvents } from '../db/schema/tracking';
import { inScope } from '../db/scoped';
import { type DeliveryId, ShortSlug, uuidv7 } from '../ids';
import { countTracking } from '../tracking/count';
import { testWorkspace } from '../workspaces/testing';
import { recordProviderEvents } from './events';

/** People whose messages went out, or are about to. */
async function messagesTo(people: number, state: 'sent' | 'sending' = 'sent') {
  const { scope, senderId } = await testWorkspace();
  const { listId } = await testList(scope, people);
  const campaignId = await testCampaign(scope, senderId, [listId]);
  await launchNow(scope, campaignId);
  const rows = await ledger(scope, campaignId);
  const ids = rows.map(({ id }) => id);
  await inScope(scope, (tx) => tx.update(deliveries).set({ state }).where(inArray(deliveries.id, ids)));
  return { scope, campaignId, ids };
}

/** All of them fail, as ones who may have got it, in a transaction that ends only when `tell` waits for it. */
async function failWhile(scope: Scope, ids: DeliveryId[], tell: () => Promise<unknown>): Promise<void> {
  const { telling } = await inScope(scope, async (tx) => {
    await tx.update(deliveries).set({ state: 'failed' }).where(inArray(deliveries.id, ids));
    await tx.insert(deliveryAttempts).values(
      ids.map((deliveryId) => ({
        ...{ workspaceId: scope.workspaceId, id: uuidv7(), deliveryId },
        ...{ attempt: 1, reason: 'in_doubt' as const, detail: 'the line was lost' },
      })),
    );
    const telling = Promise.allSettled([tell()]);
    for (let waits = false; !waits; ) {
      const found = await unsafeDatabase().execute(sql`select from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock'`);
      waits = found.length > 0;
    }
    return { telling };
  });
  expect(await telling).toMatchObject([{ status: 'fulfilled' }]);
}

// Two, for the server crashed at the second row that such an update looked at again.
it('believes reports of messages that fail at that moment', async () => {
  const { scope, campaignId, ids } = await messagesTo(2);
  await failWhile(scope, ids, () =>
    recordProviderEvents(
      scope,
      ids.map((deliveryId) => ({ deliveryId, type: 'delivered' as const })),
    ),
  );
  const told = { state: 'sent', deliveredAt: expect.any(Date) };
  expect(await ledger(scope, campaignId)).toMatchObject([told, told]);
});

it('believes opens of messages that fail at that moment', async () => {
  const { scope, campaignId, ids } = await messagesTo(2);
  await inScope(scope, (tx) =>
    tx.insert(trackingEvents).values(
      ids.map((deliveryId) => ({
        ...{ workspaceId: scope.workspaceId, id: uuidv7(), deliveryId, campaignId },
        ...{ kind: 'open' as const, class: 'human' as const, at: new Date() },
      })),
    ),
  );
  await failWhile(scope, ids, () => countTracking(scope, Date.now() + 3_600_000));
  const told = { state: 'sent', openedAt: expect.any(Date) };
  expect(await ledger(scope, campaignId)).toMatchObject([told, told]);
});

it('believes clicks in a message that fails at that moment', async () => {
  const { scope, campaignId, ids } = await messagesTo(1, 'sending');
  const slug = ShortSlug.parse(randomBytes(5).toString('hex').toUpperCase());
  await inScope(scope, (tx) =>
    tx
      .insert(shortLinks)
      .values(ids.map((deliveryId) => ({ workspaceId: scope.workspaceId, deliveryId, link: 0, slug }))),
  );
  await failWhile(scope, ids, () => followShortLink(slug, { clicked: true }));
  expect(await ledger(scope, campaignId)).toMatchObject([{ state: 'sent', clickedAt: expect.any(Date) }]);
});

it('takes reports of several types about the same messages at once', async () => {
  const { scope, ids } = await messagesTo(20);
  const types = ['delivered', 'deferred', 'bounced', 'accepted'] as const;
  const reports = Array.from({ length: 8 }, (_, from) =>
    (from % 2 ? ids : ids.toReversed()).map((deliveryId, n) => ({
      ...{ deliveryId, type: types[n % 4] ?? 'delivered' },
    })),
  );
  const told = await Promise.allSettled(reports.map((events) => recordProviderEvents(scope, events)));
  expect(told.filter(({ status }) => status === 'rejected')).toEqual([]);
});
