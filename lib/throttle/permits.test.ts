import { and, eq, sql } from 'drizzle-orm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Scope } from '../auth/scope';
import { testCampaign } from '../campaigns/testing';
import { campaigns } from '../db/schema/campaigns';
import { senders, throttles } from '../db/schema/senders';
import { inScope } from '../db/scoped';
import type { CampaignId, SenderId } from '../ids';
import { testWorkspace } from '../workspaces/testing';
import { givesWay, grantAt, type Limits, pacesOf, secondsFor } from './pace';
import { returnPermits, takePermits } from './permits';
import { waitForPermits } from './wait';

const none: Limits = { perSecond: null, perMinute: null, perHour: null, perDay: null };
const windows = [
  ['perSecond', 1, 0.02],
  ['perMinute', 60, 1],
  ['perHour', 3600, 1],
  ['perDay', 86_400, 1],
] as const;

/** The most permits in any half-open window. */
function worstWindow(times: number[], seconds: number): number {
  let worst = 0;
  let from = 0;
  times.forEach((time, to) => {
    while ((times[from] ?? 0) <= time - seconds) from++;
    worst = Math.max(worst, to - from + 1);
  });
  return worst;
}

const limit = (max: number) => fc.option(fc.integer({ min: 1, max }), { nil: null });
const anyLimits: fc.Arbitrary<Limits> = fc.record({
  perSecond: limit(500),
  perMinute: limit(3000),
  perHour: limit(20_000),
  perDay: limit(100_000),
});

async function limited(limits: Partial<Limits>, ofCampaign: Partial<Limits> = {}) {
  const { scope, senderId } = await testWorkspace();
  const campaignId = await testCampaign(scope, senderId, []);
  await setLimits(scope, senderId, { ...none, ...limits });
  await inScope(scope, (tx) =>
    tx
      .update(campaigns)
      .set({ ...none, ...ofCampaign })
      .where(and(eq(campaigns.workspaceId, scope.workspaceId), eq(campaigns.id, campaignId))),
  );
  return { scope, senderId, campaignId };
}

const setLimits = (scope: Scope, senderId: SenderId, limits: Limits, limitsProposed = false) =>
  inScope(scope, (tx) =>
    tx
      .update(senders)
      .set({ ...limits, limitsProposed })
      .where(and(eq(senders.workspaceId, scope.workspaceId), eq(senders.id, senderId))),
  );

const second = (at: number) => new Date(Date.UTC(2030, 0, 1) + at * 1000);

