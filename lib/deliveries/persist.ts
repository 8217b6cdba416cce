import { log } from '../log';
import { pause } from '../throttle/wait';

const longestPauseMs = 5_000;

/**
 * Repeats a write until the database has taken it: what a provider answered must not be lost with a connection. Throws
 * the last error only when `signal` aborts. The write must be one that may be repeated.
 */
export async function untilWritten(write: () => Promise<void>, signal: AbortSignal): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await write();
    } catch (error) {
      log.warn({ err: error, attempt }, 'the ledger could not be written; trying again');
      const goesOn = await pause(Math.min(longestPauseMs, 100 * 2 ** attempt), signal);
      if (!goesOn) throw error;
    }
  }
}
