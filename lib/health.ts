import { setTimeout as delay } from 'node:timers/promises';
import { gt, sql } from 'drizzle-orm';
import { version } from '../package.json';
import { unsafeDatabase } from './db/client';
import { workers } from './db/schema/operation';

export type Health = {
  status: 'ok' | 'down';
  version: string;
  database: 'ok' | 'down';
  worker: 'ok' | 'down' | 'unknown';
};

const patienceMs = 3000;

async function workerSeen(): Promise<boolean> {
  const rows = await unsafeDatabase()
    .select({ id: workers.id })
    .from(workers)
    .where(gt(workers.seenAt, sql`now() - interval '30 seconds'`))
    .limit(1);
  return rows.length > 0;
}

/** Whether the database answers, within 3 s, and a worker was seen in the last 30 s. */
export async function health(): Promise<Health> {
  const seen = await Promise.race([
    workerSeen().catch(() => undefined),
    delay(patienceMs, undefined, { ref: false }),
  ]);
  if (seen === undefined) return { status: 'down', version, database: 'down', worker: 'unknown' };
  return { status: seen ? 'ok' : 'down', version, database: 'ok', worker: seen ? 'ok' : 'down' };
}
