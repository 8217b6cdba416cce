import { setTimeout as delay } from 'node:timers/promises';
import type { Scope } from '../auth/scope';
import type { SenderId } from '../ids';
import { takePermits } from './permits';

/** Sleeps, and answers false at once when `signal` aborts. */
export async function pause(ms: number, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return false;
  if (ms <= 0) return true;
  try {
    await delay(ms, undefined, { signal });
    return true;
  } catch {
    return false;
  }
}

const lines = new Map<SenderId, Promise<unknown>>();

/**
 * Waits for at least one permit, at most `want`; 0 when `signal` aborts first. Who asks for the same sender in this
 * process stands in line, so that one of them asks the database and the first to come is the first to go.
 */
export async function waitForPermits(
  scope: Scope,
  senderId: SenderId,
  want: number,
  signal: AbortSignal,
): Promise<number> {
  const before = lines.get(senderId);
  const turn = (async () => {
    await before;
    for (;;) {
      if (signal.aborted) return 0;
      const { granted, waitMs } = await takePermits(scope, senderId, want);
      if (granted > 0) return granted;
      // Not longer than this at once: the limit may have been raised meanwhile.
      await pause(Math.min(waitMs, 5000), signal);
    }
  })();
  const settled = turn.catch(() => undefined);
  lines.set(senderId, settled);
  try {
    return await turn;
  } finally {
    if (lines.get(senderId) === settled) lines.delete(senderId);
  }
}
