import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { UnconfirmedPolicy } from '@/lib/db/states';
import { bundleWorker } from '@/scripts/worker-process';
import { readArrivals } from './arrivals';
import { prepareCampaign } from './campaign';
import { type Comparison, compare, largestWindow } from './compare';
import type { Database } from './database';
import { type ChaosEvent, strike } from './faults';
import { readLedger, readStatus } from './ledger';
import { type Limits, windowsOf } from './limits';
import { type Fault, type PlannedFault, planFaults } from './plan';
import { Receiving } from './receiving';
import { Workers } from './workers';

export type Options = {
  recipients: number;
  kills: number;
  workers: number;
  seed: number;
  policy: UnconfirmedPolicy;
  limits: Limits;
};

export type Outcome = {
  comparison: Comparison;
  planned: number | null;
  /** Whether the campaign completed in time, and all workers drained. */
  ended: string | null;
  faults: { asked: PlannedFault[]; struck: Fault[] };
  /** Transactions that were open at the receiving end when the sending end cut them. */
  cut: number;
  windows: { seconds: number; limit: number; largest: number }[];
  seconds: number;
  events: ChaosEvent[];
};

const lookEveryMs = 500;
/** As long again as the limit allows at best, and ten minutes for what recovers. */
const patienceMs = ({ recipients, limits }: Options) =>
  (2 * recipients * 60_000) / limits.perMinute + 10 * 60_000;

/** Sends a campaign while everything fails, and counts what arrived. `directory` is for logs and messages. */
export async function run(
  options: Options,
  database: Database,
  directory: string,
  tell: (event: ChaosEvent) => void,
  stop: AbortSignal,
): Promise<Outcome> {
  const arrivalDirectory = join(directory, 'arrived');
  const logs = join(directory, 'logs');
  mkdirSync(logs, { recursive: true });
  const receiving = await Receiving.start(arrivalDirectory);
  const bundle = await bundleWorker();
  const events: ChaosEvent[] = [];
  let startedAt = performance.now();
  const note = (what: string) => {
    const at = Math.round(performance.now() - startedAt) / 1000;
    const event = { at, arrived: receiving.status.arrived, what };
    events.push(event);
    tell(event);
  };
  const workers = new Workers(bundle, logs, note);
  try {
    const campaign = await prepareCampaign({ ...options, port: receiving.status.port });
    await workers.start(options.workers);
    const asked = planFaults(options);
    startedAt = performance.now();
    const id = await campaign.send();
    note('the campaign is sent');
    const over = new AbortController();
    const striking = strike(asked, { workers, receiving, database, note }, over.signal);
    const ended = await untilCompleted(database, id, patienceMs(options), stop).finally(() => over.abort());
    const seconds = Math.round(performance.now() - startedAt) / 1000;
    note(ended ?? 'the campaign is completed');
    const struck = await striking;
    // Whoever slept may still have something to hand over.
    const drained = await workers.drain();
    const { planned } = await readStatus(database, id);
    const arrivals = await readArrivals(arrivalDirectory);
    const times = arrivals.map(({ at }) => at);
    return {
      comparison: compare(planned, campaign.audience, await readLedger(database, id), arrivals),
      planned,
      ended: ended ?? (drained ? null : 'a worker did not end within 20 s'),
      faults: { asked, struck },
      cut: receiving.status.cut,
      windows: windowsOf(options.limits).map((window) => ({
        ...window,
        largest: largestWindow(times, window.seconds),
      })),
      seconds,
      events,
    };
  } finally {
    workers.killAll();
    receiving.stop();
    await bundle.remove();
  }
}

/** Null when it completed; else why it did not. */
async function untilCompleted(
  database: Database,
  id: string,
  patience: number,
  stop: AbortSignal,
): Promise<string | null> {
  const deadline = performance.now() + patience;
  for (;;) {
    const { status, problem } = await readStatus(database, id);
    if (status === 'completed') return null;
    if (status !== 'sending') return `the campaign is ${status}: ${problem}`;
    if (stop.aborted) return 'the run was interrupted';
    if (performance.now() > deadline) return 'the campaign did not complete in time';
    await delay(lookEveryMs);
  }
}
