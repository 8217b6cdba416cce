import type { JobWithMetadata, PgBoss } from 'pg-boss';
import { isDatabaseAway } from '@/lib/db/away';
import type { JobDefinition } from '@/lib/jobs/definitions';
import { log } from '@/lib/log';
import type { Handler, JobContext } from './handler';

type Options = {
  concurrency: number;
  /** At most so many of one group (a sender) at once, so that none keeps all others waiting. */
  perGroup?: number;
  /** How often each of them looks for jobs whose time has come. */
  pollSeconds?: number;
};

/** What is asked of a kind of job. */
type Work<Payload> = {
  handler: Handler<Payload>;
  /** Says where people look that it cannot be done: it failed again and again, by a fault of ours. */
  giveUp?: (payload: Payload) => Promise<unknown>;
};

/** A database that restarts, or a network that is gone for a while, costs no try. */
const mostTries = 5;

/**
 * Takes jobs of one kind, `concurrency` at a time. pg-boss would wait between two jobs of a worker; it is told at the end
 * of each that there may be another.
 */
export async function register<Payload extends object>(
  boss: PgBoss,
  definition: JobDefinition<Payload>,
  work: Work<Payload>,
  context: JobContext,
  { concurrency, perGroup, pollSeconds = 1 }: Options,
): Promise<void> {
  let ids = new Set<string>();
  /** `busy`: those alone that have just had a job; the others found nothing, and would ask in vain. */
  const nudge = (busy: boolean) => {
    if (context.stop.aborted) return;
    for (const { id, count } of boss.getWipData())
      if (ids.has(id) && (!busy || count > 0)) boss.notifyWorker(id);
  };
  const workId = await boss.work(
    definition.name,
    {
      batchSize: 1,
      includeMetadata: true,
      localConcurrency: concurrency,
      pollingIntervalSeconds: pollSeconds,
      // Jobs for a later time are not announced, so that somebody has to look.
      notifyPollingIntervalSeconds: pollSeconds,
      ...(perGroup === undefined ? {} : { localGroupConcurrency: perGroup }),
    },
    async ([job]: JobWithMetadata<Payload>[]) => {
      try {
        if (job) await handle(boss, definition, work, { ...context, nudge: () => nudge(false) }, job);
      } finally {
        nudge(true);
      }
    },
  );
  const mine = boss.getWipData().filter((worker) => worker.workId === workId);
  ids = new Set(mine.map(({ id }) => id));
}

/** How often jobs of this process failed by a fault of ours. What a killed worker or a restarted database costs is none. */
class Failures {
  readonly #tries = new Map<string, number>();

  isTooOften(id: string): boolean {
    const tries = (this.#tries.get(id) ?? 0) + 1;
    if (tries < mostTries) this.#tries.set(id, tries);
    else this.#tries.delete(id);
    return tries >= mostTries;
  }

  forget(id: string): void {
    this.#tries.delete(id);
  }
}
const failed = new Failures();

async function handle<Payload extends object>(
  boss: PgBoss,
  definition: JobDefinition<Payload>,
  { handler, giveUp }: Work<Payload>,
  context: JobContext & { nudge: () => void },
  job: JobWithMetadata<Payload>,
): Promise<void> {
  const payload = definition.payload.parse(job.data);
  const logger = log.child({ job: definition.name, ...payload });
  try {
    const stop = AbortSignal.any([context.stop, job.signal]);
    const end = await handler(payload, { ...context, stop });
    logger.debug({ end }, 'a job ended');
    failed.forget(job.id);
    if (end === true || end === 'done' || job.signal.aborted) return;
    // It goes back to where it stood, among the jobs of its group as well.
    const again = {
      data: payload,
      priority: job.priority,
      ...(job.groupId ? { group: { id: job.groupId } } : {}),
    };
    if (typeof end === 'object') {
      const priority = job.priority - (end.behind ?? 0);
      const waitMs = Math.max(0, end.again.getTime() - Date.now());
      // By the database's clock, from which this one may differ.
      await boss.insert(definition.name, [{ ...again, priority, startAfter: `${waitMs} milliseconds` }]);
      setTimeout(context.nudge, waitMs).unref();
      // Back to the queue at once: failing the job would make the next worker wait.
    } else await boss.insert(definition.name, [again]);
  } catch (error) {
    if (!giveUp || isDatabaseAway(error) || !failed.isTooOften(job.id)) {
      logger.error({ err: error }, 'a job failed; it will be tried again');
      throw error;
    }
    logger.error({ err: error }, 'a job failed too often; it is given up');
    await giveUp(payload);
  }
}
