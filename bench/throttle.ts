import { setTimeout as delay } from 'node:timers/promises';
import { and, eq } from 'drizzle-orm';
import { largestWindow } from '@/chaos/compare';
import type { Scope } from '@/lib/auth/scope';
import { sendCampaign } from '@/lib/campaigns/send';
import { testCampaign } from '@/lib/campaigns/testing';
import { campaigns } from '@/lib/db/schema/campaigns';
import { senders } from '@/lib/db/schema/senders';
import { inScope } from '@/lib/db/scoped';
import type { CampaignId, SenderId } from '@/lib/ids';
import { takePermits } from '@/lib/throttle/permits';
import { testWorkspace } from '@/lib/workspaces/testing';
import { makeAudience, pointAtSink } from './campaign';
import type { Measurement } from './measurement';
import { newsletter } from './newsletter';
import { type Sink, startSink } from './sink';
import { startWorker } from './worker';

const runSeconds = Number(process.env.BENCH_SECONDS ?? 130);
const simulatedHours = 6;
const simulationBegins = Date.parse('2030-01-01T00:00:00Z');
const simulationEnds = simulationBegins + simulatedHours * 3_600_000;
const leastUtilisation = 0.95;

type Limits = { perSecond?: number; perMinute?: number; perHour?: number };
type Case = { name: string; sender: Limits; campaign?: Limits };

const windows = [
  { name: 'perSecond', seconds: 1 },
  { name: 'perMinute', seconds: 60 },
  { name: 'perHour', seconds: 3600 },
] as const;
const cases: Case[] = [
  { name: '14 a second', sender: { perSecond: 14 } },
  { name: '100 a minute', sender: { perMinute: 100 } },
  { name: '1,000 an hour', sender: { perHour: 1000 } },
  { name: 'all together', sender: { perSecond: 14, perHour: 1000 }, campaign: { perMinute: 100 } },
];

/**
 * How strictly the limits hold and how much of them is used: by real workers, 1 and then 4, for more than two minutes, by the
 * moments at which messages arrive. An hour is too long for that. It is measured by the moments that the database gives
 * permits for when it is told another time than it is, and the workers' arrivals are held against their beginning.
 */
export async function run(): Promise<Measurement[]> {
  // The throttle is measured, and not who waits for a place: there is one for every batch of all cases.
  process.env.WORKER_CONCURRENCY = '32';
  const simulated = await simulateHours();
  const measured = [...simulated].map(([of, moments]) =>
    judge(of, moments, 'simulated', utilisation(moments, simulationEnds, tightest(of)), {
      hours: simulatedHours,
      measured: 'moments of permits, by the statement that gives them, at the times of a clock that jumps',
    }),
  );
  for (const workers of [1, 4]) measured.push(...(await runWorkers(workers, simulated)));
  return measured;
}

type Prepared = { of: Case; scope: Scope; campaignId: CampaignId; fromEmail: string };

async function prepare(of: Case, n: number, sink: Sink): Promise<Prepared> {
  const { scope, senderId } = await testWorkspace(of.name);
  const fromEmail = `case-${n}@example.com`;
  await pointAtSink(scope, senderId, sink, { fromEmail, limits: of.sender });
  const people = await makeAudience(scope, Math.ceil(tightest(of).perSecond * runSeconds * 1.5) + 50);
  const campaignId = await testCampaign(scope, senderId, [people], { ...newsletter, ...of.campaign });
  return { of, scope, campaignId, fromEmail };
}

function limitsOf({ sender, campaign }: Case) {
  const limits: Limits = { ...sender, ...campaign };
  return windows.flatMap(({ name, seconds }) => {
    const most = limits[name];
    return most === undefined ? [] : [{ name, most, seconds, perSecond: most / seconds }];
  });
}

const tightest = (of: Case) => limitsOf(of).reduce((a, b) => (a.perSecond < b.perSecond ? a : b));

