import { and, eq } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { auditLog } from '../db/schema/operation';
import { inScope } from '../db/scoped';
import { campaignStatuses } from '../db/states';
import { LimitsInput } from '../senders/limits';
import type { Limits } from '../throttle/pace';
import { testWorkspace } from '../workspaces/testing';
import { duplicateCampaign, findCampaign } from './campaigns';
import { limitCampaign } from './limits';
import { preflight } from './preflight';
import { testCampaign, testList } from './testing';

const none: Limits = { perSecond: null, perMinute: null, perHour: null, perDay: null };

it('a campaign’s limits can be changed until it has ended, and are written down', async () => {
  const { scope, senderId } = await testWorkspace();
  const limits = { ...none, perSecond: 5, perDay: 1000 };
  for (const status of campaignStatuses) {
    const id = await testCampaign(scope, senderId, [], { status, revision: 3 });
    const answer = await limitCampaign(scope, id, limits);
    const ended = status === 'completed' || status === 'cancelled';
    if (ended) expect(answer).toMatchObject({ ok: false, problem: { code: 'conflict' } });
    else expect(answer).toMatchObject({ ok: true });
    // It leaves the revision alone: nobody who writes meanwhile is disturbed.
    expect(await findCampaign(scope, id)).toMatchObject({
      value: { limits: ended ? none : limits, revision: 3 },
    });
    const entries = await inScope(scope, (tx) =>
      tx
        .select({ action: auditLog.action, detail: auditLog.detail })
        .from(auditLog)
        .where(and(eq(auditLog.workspaceId, scope.workspaceId), eq(auditLog.targetId, id))),
    );
    expect(entries).toEqual(ended ? [] : [{ action: 'campaign.limits_changed', detail: limits }]);
  }
  const stranger = (await testWorkspace('Other')).scope;
  const id = await testCampaign(scope, senderId, []);
  expect(await limitCampaign(stranger, id, limits)).toMatchObject({ problem: { code: 'not_found' } });
  expect(await findCampaign(scope, id)).toMatchObject({ value: { limits: none } });
});

it('a copy has the lists, the sender, the limits and the message, and goes out at no time', async () => {
  const { scope, senderId } = await testWorkspace();
  const { listId } = await testList(scope, 1);
  const id = await testCampaign(scope, senderId, [listId], {
    ...{ status: 'scheduled', scheduledAt: new Date(), scheduledZone: 'UTC', held: true, problem: 'Late.' },
    ...{ perMinute: 7, perHour: 70, preheader: 'Warm' },
  });
  const copy = await duplicateCampaign(scope, id);
  if (!copy.ok) throw new Error('it was copied');
  const original = await findCampaign(scope, id);
  if (!original.ok) throw new Error('it is there');
  const { subject, preheader, content } = original.value;
  expect(await findCampaign(scope, copy.value.id)).toMatchObject({
    value: {
      ...{ status: 'draft', scheduledAt: null, scheduledZone: null, held: false, problem: null },
      ...{ listIds: [listId], senderId, subject, preheader, content },
      limits: { ...none, perMinute: 7, perHour: 70 },
    },
  });
});

it('what is announced follows the tightest limit of sender and campaign', async () => {
  const { scope, senderId } = await testWorkspace();
  const { listId } = await testList(scope, 100);
  const takes = async (limits: Partial<Limits>) => {
    const id = await testCampaign(scope, senderId, [listId], { ...none, ...limits });
    const plan = await preflight(scope, id);
    return plan.ok ? (plan.value.seconds ?? 0) : 0;
  };
  // The sandbox takes 1,200 a minute.
  expect(await takes({})).toBeLessThan(10);
  expect(await takes({ perMinute: 6000 })).toBeLessThan(10);
  expect(await takes({ perMinute: 10, perHour: 6000 })).toBeGreaterThan(9 * 60);
  expect(await takes({ perMinute: 10, perHour: 60 })).toBeGreaterThan(90 * 60);
  expect(await takes({ perSecond: 1, perDay: 50 })).toBeGreaterThan(36 * 3600);
});

it.each([0, -1, 1.5, 1_000_001, '5'])('%s is no limit', (wrong) => {
  for (const field of ['perSecond', 'perMinute', 'perHour', 'perDay'])
    expect(LimitsInput.safeParse({ ...none, [field]: wrong }).success).toBe(false);
});
