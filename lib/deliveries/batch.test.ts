import { and, eq, sql } from 'drizzle-orm';
import { describe, expect, it, vi } from 'vitest';
import { findCampaign } from '../campaigns/campaigns';
import { limitCampaign } from '../campaigns/limits';
import { campaignStats } from '../campaigns/stats';
import { cancelCampaign, pauseCampaign, resumeCampaign } from '../campaigns/status';
import { launchNow, ledger, makeDue, testCampaign, testList, unthrottle } from '../campaigns/testing';
import { unsafeDatabase } from '../db/client';
import { deliveries, deliveryAttempts, sandboxMessages, suppressions } from '../db/schema/deliveries';
import { contacts } from '../db/schema/lists';
import { workspaces } from '../db/schema/workspaces';
import { inScope } from '../db/scoped';
import type { FailReason } from '../db/states';
import { openSender } from '../senders/open-sender';
import { takePermits } from '../throttle/permits';
import { testWorkspace } from '../workspaces/testing';
import { runBatch } from './batch';
import { claimStatement } from './claim';
import { Engine } from './engine';
import { settle } from './outcome';
import { settleAll } from './settle';
import { sweep } from './sweep';
import { sentResult, standinProvider, testClaim, testSignals } from './testing';
import { launchedBatch, temporary } from './testing-batch';

