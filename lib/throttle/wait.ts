import { setTimeout as delay } from 'node:timers/promises';
import type { Scope } from '../auth/scope';
import type { SenderId } from '../ids';
import { ServerClock } from './clock';
import { returnPermits, type Throttled, takePermits } from './permits';

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

/** Permits to send `count` messages between two moments of this process' clock (performance.now). */
export type Permits = { count: number; from: number; until: number; giveBack(unused: number): Promise<void> };

const clock = new ServerClock();
const lines = new Map<SenderId, Promise<unknown>>();

/**
 * Waits for at least one permit, at most `want`; undefined when `signal` aborts first. Who asks for the same sender in this
 * process stands in line, so that one of them asks the database and campaigns that share the sender take turns.
 */
export async function waitForPermits(
  scope: Scope,
  throttled: Throttled,
  want: number,
  signal: AbortSignal,
): Promise<Permits | undefined> {
  const { senderId } = throttled;
  const before = lines.get(senderId);
  const turn = (async () => {
    await before;
    while (!signal.aborted) {
      const asked = performance.now();
      const grant = await takePermits(scope, throttled, want);
      clock.read(grant.at, asked, performance.now());
      if (grant.granted > 0) return { ...grant, from: clock.local(grant.start) };
      // Not longer than this at once: the limit may have been raised meanwhile.
      await pause(Math.min(grant.waitMs, 1000), signal);
    }
    return undefined;
  })();
  const settled = turn.catch(() => undefined);
  lines.set(senderId, settled);
  try {
    const grant = await turn;
    if (!grant) return undefined;
    const { granted, limited, from, validMs, ticket } = grant;
    return {
      count: granted,
      from,
      until: limited ? from + validMs : Number.POSITIVE_INFINITY,
      giveBack: (unused) => returnPermits(scope, throttled, unused, limited ? ticket : null),
    };
  } finally {
    if (lines.get(senderId) === settled) lines.delete(senderId);
  }
}
