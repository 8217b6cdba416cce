import { and, eq, sql } from 'drizzle-orm';
import { describe, expect, it, vi } from 'vitest';
import type { Scope } from '../auth/scope';
import { findCampaign } from '../campaigns/campaigns';
import { limitCampaign } from '../campaigns/limits';
import { campaignStats } from '../campaigns/stats';
import { cancelCampaign, pauseCampaign, resumeCampaign } from '../campaigns/status';
import { launchNow, ledger, makeDue, testCampaign, testList, unthrottle } from '../campaigns/testing';
import { unsafeDatabase } from '../db/client';
import { deliveries, deliveryAttempts, sandboxMessages, suppressions } from '../db/schema/deliveries';
import { contacts } from '../db/schema/lists';
import { breakers } from '../db/schema/senders';
import { workspaces } from '../db/schema/workspaces';
import { inScope } from '../db/scoped';
import type { FailReason } from '../db/states';
import type { SenderId } from '../ids';
import type { SendResult } from '../providers/provider';
import { openSender } from '../senders/open-sender';
import { testWorkspace } from '../workspaces/testing';
import { runBatch } from './batch';
import { claimStatement } from './claim';
import { Engine } from './engine';
import { settle } from './outcome';
import { settleAll } from './settle';
import { sweep } from './sweep';
import { endLife, sentResult, standinProvider, testClaim, testSignals } from './testing';

async function launched(people: number | { email: string }[]) {
  const { scope, senderId } = await testWorkspace();
  await unthrottle(scope, senderId);
  const { listId, contactIds } = await testList(scope, people);
  const campaignId = await testCampaign(scope, senderId, [listId]);
  await launchNow(scope, campaignId);
  const stateOf = async () => (await ledger(scope, campaignId)).map((row) => row.state);
  return { scope, senderId, contactIds, campaignId, job: { campaignId, batch: 0 }, stateOf };
}

/** As if the breaker's time had come. */
const holdIsOver = (scope: Scope, senderId: SenderId) =>
  inScope(scope, (tx) =>
    tx
      .update(breakers)
      .set({ openUntil: sql`now()` })
      .where(and(eq(breakers.workspaceId, scope.workspaceId), eq(breakers.senderId, senderId))),
  );

const breakerOf = (scope: Scope) =>
  inScope(scope, async (tx) => {
    const [row] = await tx
      .select({
        failures: breakers.failures,
        problem: breakers.problem,
        seconds: sql<number>`round(extract(epoch from ${breakers.openUntil} - now()))::int`,
      })
      .from(breakers)
      .where(eq(breakers.workspaceId, scope.workspaceId));
    return row;
  });

const temporary: SendResult = { outcome: 'retry', reason: 'temporary', detail: '451 4.3.0 try later' };
const relaying: SendResult = {
  outcome: 'misconfigured',
  reason: 'authentication',
  detail: '550 5.7.1 relaying denied',
  ofRecipient: true,
};
const unreachable: SendResult = { outcome: 'retry', reason: 'connection', detail: 'connect ECONNREFUSED' };

