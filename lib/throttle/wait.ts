import { setTimeout as delay } from 'node:timers/promises';
import type { Scope } from '../auth/scope';
import type { CampaignId, SenderId } from '../ids';
import { ServerClock } from './clock';
import { type Grant, returnPermits, type Throttled, takePermits } from './permits';
import { campaignsBefore } from './turns';

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

/** Longer than this nobody stands in line: it may be a limit of their own that holds them, and not those behind. */
const longestInLineMs = 1000;

/**
 * Whoever has sent last asks so much later for each campaign that comes before, but no later than twice that: when none of them
 * comes, it is there when the next message may go.
 */
const asideMs = 50;
/** After so long without a long wait, a limit is slow no more. */
const slowForMs = 120_000;

/** Senders whose limits let somebody of this process wait long: when they did, and when each campaign got permits since. */
const slow = new Map<SenderId, { at: number; served: Map<CampaignId, number> }>();

function slowNow(senderId: SenderId) {
  const known = slow.get(senderId);
  return known && Date.now() - known.at < slowForMs ? known : undefined;
}

/** For how long to step aside, so that others' messages go first under a slow limit. */
async function stepAside(scope: Scope, { senderId, campaignId }: Throttled): Promise<number> {
  const known = slowNow(senderId);
  if (!known || !campaignId) return 0;
  const before = await campaignsBefore(scope, { senderId, campaignId }, known.served);
  return Math.min(before, 2) * asideMs;
}

/**
 * Waits for at least one permit, at most `want`; undefined when `signal` aborts first. Who asks for the same sender in this
 * process stands in line, so that one of them asks the database and campaigns that share the sender take turns. With a long
 * time to wait it answers how long, in milliseconds, and leaves the line to others; so it does when others' campaigns come first.
 */
export async function waitForPermits(
  scope: Scope,
  throttled: Throttled,
  want: number,
  signal: AbortSignal,
  each = 1,
): Promise<Permits | { waitMs: number } | undefined> {
  const { senderId } = throttled;
  const before = lines.get(senderId);
  type Turn = { grant: Grant; from: number } | { grant?: undefined; waitMs: number };
  const turn = (async (): Promise<Turn | undefined> => {
    await before;
    while (!signal.aborted) {
      const asked = performance.now();
      const grant = await takePermits(scope, throttled, want, null, each);
      clock.read(grant.at, asked, performance.now());
      if (grant.granted > 0) {
        if (throttled.campaignId) slowNow(senderId)?.served.set(throttled.campaignId, Date.now());
        return { grant, from: clock.local(grant.start) };
      }
      if (grant.waitMs > longestInLineMs) {
        slow.set(senderId, { served: slowNow(senderId)?.served ?? new Map(), at: Date.now() });
        return { waitMs: grant.waitMs };
      }
      const aside = await stepAside(scope, throttled);
      if (aside > 0) return { waitMs: grant.waitMs + aside };
      await pause(grant.waitMs, signal);
    }
    return undefined;
  })();
  const settled = turn.catch(() => undefined);
  lines.set(senderId, settled);
  try {
    const answer = await turn;
    if (!answer?.grant) return answer;
    const { granted, limited, validMs, ticket } = answer.grant;
    return {
      count: granted,
      from: answer.from,
      until: limited ? answer.from + validMs : Number.POSITIVE_INFINITY,
      giveBack: (unused) => returnPermits(scope, throttled, unused * each, limited ? ticket : null),
    };
  } finally {
    if (lines.get(senderId) === settled) lines.delete(senderId);
  }
}
