import { beforeAll, expect, test } from 'vitest';
import type { Scope } from '../auth/scope';
import { campaignProgress } from '../campaigns/progress';
import { campaigns } from '../db/schema/campaigns';
import { deliveries, deliveryAttempts, suppressions } from '../db/schema/deliveries';
import { inScope } from '../db/scoped';
import { CampaignId, DeliveryId, newId, uuidv7 } from '../ids';
import { testWorkspace } from '../workspaces/testing';
import { countBouncedForGood, countReasons, failedAttempts } from './reasons';

let scope: Scope;
let stranger: Scope;
const campaignId = newId(CampaignId);
const other = newId(CampaignId);
const failed = newId(DeliveryId);

beforeAll(async () => {
  ({ scope } = await testWorkspace());
  ({ scope: stranger } = await testWorkspace('Another'));
  const { workspaceId } = scope;
  const row = (state: 'sent' | 'skipped' | 'failed' | 'queued', address: string, more = {}) => ({
    ...{ workspaceId, campaignId, id: newId(DeliveryId), channel: 'email' as const, state, address },
    ...more,
  });
  await inScope(scope, async (tx) => {
    for (const id of [campaignId, other])
      await tx
        .insert(campaigns)
        .values({ workspaceId, id, name: 'May', content: { format: 'markdown', body: 'Hello' } });
    await tx
      .insert(deliveries)
      .values([
        row('sent', 'a@example.com'),
        row('sent', 'gone@example.com', { bouncedAt: new Date() }),
        row('sent', 'full@example.com', { bouncedAt: new Date() }),
        row('failed', 'refused@example.com', { reason: 'address_refused' }),
        row('queued', 'b@example.com'),
        row('skipped', 'c@example.com', { reason: 'unsubscribed' }),
        row('skipped', 'd@example.com', { reason: 'unsubscribed' }),
        row('skipped', 'e@example.com', { reason: 'suppressed' }),
        row('failed', 'f@example.com', { reason: 'temporary', id: failed }),
        row('skipped', 'c@example.com', { reason: 'unsubscribed', campaignId: other }),
      ]);
    for (const address of ['gone@example.com', 'refused@example.com'])
      await tx
        .insert(suppressions)
        .values({ workspaceId, id: uuidv7(), channel: 'email', address, reason: 'bounced', campaignId });
    const attempt = { workspaceId, deliveryId: failed, reason: 'temporary' as const };
    // The fourth, and the first after somebody tried again.
    for (const [second, number] of [3, 4, 1].entries())
      await tx.insert(deliveryAttempts).values({
        ...attempt,
        id: uuidv7(Date.now() + second * 1000),
        attempt: number,
        detail: `451 try ${number}`,
      });
  });
});

test('reasons are counted per state, of this campaign alone, the most frequent first', async () => {
  const reasons = await countReasons(scope, campaignId);
  expect(reasons[0]).toEqual({ state: 'skipped', reason: 'unsubscribed', count: 2 });
  expect(reasons).toHaveLength(4);
  expect(reasons).toContainEqual({ state: 'failed', reason: 'temporary', count: 1 });
});

test('what came back for good is counted without what came back for now, and without what was refused at once', async () => {
  expect(await countBouncedForGood(scope, campaignId)).toBe(1);
});

test('attempts come in the order in which they were made', async () => {
  const attempts = await failedAttempts(scope, [failed]);
  expect(attempts.get(failed)?.map((attempt) => attempt.detail)).toEqual([
    '451 try 3',
    '451 try 4',
    '451 try 1',
  ]);
});

test('progress counts each campaign by itself and adds up', async () => {
  const progress = await campaignProgress(scope, [campaignId, other]);
  expect(progress.get(campaignId)).toMatchObject({ planned: 9, sent: 3, queued: 1, skipped: 3, failed: 2 });
  expect(progress.get(other)).toMatchObject({ planned: 1, sent: 0, skipped: 1 });
});

test('another workspace sees nothing of it', async () => {
  expect(await countReasons(stranger, campaignId)).toEqual([]);
  expect((await failedAttempts(stranger, [failed])).size).toBe(0);
  expect((await campaignProgress(stranger, [campaignId])).get(campaignId)?.planned).toBe(0);
});
