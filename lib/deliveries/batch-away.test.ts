import { and, eq, sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import type { Scope } from '../auth/scope';
import { findCampaign } from '../campaigns/campaigns';
import { campaignStats } from '../campaigns/stats';
import { ledger, makeDue } from '../campaigns/testing';
import { breakers } from '../db/schema/senders';
import { inScope } from '../db/scoped';
import type { SenderId } from '../ids';
import type { SendResult } from '../providers/provider';
import { runBatch } from './batch';
import { openBreaker } from './breaker';
import { sentResult, standinProvider, testSignals } from './testing';
import { launchedBatch, temporary, unreachable } from './testing-batch';

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

const relaying: SendResult = {
  outcome: 'misconfigured',
  reason: 'authentication',
  detail: '550 5.7.1 relaying denied',
  ofRecipient: true,
};

describe('a batch whose provider is away, or refuses more than a message', () => {
  it('pauses the campaign, losing nobody, when the settings are wrong', async () => {
    const { scope, campaignId, job, stateOf } = await launchedBatch(3);
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
    const { scope, campaignId, job } = await launchedBatch([
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
    const { scope, campaignId, job } = await launchedBatch(50);
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
    const { scope, campaignId, job } = await launchedBatch(20);
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

  it('fails nobody while the provider is away, tries with one message, and heals by itself', async () => {
    const { scope, senderId, campaignId, job } = await launchedBatch(30);
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
    const { scope, senderId, campaignId, job } = await launchedBatch(30);
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
    const { scope, campaignId, job, stateOf } = await launchedBatch(50);
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

  it('fails nobody while everybody is told “not now”, also of whom alone a batch is left', async () => {
    const { scope, senderId, campaignId, job } = await launchedBatch(1);
    await openBreaker(scope, senderId, 'It takes no message now.');
    const tryOnce = async () => {
      const signals = testSignals();
      const { engine } = standinProvider(() => {
        signals.stopNow();
        return temporary;
      });
      await runBatch(engine, scope, job, signals);
      await makeDue(scope, campaignId);
    };
    for (let probe = 1; probe <= 5; probe++) {
      await holdIsOver(scope, senderId);
      await tryOnce();
    }
    expect(await ledger(scope, campaignId)).toMatchObject([{ state: 'queued', attempts: 0 }]);
    expect(await breakerOf(scope)).toMatchObject({ failures: 6 });

    await inScope(scope, (tx) =>
      tx.update(breakers).set({ openUntil: sql`now()`, since: sql`now() - interval '61 minutes'` }),
    );
    for (let attempt = 1; attempt <= 4; attempt++) await tryOnce();
    expect(await ledger(scope, campaignId)).toMatchObject([{ state: 'failed', reason: 'temporary' }]);
    expect(await breakerOf(scope)).toBeUndefined();
  });

  it('takes “not now” for an outage for an hour, and then for what it is told of them', async () => {
    const { scope, senderId, campaignId, job } = await launchedBatch(2);
    await openBreaker(scope, senderId, 'It could not be reached.');
    const attemptsAfter = async (minutes: number) => {
      await inScope(scope, (tx) =>
        tx.update(breakers).set({
          openUntil: sql`now()`,
          since: sql`now() - make_interval(mins => ${minutes}::int)`,
        }),
      );
      const signals = testSignals();
      const { engine } = standinProvider(() => {
        signals.stopNow();
        return temporary;
      });
      await runBatch(engine, scope, job, signals);
      return (await ledger(scope, campaignId)).map((row) => row.attempts).toSorted((a, b) => a - b);
    };
    expect(await attemptsAfter(59)).toEqual([0, 0]);
    expect(await attemptsAfter(61)).toEqual([0, 1]);
  });

  it('fails nobody when connections have been lost for more than an hour', async () => {
    const { scope, senderId, campaignId, job } = await launchedBatch(3);
    await openBreaker(scope, senderId, 'It takes no message now.');
    await inScope(scope, (tx) => tx.update(breakers).set({ since: sql`now() - interval '61 minutes'` }));
    let signals = testSignals();
    const { engine } = standinProvider(() => {
      signals.stopNow();
      return unreachable;
    });
    for (let probe = 1; probe <= 30; probe++) {
      await holdIsOver(scope, senderId);
      await makeDue(scope, campaignId);
      signals = testSignals();
      await runBatch(engine, scope, job, signals);
    }
    const rows = await ledger(scope, campaignId);
    expect(rows.filter(({ state }) => state === 'failed')).toEqual([]);
  });

  it('waits for as long as the provider asks for, and charges nobody', async () => {
    const { scope, campaignId, job } = await launchedBatch(3);
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

  it('writes down whatever a provider says, and waits for no more than a day', async () => {
    const { scope, campaignId, job } = await launchedBatch(2);
    const signals = testSignals();
    const { engine } = standinProvider((_, n) => {
      signals.stopNow();
      return n === 1
        ? { outcome: 'sent', providerMessageId: 'a\0b\ud83d' }
        : { outcome: 'throttled', reason: 'throttled', detail: '429\0', retryAfterMs: 1e17 };
    });
    await runBatch(engine, scope, job, signals);
    const rows = await ledger(scope, campaignId);
    expect(rows.map((row) => row.state).sort()).toEqual(['retrying', 'sent']);
    expect(rows.find((row) => row.state === 'sent')?.providerMessageId).toBe('a b\ufffd');
    expect(await breakerOf(scope)).toMatchObject({
      seconds: 86_400,
      problem: expect.stringContaining('429'),
    });
  });

  it('pauses with what a server has said, whatever that was', async () => {
    const { scope, campaignId, job } = await launchedBatch(1);
    const { engine } = standinProvider(() => ({
      ...{ outcome: 'misconfigured', reason: 'authentication', detail: '535\0no\ud83d' },
    }));
    await runBatch(engine, scope, job, testSignals());
    expect(await findCampaign(scope, campaignId)).toMatchObject({
      value: { status: 'paused', problem: expect.stringContaining('535 no') },
    });
  });

  it('fails a single message that breaks connections, when the provider is there', async () => {
    const { scope, campaignId, job } = await launchedBatch([{ email: 'poison@example.com' }]);
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
});
