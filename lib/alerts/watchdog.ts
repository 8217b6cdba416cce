import { log } from '../log';
import { workersAlive } from '../monitoring/queue-state';
import { evaluateAllAlerts } from './evaluate';

const everyMs = 30_000;
/** A worker that starts, or drains while the next one starts, is not gone. */
const looksBefore = 2;

/**
 * Looks after the alerts while no worker runs, for that is what a worker cannot tell of. One look; `missed` counts those that
 * found none, and its answer is the next one's.
 */
export async function lookForWorkers(missed: number, stop: AbortSignal): Promise<number> {
  if ((await workersAlive()) > 0) return 0;
  if (missed + 1 >= looksBefore) await evaluateAllAlerts(stop);
  return missed + 1;
}

/** The same again and again, in a process that is no worker. Answers how to end it. */
export function watchForWorkers(): () => void {
  const stop = new AbortController();
  let missed = 0;
  let looking = false;
  const look = async () => {
    if (looking) return;
    looking = true;
    missed = await lookForWorkers(missed, stop.signal).catch((error: unknown) => {
      log.warn({ err: error }, 'workers could not be looked for');
      return missed;
    });
    looking = false;
  };
  const timer = setInterval(() => void look(), everyMs).unref();
  return () => {
    clearInterval(timer);
    stop.abort();
  };
}
