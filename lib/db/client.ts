import { drizzle } from 'drizzle-orm/postgres-js';
import postgres from 'postgres';
import { required } from '../env';

export function connect(url: string, options: { max: number; onclose?: () => void }) {
  const sql = postgres(url, {
    max: options.max,
    max_lifetime: 0,
    ...(options.onclose ? { onclose: options.onclose } : {}),
    onnotice: () => undefined,
    connection: {
      application_name: 'posthaste',
      // A process that is stopped in the middle of a transaction must not keep its rows from the others for long.
      idle_in_transaction_session_timeout: 20_000,
    },
  });
  return drizzle(sql);
}

export type Database = ReturnType<typeof connect>;

// Next.js evaluates modules once per bundle and again on a reload: the pool must be one per process all the same.
const shared = globalThis as typeof globalThis & { posthasteDatabase?: Database };

/**
 * The pool of this process. Reach tenant rows through `inScope` (./scoped.ts): a query outside it sees none of them.
 */
export function unsafeDatabase(): Database {
  if (shared.posthasteDatabase) return shared.posthasteDatabase;
  const database: Database = connect(required('DATABASE_URL'), { max: 10, onclose: () => replace(database) });
  shared.posthasteDatabase = database;
  return database;
}

/** Who waits for a pool that has not lost a connection and ended. */
const waiting = new WeakMap<Database, Set<(error: Error) => void>>();

/**
 * What `work` answers, or an error when the pool it works with has lost a connection and ended: then the driver answers nobody
 * who waited to reserve a connection.
 */
export function whileOpen<Value>(database: Database, work: Promise<Value>): Promise<Value> {
  const { promise, resolve, reject } = Promise.withResolvers<Value>();
  const all = waiting.get(database) ?? new Set();
  waiting.set(database, all.add(reject));
  work.then(resolve, reject).finally(() => all.delete(reject));
  return promise;
}

function giveUp(lost: Database): void {
  for (const reject of waiting.get(lost) ?? []) reject(new Error('the connection to the database was lost'));
}

/** How long statements on other connections of a pool that lost one may take to end, in seconds. */
const farewell = 5;

/**
 * The driver (postgres 3.4.9) must not go on with a connection that was lost while something was to be written: it sends
 * nothing on it any more, or throws where nobody can catch it. So whoever asks next gets a new pool.
 */
function replace(lost: Database): void {
  if (shared.posthasteDatabase !== lost) return;
  shared.posthasteDatabase = undefined;
  const ended = () => giveUp(lost);
  lost.$client.end({ timeout: farewell }).then(ended, ended);
}

/** Whether an error that nobody caught is the driver's, which has told its caller of the lost connection besides. */
export function isLostConnection(error: unknown): boolean {
  return error instanceof TypeError && /[\\/]postgres[\\/]src[\\/]connection\.js/.test(error.stack ?? '');
}

export async function closeDatabase(): Promise<void> {
  const database = shared.posthasteDatabase;
  shared.posthasteDatabase = undefined;
  await database?.$client.end({ timeout: 5 });
}
