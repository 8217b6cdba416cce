import { and, eq, sql } from 'drizzle-orm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { senders } from '../db/schema';
import { inScope } from '../db/scoped';
import { testWorkspace } from '../workspaces/testing';
import { grantAt, paceOf, permitSeconds, takePermits } from './permits';
import { waitForPermits } from './wait';

/** The most permits in any half-open window of a minute. */
function worstWindow(times: number[], seconds = 60): number {
  let worst = 0;
  let from = 0;
  times.forEach((time, to) => {
    while ((times[from] ?? 0) <= time - seconds) from++;
    worst = Math.max(worst, to - from + 1);
  });
  return worst;
}

async function limited(perMinute: number | null) {
  const { scope, senderId } = await testWorkspace();
  const mine = and(eq(senders.workspaceId, scope.workspaceId), eq(senders.id, senderId));
  await inScope(scope, (tx) => tx.update(senders).set({ perMinute }).where(mine));
  /** As if so much time had gone by. */
  const hasten = (seconds: number) =>
    inScope(scope, (tx) =>
      tx
        .update(senders)
        .set({ throttleTat: sql`throttle_tat - make_interval(secs => ${seconds})` })
        .where(mine),
    );
  return { scope, senderId, hasten };
}

describe('the throttle', () => {
  it('never passes the limit in any window, however people ask, also when permits are used late', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 3000 }),
        fc.array(
          fc.record({
            want: fc.integer({ min: 1, max: 50 }),
            idle: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 90, noNaN: true })),
            late: fc.double({ min: 0, max: permitSeconds * 0.999, noNaN: true }),
          }),
          { minLength: 1, maxLength: 300 },
        ),
        (perMinute, asks) => {
          const pace = paceOf(perMinute);
          let tat = 0;
          let now = 1000;
          const used: number[] = [];
          for (const { want, idle, late } of asks) {
            now += idle;
            const grant = grantAt(pace, tat, now, want);
            if (grant.granted === 0) now += Math.max(grant.waitSeconds, 0.001);
            for (let n = 0; n < grant.granted; n++) used.push(now + late);
            tat = grant.tat;
          }
          expect(worstWindow(used.sort((a, b) => a - b))).toBeLessThanOrEqual(perMinute);
        },
      ),
      { numRuns: 300 },
    );
  });

  it.each([14, 100, 1200, 60_000])(
    'gives out at least 97 %% of %i a minute to who keeps asking',
    (perMinute) => {
      const pace = paceOf(perMinute);
      let tat = 0;
      let now = 0;
      let granted = 0;
      while (now < 600) {
        const grant = grantAt(pace, tat, now, 50);
        granted += grant.granted;
        tat = grant.tat;
        if (grant.granted === 0) now += grant.waitSeconds;
      }
      expect(granted / (perMinute * 10)).toBeGreaterThan(0.97);
      expect(granted / (perMinute * 10)).toBeLessThanOrEqual(1.01);
    },
  );

  it('does in the database what it does on paper, over many connections at once', async () => {
    const perMinute = 6000;
    const { scope, senderId } = await limited(perMinute);
    const startedAt = performance.now();
    const grants = await Promise.all(
      Array.from({ length: 40 }, async () => (await takePermits(scope, senderId, 50)).granted),
    );
    const seconds = (performance.now() - startedAt) / 1000;
    const { burst, intervalSeconds } = paceOf(perMinute);
    const total = grants.reduce((sum, granted) => sum + granted, 0);
    expect(total).toBeGreaterThanOrEqual(50);
    expect(total).toBeLessThanOrEqual(burst + Math.ceil(seconds / intervalSeconds));
  });

  it('takes the same step in the database as on paper', async () => {
    const { scope, senderId } = await limited(1);
    const mine = and(eq(senders.workspaceId, scope.workspaceId), eq(senders.id, senderId));
    const micros = 1_000_000;
    const moment = (at: number) =>
      sql`timestamptz '2030-01-01 00:00:00Z' + ${Math.round(at * micros)}::float8 * interval '1 microsecond'`;
    const now = 1000;
    let granting = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 60_000 })),
        // How far ahead the next permit is: in thousandths of a burst, because that is where a grant turns into a wait.
        fc.integer({ min: -300, max: 1500 }),
        fc.integer({ min: 1, max: 50 }),
        async (perMinute, ahead, want) => {
          const pace = paceOf(perMinute);
          const tat =
            Math.round((now + (ahead / 1000) * pace.burst * pace.intervalSeconds) * micros) / micros;
          await inScope(scope, (tx) =>
            tx
              .update(senders)
              .set({ perMinute, throttleTat: moment(tat) })
              .where(mine),
          );
          const onPaper = grantAt(pace, tat, now, want);
          const { granted, waitMs } = await takePermits(scope, senderId, want, moment(now));
          const [row] = await inScope(scope, (tx) =>
            tx
              .select({
                tat: sql<number>`extract(epoch from ${senders.throttleTat} - '2030-01-01 00:00:00Z')::float8`,
              })
              .from(senders)
              .where(mine),
          );
          expect(granted).toBe(onPaper.granted);
          expect(Math.abs(waitMs - onPaper.waitSeconds * 1000)).toBeLessThanOrEqual(1);
          expect(row?.tat).toBeCloseTo(onPaper.tat, 5);
          if (granted > 0) granting++;
        },
      ),
      { numRuns: 80 },
    );
    expect(granting).toBeGreaterThan(5);
    expect(granting).toBeLessThan(75);
  });

  it('says how long to wait, and grants again after that and not before', async () => {
    const { scope, senderId, hasten } = await limited(60);
    expect(await takePermits(scope, senderId, 50)).toEqual({ granted: 1, waitMs: 0 });
    const refused = await takePermits(scope, senderId, 50);
    expect(refused.granted).toBe(0);
    expect(refused.waitMs).toBeGreaterThan(900);
    expect(refused.waitMs).toBeLessThanOrEqual(1017);
    await hasten(0.9);
    expect((await takePermits(scope, senderId, 50)).granted).toBe(0);
    await hasten(0.2);
    expect((await takePermits(scope, senderId, 50)).granted).toBe(1);
  });

  it('grants all without a limit, and nothing for a sender of another workspace', async () => {
    const { scope, senderId } = await limited(null);
    expect(await takePermits(scope, senderId, 50)).toEqual({ granted: 50, waitMs: 0 });
    const other = await testWorkspace('Other');
    expect(await takePermits(other.scope, senderId, 50)).toMatchObject({ granted: 0 });
  });

  it('ends a wait at once when it is told to', async () => {
    const { scope, senderId } = await limited(1);
    expect(await waitForPermits(scope, senderId, 1, new AbortController().signal)).toBe(1);
    const stop = new AbortController();
    const waiting = [1, 2, 3].map(() => waitForPermits(scope, senderId, 1, stop.signal));
    stop.abort();
    expect(await Promise.all(waiting)).toEqual([0, 0, 0]);
  });
});
