import { sql } from 'drizzle-orm';
import { migrate as drizzleMigrate } from 'drizzle-orm/postgres-js/migrator';
import { connect } from './client';

/** Any number; the same for every start of every version, so that they queue up behind each other. */
const migrationLock = 7_205_759_403;

/**
 * Brings the database's schema up to date. Safe when several starts run it at once: drizzle's own migrator takes no
 * lock, so one is held meanwhile, on the single connection that also migrates.
 */
export async function migrate(url: string, folder = './drizzle'): Promise<void> {
  const db = connect(url, { max: 1 });
  try {
    await db.execute(sql`select pg_advisory_lock(${migrationLock})`);
    await drizzleMigrate(db, { migrationsFolder: folder });
  } finally {
    await db.$client.end({ timeout: 5 });
  }
}
