import type { Job, PgBoss } from 'pg-boss';
import type { JobDefinition } from '@/lib/jobs/definitions';
import { log } from '@/lib/log';
import type { Handler, JobContext } from './handler';

type Options = {
  concurrency: number;
  /** At most so many of one group (a sender) at once, so that none keeps all others waiting. */
  perGroup?: number;
};

/**
 * Takes jobs of one kind, `concurrency` at a time. pg-boss would wait between two jobs of a worker; it is told at the end
 * of each that there may be another.
 */
export async function register<Payload extends object>(
  boss: PgBoss,
  definition: JobDefinition<Payload>,
  handler: Handler<Payload>,
  context: JobContext,
  { concurrency, perGroup }: Options,
): Promise<void> {
  let ids = new Set<string>();
  /** `busy`: those alone that have just had a job; the others found nothing, and would ask in vain. */
  const nudge = (busy: boolean) => {
    if (context.stop.aborted) return;
    for (const { id, count } of boss.getWipData())
      if (ids.has(id) && (!busy || count > 0)) boss.notifyWorker(id);
  };
  const workId = await boss.work<Payload>(
    definition.name,
    {
      batchSize: 1,
      localConcurrency: concurrency,
      pollingIntervalSeconds: 1,
      // Jobs for a later time are not announced, so that somebody has to look.
      notifyPollingIntervalSeconds: 1,
      ...(perGroup === undefined ? {} : { localGroupConcurrency: perGroup }),
    },
    async ([job]) => {
      try {
        if (job) await handle(boss, definition, handler, { ...context, nudge: () => nudge(false) }, job);
      } finally {
        nudge(true);
      }
    },
  );
  const mine = boss.getWipData().filter((worker) => worker.workId === workId);
  ids = new Set(mine.map(({ id }) => id));
}

async function handle<Payload extends object>(
  boss: PgBoss,
  definition: JobDefinition<Payload>,
  handler: Handler<Payload>,
  context: JobContext & { nudge: () => void },
  job: Job<Payload>,
): Promise<void> {
  const payload = definition.payload.parse(job.data);
  const logger = log.child({ job: definition.name, ...payload });
  try {
    const stop = AbortSignal.any([context.stop, job.signal]);
    const end = await handler(payload, { ...context, stop });
    logger.debug({ end }, 'a job ended');
    if (end === true || end === 'done' || job.signal.aborted) return;
    const group = job.groupId ? { group: { id: job.groupId } } : {};
    if (typeof end === 'object') {
      await boss.insert(definition.name, [{ data: payload, ...group, startAfter: end.again }]);
      setTimeout(context.nudge, Math.max(0, end.again.getTime() - Date.now())).unref();
      // Back to the queue at once: failing the job would make the next worker wait.
    } else await boss.insert(definition.name, [{ data: payload, ...group }]);
  } catch (error) {
    logger.error({ err: error }, 'a job failed; it will be tried again');
    throw error;
  }
}
