import { eq, sql } from 'drizzle-orm';
import { describe, expect, it, vi } from 'vitest';
import { campaignStats } from '../campaigns/stats';
import { ledger, makeDue } from '../campaigns/testing';
import { unsafeDatabase } from '../db/client';
import { deliveries, deliveryAttempts } from '../db/schema/deliveries';
import { workspaces } from '../db/schema/workspaces';
import { inScope } from '../db/scoped';
import { runBatch } from './batch';
import { Engine } from './engine';
import { settle } from './outcome';
import { settleAll } from './settle';
import { sweep } from './sweep';
import { endLife, sentResult, standinProvider, testClaim, testSignals } from './testing';
import { launchedBatch, temporary, unreachable } from './testing-batch';

/** Until a statement waits for the lock of another. */
async function somebodyWaits(): Promise<void> {
  for (let waits = false; !waits; ) {
    const found = await unsafeDatabase().execute(sql`select from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`);
    waits = found.length > 0;
  }
}

describe('a batch that is broken off', () => {
  it('leaves what an unforeseen error broke off unconfirmed, and keeps the words of the error out', async () => {
    const { scope, campaignId, job } = await launchedBatch(1);
    const { engine, received } = standinProvider(() => {
      throw new Error('password hunter2 of ann@example.com');
    });
    await runBatch(engine, scope, job, testSignals());
    expect(received).toHaveLength(1);
    const [row] = await ledger(scope, campaignId);
    expect(row).toMatchObject({ state: 'unconfirmed', reason: 'in_doubt', attempts: 1 });
    const kept = await inScope(scope, (tx) =>
      tx.select().from(deliveryAttempts).where(eq(deliveryAttempts.workspaceId, scope.workspaceId)),
    );
    expect(kept.map((attempt) => attempt.detail)).toEqual([
      'Sending broke off unexpectedly. Nobody knows whether the message went out.',
    ]);
  });

  it('leaves what a dead worker had handed over unconfirmed, and sends the rest of its claim', async () => {
    const { scope, campaignId, job, stateOf } = await launchedBatch(5);
    const dead = new Engine();
    const { claimed } = await testClaim(dead, scope, campaignId, { limit: 3 });
    const handed = claimed.slice(0, 2);
    expect(await dead.handovers.write(dead.life.id, dead.handovers.takeLane(), handed)).toBe(true);
    const { engine, received } = standinProvider(() => sentResult);
    await engine.life.beat();
    await sweep(scope, engine);
    expect((await stateOf()).filter((state) => state === 'sending')).toHaveLength(3);
    await endLife(dead);
    await sweep(scope, engine);
    expect((await stateOf()).sort()).toEqual(['queued', 'queued', 'queued', 'unconfirmed', 'unconfirmed']);
    await runBatch(engine, scope, job, testSignals());
    expect(received).toHaveLength(3);
    const ids = new Set(handed.map((row) => row.id));
    expect(received.some((message) => message.deliveryId && ids.has(message.deliveryId))).toBe(false);
    const rows = await ledger(scope, campaignId);
    expect(rows.every((row) => row.attempts === 1)).toBe(true);
    const stats = await campaignStats(scope, campaignId);
    expect(stats).toMatchObject({
      ok: true,
      value: { sent: 3, unconfirmed: 2, planned: 5, status: 'completed' },
    });

    // The worker was not dead after all: it tells what it knows, and the ledger takes it.
    const [zombie] = handed;
    if (!zombie) throw new Error('it was claimed');
    await settleAll(scope, [{ claimed: zombie, settlement: settle(sentResult, 1, Date.now()) }]);
    expect(await campaignStats(scope, campaignId)).toMatchObject({
      ok: true,
      value: { sent: 4, unconfirmed: 1 },
    });
  });

  it('gives back whom it had claimed when a fault comes before anything went out, while the worker lives', async () => {
    const { scope, campaignId, job, stateOf } = await launchedBatch(3);
    const { engine: sending, received } = standinProvider(() => sentResult);
    let opened = 0;
    const engine = new Engine((...sender) => {
      if (++opened === 2) throw new Error('a fault after the claim');
      return sending.open(...sender);
    });
    await expect(runBatch(engine, scope, job, testSignals())).rejects.toThrow('a fault after the claim');
    expect(await stateOf()).toEqual(['sending', 'sending', 'sending']);
    await sweep(scope, engine);
    expect(await ledger(scope, campaignId)).toMatchObject(Array(3).fill({ state: 'queued', attempts: 0 }));
    expect(await runBatch(engine, scope, job, testSignals())).toBe('done');
    expect(received).toHaveLength(3);
    expect(await campaignStats(scope, campaignId)).toMatchObject({ value: { status: 'completed', sent: 3 } });
  });

  it('sends again what is in doubt where the workspace wants that, and no more often than other retries', async () => {
    const { scope, campaignId, job, stateOf } = await launchedBatch(1);
    await unsafeDatabase()
      .update(workspaces)
      .set({ unconfirmedPolicy: 'send_again' })
      .where(eq(workspaces.id, scope.workspaceId));
    const dead = new Engine();
    const { claimed } = await testClaim(dead, scope, campaignId);
    await dead.handovers.write(dead.life.id, 0, claimed);
    await endLife(dead);
    const { engine, received } = standinProvider(() => ({
      outcome: 'in-doubt',
      reason: 'in_doubt',
      detail: 'The connection was closed.',
    }));
    await sweep(scope, engine);
    expect(await stateOf()).toEqual(['retrying']);
    for (let attempt = 2; attempt <= 4; attempt++) {
      await runBatch(engine, scope, job, testSignals());
      await makeDue(scope, campaignId);
    }
    expect(received).toHaveLength(3);
    expect(await ledger(scope, campaignId)).toMatchObject([{ state: 'unconfirmed', attempts: 4 }]);
  });

  it('hands nothing over any more once its life has ended, even if it never noticed', async () => {
    const { scope, campaignId, job, stateOf } = await launchedBatch(2);
    const { engine, received } = standinProvider(() => sentResult);
    const { claimed } = await testClaim(engine, scope, campaignId, { limit: 1 });
    const before = engine.life.id;
    vi.useFakeTimers({ now: Date.now() + 20_000, toFake: ['Date'] });
    try {
      expect(await engine.handovers.write(before, 0, claimed)).toBe(false);
      await engine.life.beat();
      expect(engine.life.id).not.toBe(before);
      expect(await engine.handovers.write(before, 0, claimed)).toBe(false);
      await runBatch(engine, scope, job, testSignals());
    } finally {
      vi.useRealTimers();
    }
    expect(received).toHaveLength(1);
    expect((await stateOf()).sort()).toEqual(['sending', 'sent']);
  });

  it('hands nothing over under a life that ended while the sign that would have prolonged it was on its way', async () => {
    const { scope, campaignId } = await launchedBatch(1);
    const engine = new Engine();
    const { claimed } = await testClaim(engine, scope, campaignId);
    const before = engine.life.id;
    const start = Date.now();
    vi.useFakeTimers({ now: start + 10_000, toFake: ['Date'] });
    try {
      const late = await unsafeDatabase().transaction(async (tx) => {
        await tx.execute(sql`select from workers where id = ${before} for update`);
        const sign = engine.life.beat();
        await somebodyWaits();
        // Longer than the last sign held: others have taken its claims up.
        vi.setSystemTime(start + 20_000);
        return { sign };
      });
      await late.sign;
      expect(engine.life.holds(before)).toBe(false);
      expect(await engine.handovers.write(before, 0, claimed)).toBe(false);
      await engine.life.beat();
      expect(engine.life.id).not.toBe(before);
      expect(engine.life.holds()).toBe(true);
    } finally {
      vi.useRealTimers();
    }
  });

  it('lets nobody settle with a fence that has moved on', async () => {
    const { scope, campaignId } = await launchedBatch(1);
    const [old] = (await testClaim(new Engine(), scope, campaignId)).claimed;
    if (!old) throw new Error('it was claimed');
    await settleAll(scope, [{ claimed: old, settlement: settle(temporary, 1, Date.now() - 60_000) }]);
    const [current] = (await testClaim(new Engine(), scope, campaignId)).claimed;
    expect(current?.fence).not.toBe(old.fence);
    await settleAll(scope, [{ claimed: old, settlement: settle(sentResult, 1, Date.now()) }]);
    expect(await ledger(scope, campaignId)).toMatchObject([
      { state: 'sending', fence: current?.fence, providerMessageId: null },
    ]);
  });

  it('gives back a claim whose answer never came, and not one that is under way', async () => {
    const { scope, campaignId, stateOf } = await launchedBatch(3);
    const engine = new Engine();
    const lost = await testClaim(engine, scope, campaignId, { limit: 1 });
    engine.claims.end(lost.claimed[0]?.fence ?? 0);
    await testClaim(engine, scope, campaignId, { limit: 1 });
    await sweep(scope, engine);
    expect((await stateOf()).sort()).toEqual(['queued', 'queued', 'sending']);
    const rows = await ledger(scope, campaignId);
    expect(rows.map((row) => row.attempts).toSorted((a, b) => a - b)).toEqual([0, 0, 1]);
  });

  it('leaves a row alone that it claims again while it looks for claims whose answer never came', async () => {
    const { scope, campaignId } = await launchedBatch(1);
    const engine = new Engine();
    const lost = await testClaim(engine, scope, campaignId);
    engine.claims.end(lost.claimed[0]?.fence ?? 0);
    const fence = engine.claims.begin();
    const { sweeping } = await unsafeDatabase().transaction(async (tx) => {
      await tx.execute(sql`lock table handovers in access exclusive mode`);
      const sweeping = sweep(scope, engine);
      await somebodyWaits();
      await inScope(scope, (other) => other.update(deliveries).set({ fence }));
      return { sweeping };
    });
    await sweeping;
    expect(await ledger(scope, campaignId)).toMatchObject([{ state: 'sending', fence, attempts: 1 }]);
  });

  it('sends nothing when the hand-over cannot be written down', async () => {
    const { scope, campaignId, job } = await launchedBatch(2);
    const signals = testSignals();
    const { engine, received } = standinProvider(() => sentResult);
    const database = unsafeDatabase();
    await database.execute('alter table handovers rename to handovers_gone');
    const ending = runBatch(engine, scope, job, signals);
    await vi.waitFor(async () =>
      expect((await ledger(scope, campaignId)).every((row) => row.fence !== 0)).toBe(true),
    );
    signals.stopNow();
    await ending;
    await database.execute('alter table handovers_gone rename to handovers');
    expect(received).toHaveLength(0);
    const rows = await ledger(scope, campaignId);
    expect(rows.every((row) => row.state === 'queued' && row.attempts === 0)).toBe(true);
  });

  it('puts back what it could not hand over before it was ended', async () => {
    const { scope, campaignId, job } = await launchedBatch(50);
    const signals = testSignals();
    const { engine, received } = standinProvider(() => {
      signals.stopNow();
      signals.abortNow();
      return unreachable;
    });
    expect(await runBatch(engine, scope, job, signals)).toBe('stopped');
    expect(received.length).toBeGreaterThan(0);
    const rows = await ledger(scope, campaignId);
    expect(rows.every((row) => row.state === 'queued' && row.attempts === 0 && row.claimedBy === null)).toBe(
      true,
    );
  });
});