describe('the throttle', () => {
  it('never passes a limit in any window, however people ask, also when permits are used late', () => {
    fc.assert(
      fc.property(
        anyLimits,
        anyLimits,
        fc.array(
          fc.record({
            want: fc.integer({ min: 1, max: 50 }),
            idle: fc.oneof(
              fc.constant(0),
              fc.double({ min: 0, max: 2, noNaN: true }),
              fc.double({ min: 0, max: 90, noNaN: true }),
            ),
            late: fc.double({ min: 0, max: 0.999, noNaN: true }),
          }),
          { minLength: 1, maxLength: 300 },
        ),
        (sender, campaign, asks) => {
          const paces = [...pacesOf(sender), ...pacesOf(campaign)];
          let tats = paces.map(() => 0);
          let now = 1000;
          const used = new Map(windows.map(([name]) => [name, [] as number[]]));
          for (const { want, idle, late } of asks) {
            now += idle;
            const grant = grantAt(paces, tats, now, want);
            if (grant.granted === 0) now += Math.max(grant.wait, 0.001);
            // Under a limit per second a permit holds for hardly any time; a message is late by its longest at most.
            for (const [name, , slack] of windows)
              for (let n = 0; n < grant.granted; n++) used.get(name)?.push(grant.start + late * slack);
            tats = grant.tats;
          }
          for (const [name, seconds] of windows) {
            const most = Math.min(sender[name] ?? Infinity, campaign[name] ?? Infinity);
            const times = (used.get(name) ?? []).toSorted((a, b) => a - b);
            expect(worstWindow(times, seconds)).toBeLessThanOrEqual(most);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it('never passes a limit either when messages count for several, in any mixture', () => {
    fc.assert(
      fc.property(
        anyLimits,
        fc.array(
          fc.record({
            want: fc.integer({ min: 1, max: 50 }),
            each: fc.constantFrom(1, 1, 1, 2, 3, 5),
            idle: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 90, noNaN: true })),
            late: fc.double({ min: 0, max: 0.999, noNaN: true }),
          }),
          { minLength: 1, maxLength: 300 },
        ),
        (limits, asks) => {
          // A limit below what a single message counts for cannot hold.
          const heaviest = Math.max(...asks.map(({ each }) => each));
          fc.pre(windows.every(([name]) => (limits[name] ?? heaviest) >= heaviest));
          const paces = pacesOf(limits);
          let tats = paces.map(() => 0);
          let now = 1000;
          let before = 1;
          const used = new Map(windows.map(([name]) => [name, [] as number[]]));
          for (const { want, each, idle, late } of asks) {
            now += idle;
            let grant = grantAt(paces, tats, now, want, { each, before });
            while (grant.granted === 0) {
              now += Math.max(grant.wait, 0.001);
              grant = grantAt(paces, tats, now, want, { each, before });
            }
            for (const [name, , slack] of windows)
              for (let n = 0; n < grant.granted * each; n++) used.get(name)?.push(grant.start + late * slack);
            tats = grant.tats;
            before = each;
          }
          for (const [name, seconds] of windows) {
            const times = (used.get(name) ?? []).toSorted((a, b) => a - b);
            expect(worstWindow(times, seconds)).toBeLessThanOrEqual(limits[name] ?? Infinity);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it.each<Partial<Limits>>([
    { perSecond: 14 },
    { perSecond: 500 },
    { perSecond: 5000 },
    { perMinute: 10 },
    { perMinute: 100 },
    { perMinute: 60_000 },
    { perHour: 1000 },
    { perDay: 50_000 },
    { perSecond: 14, perMinute: 100, perHour: 1000 },
  ])('gives out at least 97 %% of what limits %o allow to who keeps asking', (limits) => {
    const all = { ...none, ...limits };
    const paces = pacesOf(all);
    const [, seconds] = windows.findLast(([name]) => all[name] !== null) ?? ['perDay', 86_400];
    const most = windows.reduce(
      (least, [name, span]) => Math.min(least, ((all[name] ?? Infinity) * seconds) / span),
      Infinity,
    );
    let tats = paces.map(() => 0);
    let now = 0;
    let granted = 0;
    // The first burst is not what lasts.
    for (let n = 0; n < 50; n++) tats = grantAt(paces, tats, now, 50).tats;
    const from = Math.max(...tats);
    now = from;
    while (now < from + seconds * 3) {
      const grant = grantAt(paces, tats, now, 50);
      granted += grant.granted;
      tats = grant.tats;
      now = grant.granted === 0 ? now + grant.wait : grant.start;
    }
    expect(granted / (most * 3)).toBeGreaterThan(0.97);
    expect(granted / (most * 3)).toBeLessThanOrEqual(1.03);
  });

  it('takes the same steps in the database as on paper, for sender and campaign together', async () => {
    const { scope, senderId, campaignId } = await limited({});
    let now = 0;
    let granting = 0;
    let refusing = 0;
    let yielding = 0;
    await fc.assert(
      fc.asyncProperty(
        anyLimits,
        fc.boolean(),
        anyLimits,
        fc.array(
          fc.tuple(
            fc.integer({ min: 1, max: 50 }),
            fc.integer({ min: 0, max: 2000 }),
            fc.constantFrom(1, 1, 2, 3),
          ),
          { minLength: 1, maxLength: 12 },
        ),
        async (sender, limitsProposed, campaign, asks) => {
          now += 1_000_000; // far behind what the last round left
          await setLimits(scope, senderId, sender, limitsProposed);
          await inScope(scope, (tx) =>
            tx.update(campaigns).set(campaign).where(eq(campaigns.id, campaignId)),
          );
          const yields = givesWay({ limits: sender, limitsProposed }, campaign);
          if (yields) yielding++;
          const paces = [...(yields ? [] : pacesOf(sender)), ...pacesOf(campaign)];
          let tats = paces.map(() => 0);
          let before = 1;
          await inScope(scope, (tx) => tx.update(throttles).set({ weight: 1 }));
          for (const [want, ms, each] of asks) {
            now += ms / 1000;
            const onPaper = grantAt(paces, tats, now, want, { each, before });
            tats = onPaper.tats;
            const grant = await takePermits(scope, { senderId, campaignId }, want, second(now), each);
            if (grant.granted > 0 && paces.length > 0) before = each;
            expect(grant.granted).toBe(onPaper.granted);
            expect(grant.limited).toBe(paces.length > 0);
            if (grant.granted > 0) {
              expect(grant.start / 1000 - Date.UTC(2030, 0, 1) / 1000).toBeCloseTo(onPaper.start, 2);
              granting++;
            } else {
              expect(Math.abs(grant.waitMs / 1000 - onPaper.wait)).toBeLessThan(0.01);
              refusing++;
            }
          }
        },
      ),
      { numRuns: 60 },
    );
    expect(granting).toBeGreaterThan(20);
    expect(refusing).toBeGreaterThan(20);
    expect(yielding).toBeGreaterThan(5);
  });

  it('holds over many connections at once, from the very first permit on', async () => {
    const { scope, senderId, campaignId } = await limited({ perSecond: 50 }, { perMinute: 30 });
    const grants = await Promise.all(
      Array.from({ length: 40 }, () => takePermits(scope, { senderId, campaignId }, 50)),
    );
    const times = grants.flatMap(({ granted, start }) => Array.from({ length: granted }, () => start / 1000));
    expect(times.length).toBeGreaterThan(0);
    expect(
      worstWindow(
        times.toSorted((a, b) => a - b),
        1,
      ),
    ).toBeLessThanOrEqual(50);
    expect(new Set(times).size).toBe(times.length);
  });

  it('goes by a limit that is changed, from the next permit on', async () => {
    const { scope, senderId, campaignId } = await limited({ perMinute: 1 });
    const throttled = { senderId, campaignId };
    expect((await takePermits(scope, throttled, 1, second(0))).granted).toBe(1);
    expect((await takePermits(scope, throttled, 1, second(1))).granted).toBe(0);
    await setLimits(scope, senderId, { ...none, perMinute: 6000 });
    expect((await takePermits(scope, throttled, 1, second(61))).granted).toBe(1);
    expect((await takePermits(scope, throttled, 1, second(61.1))).granted).toBe(1);
  });

  it('holds a campaign to limits that were set for its sender, not to those that nobody has set', async () => {
    const { scope, senderId, campaignId } = await limited({ perMinute: 1 }, { perHour: 6000 });
    const throttled = { senderId, campaignId };
    expect((await takePermits(scope, throttled, 1, second(0))).granted).toBe(1);
    expect((await takePermits(scope, throttled, 1, second(10))).granted).toBe(0);
    await setLimits(scope, senderId, { ...none, perMinute: 1 }, true);
    expect((await takePermits(scope, throttled, 1, second(11))).granted).toBe(1);
    expect((await takePermits(scope, { senderId, campaignId: null }, 1, second(12))).granted).toBe(0);
  });

  it('takes unused permits back, but not once somebody has built on them', async () => {
    const { scope, senderId, campaignId } = await limited({ perMinute: 10 });
    const throttled = { senderId, campaignId };
    const ask = (at: number) => takePermits(scope, throttled, 1, second(at));
    const first = await ask(0);
    expect((await ask(1)).granted).toBe(0);
    await returnPermits(scope, throttled, 1, first.ticket);
    const secondOne = await ask(1);
    expect(secondOne.granted).toBe(1);
    expect((await ask(2)).granted).toBe(0);
    await returnPermits(scope, throttled, 1, first.ticket);
    expect((await ask(2)).granted).toBe(0);
    await returnPermits(scope, throttled, 0, secondOne.ticket);
    expect((await ask(2)).granted).toBe(0);
  });

  it('grants all without a limit, and nothing is moved for another workspace’s sender', async () => {
    const { scope, senderId, campaignId } = await limited({});
    expect(await takePermits(scope, { senderId, campaignId }, 50)).toMatchObject({
      granted: 50,
      limited: false,
    });
    await setLimits(scope, senderId, { ...none, perMinute: 1 });
    const other = await testWorkspace('Other');
    await takePermits(other.scope, { senderId, campaignId }, 50);
    const tats = await inScope(scope, (tx) =>
      tx
        .select({ tat: sql<number>`extract(epoch from ${throttles.minuteTat})::float8` })
        .from(throttles)
        .where(eq(throttles.workspaceId, scope.workspaceId)),
    );
    expect(tats.every(({ tat }) => tat === 0)).toBe(true);
  });

  it('ends a wait at once when it is told to', async () => {
    const { scope, senderId } = await limited({ perMinute: 1 });
    const throttled = { senderId, campaignId: null as CampaignId | null };
    expect(await waitForPermits(scope, throttled, 1, new AbortController().signal)).toMatchObject({
      count: 1,
    });
    const stop = new AbortController();
    const waiting = [1, 2, 3].map(() => waitForPermits(scope, throttled, 1, stop.signal));
    stop.abort();
    expect(await Promise.all(waiting)).toEqual([undefined, undefined, undefined]);
  });
});

describe('how long a campaign takes', () => {
  it('goes by the tightest of all limits', () => {
    expect(secondsFor(1000, [none, none])).toBeNull();
    expect(secondsFor(1000, [{ ...none, perMinute: 100 }, none])).toBeGreaterThan(590);
    expect(secondsFor(1000, [{ ...none, perMinute: 100 }, none])).toBeLessThan(620);
    expect(
      secondsFor(2000, [
        { ...none, perMinute: 100 },
        { ...none, perHour: 1000 },
      ]),
    ).toBeGreaterThan(7100);
  });
});