describe('sending a batch', () => {
  it('sends each once through the sandbox, personal, and completes the campaign', async () => {
    const { scope, campaignId, job } = await launched(50);
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
    const { scope, campaignId, job } = await launched(50);
    const { engine, received } = standinProvider(() => sentResult);
    await Promise.all([1, 2, 3, 4].map(() => runBatch(engine, scope, job, testSignals())));
    await runBatch(engine, scope, job, testSignals());
    expect(received).toHaveLength(50);
    expect(new Set(received.map((message) => message.to.address)).size).toBe(50);
    const rows = await ledger(scope, campaignId);
    expect(rows.every((row) => row.state === 'sent' && row.attempts === 1 && row.fence !== 0)).toBe(true);
  });

  it('tries again three times, keeps every reason, then fails while the others go out', async () => {
    const { scope, campaignId, job } = await launched([
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

  it('skips whoever unsubscribed, was suppressed or erased after the launch', async () => {
    const { scope, contactIds, campaignId, job } = await launched([
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
    const { scope, campaignId, job, stateOf } = await launched(3);
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
    const { scope, campaignId, stateOf } = await launched(4);
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

  it('pauses the campaign, losing nobody, when the settings are wrong', async () => {
    const { scope, campaignId, job, stateOf } = await launched(3);
    const { engine } = standinProvider(() => ({
      outcome: 'misconfigured',
      reason: 'authentication',
      detail: '535 5.7.8 wrong password',
    }));
    await runBatch(engine, scope, job, testSignals());
    expect(await stateOf()).toEqual(['queued', 'queued', 'queued']);
    const campaign = await findCampaign(scope, campaignId);
    expect(campaign).toMatchObject({ ok: true, value: { status: 'paused' } });
    expect(campaign.ok && campaign.value.problem).toContain('535 5.7.8 wrong password');
  });

  it('fails one who alone is refused as if the settings were wrong, and goes on', async () => {
    const { scope, campaignId, job } = await launched([
      { email: 'a@example.com' },
      { email: 'b@example.com' },
      { email: 'no-relay@example.com' },
    ]);
    let signals = testSignals();
    const { engine, received } = standinProvider((message, n) => {
      if (n >= 3) signals.stopNow();
      return message.to.address.startsWith('no-relay') ? relaying : sentResult;
    });
    for (let attempt = 1; attempt <= 4; attempt++) {
      await runBatch(engine, scope, job, signals);
      await makeDue(scope, campaignId);
      signals = testSignals();
    }
    await runBatch(engine, scope, job, signals);
    expect(received).toHaveLength(6);
    expect((await ledger(scope, campaignId)).map(({ state, reason }) => [state, reason])).toEqual([
      ['sent', null],
      ['sent', null],
      ['failed', 'authentication'],
    ]);
    expect(await findCampaign(scope, campaignId)).toMatchObject({ ok: true, value: { status: 'completed' } });
  });

  it('pauses the campaign, charging nobody, when its settings are refused from some moment on', async () => {
    const { scope, campaignId, job } = await launched(50);
    const { engine } = standinProvider((_message, n) => (n <= 5 ? sentResult : relaying));
    await runBatch(engine, scope, job, testSignals());
    const campaign = await findCampaign(scope, campaignId);
    expect(campaign).toMatchObject({ ok: true, value: { status: 'paused' } });
    expect(campaign.ok && campaign.value.problem).toContain('550 5.7.1 relaying denied');
    const rows = await ledger(scope, campaignId);
    expect(rows.filter(({ state }) => state === 'sent')).toHaveLength(5);
    const open = rows.filter(({ state }) => state !== 'sent');
    expect(
      open.every(({ state, attempts }) => ['queued', 'retrying'].includes(state) && attempts === 0),
    ).toBe(true);
  });

  it('pauses at once when it may not sign in any more, also after others went out', async () => {
    const { scope, campaignId, job } = await launched(20);
    const { engine, received } = standinProvider((_message, n) =>
      n <= 5
        ? sentResult
        : { outcome: 'misconfigured', reason: 'authentication', detail: '535 5.7.8 wrong password' },
    );
    await runBatch(engine, scope, job, testSignals());
    expect(await findCampaign(scope, campaignId)).toMatchObject({ ok: true, value: { status: 'paused' } });
    expect(received.length).toBeLessThanOrEqual(9);
    const rows = await ledger(scope, campaignId);
    expect(rows.filter(({ state }) => state === 'queued')).toHaveLength(15);
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
    // Half of a sender's places at most are kept by those who wait; the others come back.
    expect(await Promise.race(standing)).toMatchObject({ again: expect.any(Date), behind: 2 });
    signals.stopNow();
    const ends = await Promise.all(standing);
    expect(ends.filter((end) => end === 'stopped')).toHaveLength(2);
    expect(received).toHaveLength(61);
    const rows = await ledger(scope, quick);
    expect(rows.every(({ state }) => state === 'sent')).toBe(true);
  });

  it('says who it is as it was when the campaign was launched', async () => {
    const { scope, job } = await launched(1);
    await inScope(scope, (tx) =>
      tx.update(workspaces).set({ name: 'Renamed' }).where(eq(workspaces.id, scope.workspaceId)),
    );
    const { engine, received } = standinProvider(() => sentResult);
    await runBatch(engine, scope, job, testSignals());
    expect(received).toHaveLength(1);
    expect(JSON.stringify(received)).not.toContain('Renamed');
  });

  it('fails nobody while the provider is away, tries with one message, and heals by itself', async () => {
    const { scope, senderId, campaignId, job } = await launched(30);
    let away = true;
    let signals = testSignals();
    const { engine, received } = standinProvider(
      () => {
        signals.stopNow();
        return away ? unreachable : sentResult;
      },
      { reachable: () => !away },
    );
    const problem = async () => {
      const stats = await campaignStats(scope, campaignId);
      return stats.ok ? stats.value.problem : stats;
    };
    await runBatch(engine, scope, job, signals);
    const first = received.length;
    for (let round = 0; round < 7; round++) {
      await holdIsOver(scope, senderId);
      signals = testSignals();
      await runBatch(engine, scope, job, signals);
    }
    expect(received).toHaveLength(first + 7);
    let rows = await ledger(scope, campaignId);
    expect(rows.every((row) => row.state === 'queued' && row.attempts === 0)).toBe(true);
    expect(await findCampaign(scope, campaignId)).toMatchObject({ ok: true, value: { status: 'sending' } });
    expect(await problem()).toContain('The provider cannot be reached: It does not answer.');
    expect(await breakerOf(scope)).toMatchObject({ failures: 8, seconds: 30 });

    away = false;
    await holdIsOver(scope, senderId);
    while ((await runBatch(engine, scope, job, testSignals())) !== 'done');
    rows = await ledger(scope, campaignId);
    expect(rows.every((row) => row.state === 'sent')).toBe(true);
    const healed = await findCampaign(scope, campaignId);
    expect(healed).toMatchObject({ ok: true, value: { status: 'completed', problem: null } });
    expect(await breakerOf(scope)).toBeUndefined();
  });

  it('holds still when everybody is told “not now”, and gives all of them their attempts back', async () => {
    const { scope, senderId, campaignId, job } = await launched(30);
    const greylisted = { outcome: 'retry', reason: 'temporary', detail: '450 4.7.1 try later' } as const;
    let closed = true;
    let signals = testSignals();
    const { engine, received } = standinProvider(() => {
      if (received.length >= 10) signals.stopNow();
      return closed ? greylisted : sentResult;
    });
    await runBatch(engine, scope, job, signals);
    const met = received.length;
    expect(met).toBeLessThan(30);
    expect(await breakerOf(scope)).toMatchObject({
      failures: 1,
      problem: expect.stringContaining('450 4.7.1'),
    });
    let rows = await ledger(scope, campaignId);
    expect(rows.every((row) => row.attempts === 0 && ['queued', 'retrying'].includes(row.state))).toBe(true);

    await holdIsOver(scope, senderId);
    signals = testSignals();
    await runBatch(engine, scope, job, signals);
    expect(received).toHaveLength(met + 1);
    rows = await ledger(scope, campaignId);
    expect(rows.every((row) => row.attempts === 0)).toBe(true);

    closed = false;
    await holdIsOver(scope, senderId);
    for (let end: unknown; end !== 'done'; ) {
      end = await runBatch(engine, scope, job, testSignals());
      await makeDue(scope, campaignId);
    }
    rows = await ledger(scope, campaignId);
    expect(rows.every((row) => row.state === 'sent')).toBe(true);
  });

  it('stops after a run of messages in doubt, instead of losing sight of everybody', async () => {
    const { scope, campaignId, job, stateOf } = await launched(50);
    const signals = testSignals();
    const { engine, received } = standinProvider(() => {
      if (received.length >= 10) signals.stopNow();
      return { outcome: 'in-doubt', reason: 'in_doubt', detail: 'The connection was closed.' };
    });
    await runBatch(engine, scope, job, signals);
    expect(await breakerOf(scope)).toMatchObject({ failures: 1 });
    const states = await stateOf();
    expect(states.filter((state) => state === 'unconfirmed')).toHaveLength(received.length);
    expect(received.length).toBeLessThanOrEqual(13);
    expect(await findCampaign(scope, campaignId)).toMatchObject({ ok: true, value: { status: 'sending' } });
  });

  it('waits for as long as the provider asks for, and charges nobody', async () => {
    const { scope, campaignId, job } = await launched(3);
    const signals = testSignals();
    const { engine } = standinProvider(() => {
      signals.stopNow();
      return { outcome: 'throttled', reason: 'throttled', detail: '429', retryAfterMs: 90_000 };
    });
    await runBatch(engine, scope, job, signals);
    expect(await breakerOf(scope)).toMatchObject({ failures: 1, seconds: 90 });
    const rows = await ledger(scope, campaignId);
    expect(rows.every((row) => row.attempts === 0 && row.state === 'retrying')).toBe(true);
  });

  it('fails a single message that breaks connections, when the provider is there', async () => {
    const { scope, campaignId, job } = await launched([{ email: 'poison@example.com' }]);
    for (let attempt = 1; attempt <= 4; attempt++) {
      const signals = testSignals();
      const standin = standinProvider(() => {
        signals.stopNow();
        return unreachable;
      });
      await runBatch(standin.engine, scope, job, signals);
      expect(standin.checks).toBe(1);
      await makeDue(scope, campaignId);
    }
    expect(await ledger(scope, campaignId)).toMatchObject([
      { state: 'failed', reason: 'connection', attempts: 4 },
    ]);
  });

  it('suppresses an address that was refused, and none whose message was', async () => {
    const reasons: Record<string, FailReason> = {
      'a@example.com': 'address_refused',
      'b@example.com': 'content_refused',
      'c@example.com': 'opted_out',
    };
    const { scope, job, campaignId } = await launched(Object.keys(reasons).map((email) => ({ email })));
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

  it('leaves what an unforeseen error broke off unconfirmed, and keeps the words of the error out', async () => {
    const { scope, campaignId, job } = await launched(1);
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
    const { scope, campaignId, job, stateOf } = await launched(5);
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
    const { scope, campaignId, job, stateOf } = await launched(3);
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
    const { scope, campaignId, job, stateOf } = await launched(1);
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
    const { scope, campaignId, job, stateOf } = await launched(2);
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

  it('lets nobody settle with a fence that has moved on', async () => {
    const { scope, campaignId } = await launched(1);
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
    const { scope, campaignId, stateOf } = await launched(3);
    const engine = new Engine();
    const lost = await testClaim(engine, scope, campaignId, { limit: 1 });
    engine.claims.end(lost.claimed[0]?.fence ?? 0);
    await testClaim(engine, scope, campaignId, { limit: 1 });
    await sweep(scope, engine);
    expect((await stateOf()).sort()).toEqual(['queued', 'queued', 'sending']);
    const rows = await ledger(scope, campaignId);
    expect(rows.map((row) => row.attempts).toSorted((a, b) => a - b)).toEqual([0, 0, 1]);
  });

  it('sends nothing when the hand-over cannot be written down', async () => {
    const { scope, campaignId, job } = await launched(2);
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
    const { scope, campaignId, job } = await launched(50);
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

  it('reads no more than the batch for a claim, when the planner knows how many others there are', async () => {
    const { scope, campaignId } = await launched(5000);
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
    const { scope, campaignId, stateOf } = await launched(2);
    await inScope(scope, (tx) => tx.update(deliveries).set({ state: 'sending' }));
    expect((await cancelCampaign(scope, campaignId)).ok).toBe(true);
    // What a settlement writes that looked at the campaign a moment before.
    await inScope(scope, (tx) => tx.update(deliveries).set({ state: 'retrying', retryAt: new Date() }));
    await sweep(scope, new Engine());
    expect(await stateOf()).toEqual(['cancelled', 'cancelled']);
  });

  it('starts batches again that have work and no job', async () => {
    const { scope, campaignId } = await launched(120);
    await unsafeDatabase().execute(`delete from pgboss.job where data->>'campaignId' = '${campaignId}'`);
    await sweep(scope, new Engine());
    await sweep(scope, new Engine());
    const jobs = await unsafeDatabase().execute(
      `select data->>'batch' as batch from pgboss.job where data->>'campaignId' = '${campaignId}' order by 1`,
    );
    expect(jobs.map((job) => job.batch)).toEqual(['0', '1', '2']);
  });
});