/** All cases at once, each with a sender of its own. */
async function runWorkers(workers: number, simulated: Map<Case, number[]>): Promise<Measurement[]> {
  const sink = await startSink({ arrivals: true });
  const prepared = [];
  for (const [n, of] of cases.entries()) prepared.push(await prepare(of, n, sink));
  const running = [];
  try {
    for (let n = 0; n < workers; n++) running.push(await startWorker());
    for (const { scope, campaignId } of prepared) {
      const sent = await sendCampaign(scope, campaignId);
      if (!sent.ok) throw new Error(sent.problem.message);
    }
    await delay(runSeconds * 1000);
    const { arrivals, latestMs } = await sink.count();
    const end = performance.timeOrigin + performance.now();
    for (const { scope, campaignId } of prepared) await pause(scope, campaignId);
    return prepared.map(({ of, fromEmail }) =>
      judgeArrivals(of, arrivals[fromEmail] ?? [], { workers, end, latestMs, permits: simulated.get(of) }),
    );
  } finally {
    await Promise.all(running.map((worker) => worker.stop()));
    sink.stop();
  }
}

/** Nothing of it shall run on beside the next measurement. */
const pause = (scope: Scope, id: CampaignId) =>
  inScope(scope, (tx) =>
    tx
      .update(campaigns)
      .set({ status: 'paused' })
      .where(and(eq(campaigns.workspaceId, scope.workspaceId), eq(campaigns.id, id))),
  );

/** What came from the first moment until `end`, as part of what a limit lets through in that time. */
function utilisation(moments: number[], end: number, { perSecond }: { perSecond: number }): number {
  const seconds = (end - (moments[0] ?? end)) / 1000;
  return moments.length / (1 + seconds * perSecond);
}

type Observed = { workers: number; end: number; latestMs: number; permits: number[] | undefined };

function judgeArrivals(
  of: Case,
  moments: number[],
  { workers, end, latestMs, permits }: Observed,
): Measurement {
  const how = `${workers} worker${workers === 1 ? '' : 's'}`;
  const measured = `arrivals at the server, which a busy machine let see them up to ${latestMs} ms late`;
  const about = { seconds: runSeconds, measured };
  if (!permits) return judge(of, moments, how, utilisation(moments, end, tightest(of)), about);
  const span = end - (moments[0] ?? end);
  const expected = permits.filter((moment) => moment - (permits[0] ?? 0) <= span).length;
  const used = 'as part of what the simulation gives in that time';
  return judge(of, moments, how, moments.length / expected, { ...about, used });
}

function judge(
  of: Case,
  moments: number[],
  how: string,
  value: number,
  about: Measurement['details'],
): Measurement {
  const worst = limitsOf(of).map(({ name, most, seconds }) => ({
    name,
    most,
    worst: largestWindow(moments, seconds),
  }));
  return {
    name: `throttle: ${of.name}, ${how}`,
    metric: 'part of its tightest limit that is used',
    value,
    limit: `≥ ${leastUtilisation}, and no window above its limit`,
    ok: value >= leastUtilisation && worst.every((window) => window.worst <= window.most),
    details: {
      messages: moments.length,
      ...Object.fromEntries(
        worst.map((window) => [`worst ${window.name}`, `${window.worst} of ${window.most}`]),
      ),
      ...about,
    },
  };
}

/** The statement that gives permits, asked at moments of a clock that jumps from one to the next. */
async function simulateHours(): Promise<Map<Case, number[]>> {
  const simulated = new Map<Case, number[]>();
  for (const of of cases.filter(({ sender }) => sender.perHour !== undefined)) {
    const { scope, senderId } = await testWorkspace(of.name);
    const campaignId = await testCampaign(scope, senderId, [], of.campaign);
    await inScope(scope, (tx) =>
      tx
        .update(senders)
        .set(of.sender)
        .where(and(eq(senders.workspaceId, scope.workspaceId), eq(senders.id, senderId))),
    );
    simulated.set(of, await permitMoments(scope, { senderId, campaignId }));
  }
  return simulated;
}

async function permitMoments(
  scope: Scope,
  throttled: { senderId: SenderId; campaignId: CampaignId },
): Promise<number[]> {
  const moments: number[] = [];
  for (let now = simulationBegins; now < simulationEnds; ) {
    const { granted, start, waitMs } = await takePermits(scope, throttled, 50, new Date(now));
    for (let n = 0; n < granted; n++) moments.push(Math.round(start));
    now = granted > 0 ? Math.max(now, Math.round(start)) + 1 : now + Math.max(1, Math.ceil(waitMs));
  }
  return moments;
}
