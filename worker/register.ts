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
  const workId = await boss.work<Payload>(
    definition.name,
    {
      batchSize: 1,
      localConcurrency: concurrency,
      pollingIntervalSeconds: 1,
      notifyPollingIntervalSeconds: 5,
      ...(perGroup === undefined ? {} : { localGroupConcurrency: perGroup }),
    },
    async ([job]) => {
      try {
        if (job) await handle(boss, definition, handler, context, job);
      } finally {
        if (!context.stop.aborted) for (const id of ids) boss.notifyWorker(id);
      }
    },
  );
  const ids = boss
    .getWipData()
    .filter((worker) => worker.workId === workId)
    .map((worker) => worker.id);
}

async function handle<Payload extends object>(
  boss: PgBoss,
  definition: JobDefinition<Payload>,
  handler: Handler<Payload>,
  context: JobContext,
  job: Job<Payload>,
): Promise<void> {
  const payload = definition.payload.parse(job.data);
  const logger = log.child({ job: definition.name, ...payload });
  try {
    const stop = AbortSignal.any([context.stop, job.signal]);
    const done = await handler(payload, { ...context, stop });
    logger.debug(done ? 'done' : 'stopped');
    if (done || job.signal.aborted) return;
    // Back to the queue at once: failing the job would make the next worker wait.
    const group = job.groupId ? { group: { id: job.groupId } } : {};
    await boss.insert(definition.name, [{ data: payload, ...group }]);
  } catch (error) {
    logger.error({ err: error }, 'a job failed; it will be tried again');
    throw error;
  }
}