describe('sending a batch', () => {
  it('sends each once through the sandbox, personal, and completes the campaign', async () => {
    const { scope, campaignId, job } = await launchedBatch(50);
    const engine = new Engine(openSender);
    expect(await runBatch(engine, scope, job, testSignals())).toBe('done');
    const stored = await inScope(scope, (tx) =>
      tx.select().from(sandboxMessages).where(eq(sandboxMessages.workspaceId, scope.workspaceId)),
    );
    expect(stored).toHaveLength(50);
    expect(new Set(stored.map((message) => message.deliveryId)).size).toBe(50);
    expect(stored.map((message) => message.subject).sort()[0]).toBe('Hello Person 0');
    const stats = await campaignStats(scope, campaignId);
    expect(stats).toMatchObject({
      ok: true,
      value: { status: 'completed', planned: 50, sent: 50, delivered: 50, problem: null },
    });
  });

  it('sends each once when many workers run the same batch at the same time', async () => {
    const { scope, campaignId, job } = await launchedBatch(50);
    const { engine, received } = standinProvider(() => sentResult);
    await Promise.all([1, 2, 3, 4].map(() => runBatch(engine, scope, job, testSignals())));
    await runBatch(engine, scope, job, testSignals());
    expect(received).toHaveLength(50);
    expect(new Set(received.map((message) => message.to.address)).size).toBe(50);
    const rows = await ledger(scope, campaignId);
    expect(rows.every((row) => row.state === 'sent' && row.attempts === 1 && row.fence !== 0)).toBe(true);
  });

  it('tries again three times, keeps every reason, then fails while the others go out', async () => {
    const { scope, campaignId, job } = await launchedBatch([
      { email: 'a@example.com' },
      { email: 'b@example.com' },
    ]);
    for (let attempt = 1; attempt <= 4; attempt++) {
      const signals = testSignals();
      const { engine } = standinProvider((message) => {
        signals.stopNow();
        return message.to.address === 'a@example.com' ? temporary : sentResult;
      });
      await runBatch(engine, scope, job, signals);
      await makeDue(scope, campaignId);
    }
    const rows = await ledger(scope, campaignId);
    expect(rows).toMatchObject([
      { state: 'failed', reason: 'temporary', attempts: 4 },
      { state: 'sent', reason: null, attempts: 1 },
    ]);
    const kept = await inScope(scope, (tx) =>
      tx
        .select()
        .from(deliveryAttempts)
        .where(eq(deliveryAttempts.workspaceId, scope.workspaceId))
        .orderBy(deliveryAttempts.attempt),
    );
    expect(kept.map((row) => [row.attempt, row.reason, row.detail])).toEqual(
      [1, 2, 3, 4].map((attempt) => [attempt, 'temporary', '451 4.3.0 try later']),
    );
    const { engine, received } = standinProvider(() => sentResult);
    await runBatch(engine, scope, job, testSignals());
    expect(received).toHaveLength(0);
    expect(await findCampaign(scope, campaignId)).toMatchObject({ ok: true, value: { status: 'completed' } });
  });

  it('waits by the database’s clock, also where the worker’s is an hour ahead', async () => {
    const { scope, campaignId, job } = await launchedBatch(1);
    vi.useFakeTimers({ now: Date.now() + 3_600_000, toFake: ['Date'] });
    try {
      const { engine } = standinProvider(() => temporary);
      await runBatch(engine, scope, job, testSignals());
    } finally {
      vi.useRealTimers();
    }
    const [row] = await ledger(scope, campaignId);
    expect(row).toMatchObject({ state: 'retrying' });
    const waitMs = (row?.retryAt?.getTime() ?? 0) - Date.now();
    expect(waitMs).toBeGreaterThan(0);
    expect(waitMs).toBeLessThan(2_500);
  });

  it('skips whoever unsubscribed, was suppressed or erased after the launch', async () => {
    const { scope, contactIds, campaignId, job } = await launchedBatch([
      { email: 'a@example.com' },
      { email: 'b@example.com' },
      { email: 'c@example.com' },
      { email: 'd@example.com' },
    ]);
    const { workspaceId } = scope;
    const [a, , c] = contactIds;
    if (!a || !c) throw new Error('the contacts were made');
    await inScope(scope, async (tx) => {
      await tx
        .update(contacts)
        .set({ emailSubscribed: false })
        .where(and(eq(contacts.workspaceId, workspaceId), eq(contacts.id, a)));
      await tx.insert(suppressions).values({
        workspaceId,
        id: crypto.randomUUID(),
        channel: 'email',
        address: 'b@example.com',
        reason: 'complained',
      });
      await tx.delete(contacts).where(and(eq(contacts.workspaceId, workspaceId), eq(contacts.id, c)));
    });
    const { engine, received } = standinProvider(() => sentResult);
    await runBatch(engine, scope, job, testSignals());
    expect(received.map((message) => message.to.address)).toEqual(['d@example.com']);
    const rows = await ledger(scope, campaignId);
    expect(rows.map((row) => [row.address, row.state, row.reason, row.attempts])).toEqual([
      ['a@example.com', 'skipped', 'unsubscribed', 0],
      ['b@example.com', 'skipped', 'suppressed', 0],
      ['d@example.com', 'sent', null, 1],
      ['c@example.com', 'skipped', 'no_address', 0],
    ]);
    const stats = await campaignStats(scope, campaignId);
    expect(stats).toMatchObject({
      ok: true,
      value: { planned: 4, sent: 1, skipped: 3, status: 'completed' },
    });
  });

  it('claims nobody while paused, and goes on after', async () => {
    const { scope, campaignId, job, stateOf } = await launchedBatch(3);
    expect(await pauseCampaign(scope, campaignId)).toMatchObject({ ok: true });
    const { engine, received } = standinProvider(() => sentResult);
    expect(await runBatch(engine, scope, job, testSignals())).toBe('done');
    expect(await testClaim(engine, scope, campaignId)).toEqual({ claimed: [], skipped: 0, waiting: 0 });
    expect(received).toHaveLength(0);
    expect(await stateOf()).toEqual(['queued', 'queued', 'queued']);
    expect(await resumeCampaign(scope, campaignId)).toMatchObject({ ok: true, value: { status: 'sending' } });
    await runBatch(engine, scope, job, testSignals());
    expect(received).toHaveLength(3);
  });

  it('cancels whoever waits, lets what is on the wire go out, and adds up', async () => {
    const { scope, campaignId, stateOf } = await launchedBatch(4);
    const { claimed } = await testClaim(new Engine(), scope, campaignId, { limit: 2 });
    expect(await cancelCampaign(scope, campaignId)).toMatchObject({
      ok: true,
      value: { status: 'cancelled' },
    });
    const [first, second] = claimed;
    if (!first || !second) throw new Error('two were claimed');
    await settleAll(scope, [
      { claimed: first, settlement: settle(sentResult, 1, Date.now()) },
      { claimed: second, settlement: settle(temporary, 1, Date.now()) },
    ]);
    expect((await stateOf()).sort()).toEqual(['cancelled', 'cancelled', 'cancelled', 'sent']);
    const { engine, received } = standinProvider(() => sentResult);
    await runBatch(engine, scope, { campaignId, batch: 0 }, testSignals());
    expect(received).toHaveLength(0);
    expect(await resumeCampaign(scope, campaignId)).toMatchObject({
      ok: false,
      problem: { code: 'conflict' },
    });
  });

  it('lets others of its sender go on while a campaign waits for a slow limit of its own', async () => {
    const { scope, senderId } = await testWorkspace();
    await unthrottle(scope, senderId);
    const { listId } = await testList(scope, 60);
    const [slow, quick] = [
      await testCampaign(scope, senderId, [listId], { name: 'slow' }),
      await testCampaign(scope, senderId, [listId], { name: 'quick' }),
    ];
    await limitCampaign(scope, slow, { perHour: 1 });
    await limitCampaign(scope, quick, { perSecond: 1000 });
    await launchNow(scope, slow);
    await launchNow(scope, quick);
    const { engine, received } = standinProvider(() => sentResult);
    const signals = testSignals();
    const standing = [0, 0, 0, 1].map((batch) =>
      runBatch(engine, scope, { campaignId: slow, batch }, signals),
    );
    for (const batch of [0, 1])
      expect(await runBatch(engine, scope, { campaignId: quick, batch }, testSignals())).toBe('done');
    // One place at most is kept by a campaign that waits; the others come back.
    expect(await Promise.race(standing)).toMatchObject({ again: expect.any(Date), behind: 2 });
    signals.stopNow();
    const ends = await Promise.all(standing);
    expect(ends.filter((end) => end === 'stopped')).toHaveLength(1);
    expect(received).toHaveLength(61);
    const rows = await ledger(scope, quick);
    expect(rows.every(({ state }) => state === 'sent')).toBe(true);
  });

  it('comes back when the batch that keeps the place of its campaign may be done', async () => {
    const { scope, senderId } = await testWorkspace();
    await unthrottle(scope, senderId);
    const { listId } = await testList(scope, 52);
    const campaignId = await testCampaign(scope, senderId, [listId]);
    await limitCampaign(scope, campaignId, { perMinute: 10 });
    await launchNow(scope, campaignId);
    await inScope(scope, (tx) =>
      tx.execute(sql`update deliveries set state = 'cancelled' where batch = 0 and id <> all(array(
        select id from deliveries where batch = 0 order by id limit 2))`),
    );
    await takePermits(scope, { senderId, campaignId }, 1);
    const { engine } = standinProvider(() => sentResult);
    const signals = testSignals();
    const standing = [0, 1].map((batch) => runBatch(engine, scope, { campaignId, batch }, signals));
    const end = await Promise.race(standing);
    signals.stopNow();
    await Promise.all(standing);
    if (typeof end === 'string') throw new Error(`it is ${end}`);
    // Two messages, each of which takes six seconds.
    expect(end.again.getTime() - Date.now()).toBeLessThan(13_000);
  });

  it('says who it is as it was when the campaign was launched', async () => {
    const { scope, job } = await launchedBatch(1);
    await inScope(scope, (tx) =>
      tx.update(workspaces).set({ name: 'Renamed' }).where(eq(workspaces.id, scope.workspaceId)),
    );
    const { engine, received } = standinProvider(() => sentResult);
    await runBatch(engine, scope, job, testSignals());
    expect(received).toHaveLength(1);
    expect(JSON.stringify(received)).not.toContain('Renamed');
  });

  it('suppresses an address that was refused, and none whose message was', async () => {
    const reasons: Record<string, FailReason> = {
      'a@example.com': 'address_refused',
      'b@example.com': 'content_refused',
      'c@example.com': 'opted_out',
    };
    const { scope, job, campaignId } = await launchedBatch(Object.keys(reasons).map((email) => ({ email })));
    const { engine } = standinProvider(({ to: { address } }) => ({
      outcome: 'refused',
      reason: reasons[address] ?? 'render',
      detail: '550',
    }));
    await runBatch(engine, scope, job, testSignals());
    const suppressed = await inScope(scope, (tx) =>
      tx.select().from(suppressions).where(eq(suppressions.workspaceId, scope.workspaceId)),
    );
    expect(Object.fromEntries(suppressed.map((row) => [row.address, row.reason]))).toEqual({
      'a@example.com': 'bounced',
      'c@example.com': 'opted_out',
    });
    expect(await campaignStats(scope, campaignId)).toMatchObject({
      ok: true,
      value: { failed: 3, planned: 3 },
    });
  });

  it('reads no more than the batch for a claim, when the planner knows how many others there are', async () => {
    const { scope, campaignId } = await launchedBatch(5000);
    await unsafeDatabase().execute('analyze deliveries');
    const order = {
      ...{ campaignId, channel: 'email' as const, batch: 99, limit: 4 },
      ...{ workerId: new Engine().life.id, fence: 1 },
    };
    const plan = await inScope(scope, (tx) =>
      tx.execute(sql`explain (analyze, timing off, format json) ${claimStatement(scope, order)}`),
    );
    const passedOver = JSON.stringify(plan).matchAll(/"Rows Removed by Filter":(\d+)/g);
    expect([...passedOver].map(([, rows]) => Number(rows)).filter((rows) => rows > 50)).toEqual([]);
  });

  it('cancels who was settled to wait on while the campaign was cancelled', async () => {
    const { scope, campaignId, stateOf } = await launchedBatch(2);
    await inScope(scope, (tx) => tx.update(deliveries).set({ state: 'sending' }));
    expect((await cancelCampaign(scope, campaignId)).ok).toBe(true);
    // What a settlement writes that looked at the campaign a moment before.
    await inScope(scope, (tx) => tx.update(deliveries).set({ state: 'retrying', retryAt: new Date() }));
    await sweep(scope, new Engine());
    expect(await stateOf()).toEqual(['cancelled', 'cancelled']);
  });

  it('starts batches again that have work and no job', async () => {
    const { scope, campaignId } = await launchedBatch(120);
    await unsafeDatabase().execute(`delete from pgboss.job where data->>'campaignId' = '${campaignId}'`);
    await sweep(scope, new Engine());
    await sweep(scope, new Engine());
    const jobs = await unsafeDatabase().execute(
      `select data->>'batch' as batch from pgboss.job where data->>'campaignId' = '${campaignId}' order by 1`,
    );
    expect(jobs.map((job) => job.batch)).toEqual(['0', '1', '2']);
  });
});
