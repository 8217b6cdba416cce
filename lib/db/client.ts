import { drizzle } from 'drizzle-orm/postgres-js';
import postgres from 'postgres';
import { required } from '../env';
import * as schema from './schema';

export function connect(url: string, options: { max: number }) {
  const sql = postgres(url, {
    max: options.max,
    onnotice: () => undefined,
    connection: { application_name: 'posthaste' },
  });
  return drizzle(sql, { schema });
}

export type Database = ReturnType<typeof connect>;

// Next.js evaluates modules once per bundle and again on a reload: the pool must be one per process all the same.
const shared = globalThis as typeof globalThis & { posthasteDatabase?: Database };

/**
 * The pool of this process. Reach tenant rows through `inScope` (./scoped.ts): a query outside it sees none of them.
 */
export function unsafeDatabase(): Database {
  shared.posthasteDatabase ??= connect(required('DATABASE_URL'), { max: 10 });
  return shared.posthasteDatabase;
}

export async function closeDatabase(): Promise<void> {
  await shared.posthasteDatabase?.$client.end({ timeout: 5 });
  shared.posthasteDatabase = undefined;
}
