import { sql } from 'drizzle-orm';
import { unsafeDatabase } from './client';

/**
 * Ends the sessions of Posthaste whose process has been silent for `seconds` in the middle of a statement, and answers how
 * many. A process that stands still between two statements is cut off by `idle_in_transaction_session_timeout` (./client.ts).
 * That does not count between the messages of one statement (PostgreSQL, Message Flow, Extended Query), for which the driver
 * waits in turn: without this, the rows of its transaction would be locked for everybody until it goes on.
 */
export async function endStandingSessions(seconds = 20): Promise<number> {
  const ended = await unsafeDatabase().execute(sql`
    select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and usename = current_user and application_name = 'posthaste'
      and state = 'active' and wait_event = 'ClientRead'
      and state_change <= clock_timestamp() - make_interval(secs => ${seconds})`);
  return ended.length;
}
