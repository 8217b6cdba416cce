import { sql } from 'drizzle-orm';
import { fromDrizzle, PgBoss } from 'pg-boss';
import type { ScopedTx } from '../db/scoped';
import { required } from '../env';
import { allJobs, type JobDefinition } from './definitions';

const shared = globalThis as typeof globalThis & { posthasteBoss?: Promise<PgBoss> };

/**
 * The address as the queue's driver must read it. `sslmode=require` means to encrypt whatever the certificate, to libpq
 * and to our own driver; this one would check it as in `verify-full`.
 */
export function queueAddress(url: string): string {
  const address = new URL(url);
  if (address.searchParams.has('sslmode')) address.searchParams.set('uselibpqcompat', 'true');
  return address.href;
}

/** The queue as a sender of jobs: no maintenance, no schedules. The worker makes its own, which has both. */
function sendingBoss(): Promise<PgBoss> {
  shared.posthasteBoss ??= (async () => {
    const boss = new PgBoss({
      connectionString: queueAddress(required('DATABASE_URL')),
      application_name: 'posthaste-queue',
      max: 1,
      supervise: false,
      schedule: false,
      migrate: false,
      createSchema: false,
    });
    boss.on('error', () => undefined); // a failed call rejects at its caller
    await boss.start();
    return boss;
  })();
  shared.posthasteBoss.catch(() => {
    shared.posthasteBoss = undefined;
  });
  return shared.posthasteBoss;
}

/** Adds jobs in the caller's transaction: they exist if, and only if, what they are about was committed. */
export async function enqueue<Payload extends object>(
  tx: ScopedTx,
  job: JobDefinition<Payload>,
  payloads: Payload[],
  {
    priority,
    ...options
  }: { startAfter?: Date; priority?: (payload: Payload) => number; group?: { id: string } } = {},
): Promise<void> {
  const boss = await sendingBoss();
  await boss.insert(
    job.name,
    payloads.map((data) => ({
      data: job.payload.parse(data),
      ...options,
      ...(priority ? { priority: priority(data) } : {}),
    })),
    { db: fromDrizzle(tx, sql) },
  );
}

/** Brings the queue's own schema and the queues up to date. Called at start, after the database's migrations. */
export async function migrateQueue(url: string): Promise<void> {
  const boss = new PgBoss({ connectionString: queueAddress(url), max: 1, supervise: false, schedule: false });
  boss.on('error', () => undefined); // a failed call rejects here
  await boss.start();
  for (const job of allJobs) {
    const options = {
      notify: !job.exact,
      heartbeatSeconds: job.heartbeatSeconds,
      expireInSeconds: 23 * 3600, // a throttled batch may wait for hours; the heartbeat finds the dead
      retentionSeconds: 90 * 24 * 3600,
      deleteAfterSeconds: 3600,
      retryLimit: 1_000_000, // a job ends when its work is done, never because the database was away
      retryDelay: 2,
    };
    if (await boss.getQueue(job.name)) await boss.updateQueue(job.name, options);
    else await boss.createQueue(job.name, options);
    if (job.cron) await boss.schedule(job.name, job.cron, {}, { retryLimit: 0 });
  }
  await boss.stop({ graceful: false });
}

export async function closeQueue(): Promise<void> {
  const boss = await shared.posthasteBoss?.catch(() => undefined);
  await boss?.stop({ graceful: false });
  shared.posthasteBoss = undefined;
}
