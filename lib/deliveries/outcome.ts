import type { DeliveryReason, DeliveryState, FailReason, UnconfirmedPolicy } from '../db/states';
import type { SendResult } from '../providers/provider';

/** How often a message is tried again, and after how many milliseconds each time. */
const retryDelays = [2_000, 4_000, 8_000] as const;
export const retries = retryDelays.length;

/** Providers that say "slow down" without saying for how long. */
const defaultRetryAfterMs = 5_000;

/** How long a request in doubt waits before it is sent again for the first time. */
export const firstReplayMs = 2_000;

/** What an attempt does to its row of the ledger. */
export type Settlement = {
  state: DeliveryState;
  reason: DeliveryReason | null;
  detail: string;
  providerMessageId: string | null;
  retryAt: Date | null;
  /** False gives the attempt back: it was not the recipient's fault, or never happened. */
  counts: boolean;
  /** Whether the attempt is kept in delivery_attempts. */
  keep: boolean;
  /** In doubt, and its request waits to be sent again. */
  replay: boolean;
};

/** A message that was claimed and then not handed over: it waits on as if nothing had been. */
export const notTried: Settlement = {
  state: 'queued',
  reason: null,
  detail: '',
  providerMessageId: null,
  retryAt: null,
  counts: false,
  keep: false,
  replay: false,
};

/** A text message that would be longer than may be is not cut: its recipient gets none. */
export const tooLong: Settlement = { ...notTried, state: 'skipped', reason: 'too_long' };

/** Nobody can know whether it went out. Never sent again by itself. */
export const inDoubt = (detail: string): Settlement => failure('unconfirmed', 'in_doubt', detail);

/** However long a provider asks to be left alone: it may have said nonsense. */
const longestRetryAfterMs = 24 * 3_600_000;

/** A server's words as the database takes them: no control characters, no half characters, not endless. */
export const oneLine = (text: string) =>
  text
    .replace(/\p{Cc}+/gu, ' ')
    .slice(0, 500)
    .toWellFormed();

/** What a provider answered as it can be written down: for what cannot, the ledger would be tried again and again. */
export function writable(result: SendResult): SendResult {
  if (result.outcome === 'sent') return { ...result, providerMessageId: oneLine(result.providerMessageId) };
  const { detail, retryAfterMs } = result;
  const wait =
    retryAfterMs === undefined ? {} : { retryAfterMs: Math.min(retryAfterMs, longestRetryAfterMs) };
  return { ...result, detail: oneLine(detail), ...wait };
}

function failure(
  state: DeliveryState,
  reason: FailReason,
  detail: string,
  more: Partial<Settlement> = {},
): Settlement {
  return {
    state,
    reason,
    detail: oneLine(detail),
    providerMessageId: null,
    retryAt: null,
    counts: true,
    keep: true,
    replay: false,
    ...more,
  };
}

type Circumstances = {
  /** The provider cannot be reached by anybody: then its failures are not counted. */
  outage?: boolean;
  /** Messages go out by these settings: then what is said of a recipient is about them. */
  works?: boolean;
  /** What the workspace wants done about messages in doubt. */
  policy?: UnconfirmedPolicy;
  /** The provider knows the request by its key: `first` went out for the first time, `again` was in doubt before. */
  replay?: 'first' | 'again';
  /** How long to wait before a request in doubt is sent again, in milliseconds. */
  replayMs?: number;
};

/** Of what was in doubt before, only what the provider says of the message itself ends the doubt. */
function staysInDoubt(result: Exclude<SendResult, { outcome: 'sent' }>, replay: 'first' | 'again'): boolean {
  if (result.isFinal) return false;
  return replay === 'first' ? result.outcome === 'in-doubt' : result.outcome !== 'refused';
}

/** Decides what becomes of a message after its `attempt`th attempt (1 = the first) at `now` (milliseconds). */
export function settle(
  result: SendResult,
  attempt: number,
  now: number,
  { outage = false, works = false, policy = 'leave', replay, replayMs = firstReplayMs }: Circumstances = {},
): Settlement {
  if (result.outcome === 'sent')
    return { ...notTried, state: 'sent', providerMessageId: result.providerMessageId, counts: true };
  const { reason, detail } = result;
  if (replay && staysInDoubt(result, replay))
    return failure('retrying', 'in_doubt', detail, {
      retryAt: new Date(now + Math.max(replayMs, result.retryAfterMs ?? 0)),
      keep: replay === 'first',
      replay: true,
    });
  const wait = retryDelays[attempt - 1];
  switch (result.outcome) {
    case 'expired':
      return notTried;
    case 'refused':
      return failure('failed', reason, detail);
    case 'in-doubt':
      if (policy === 'leave' || wait === undefined) return inDoubt(detail);
      return failure('retrying', 'in_doubt', detail, { retryAt: new Date(now + wait) });
    case 'misconfigured':
      if (!works || !result.ofRecipient) return failure('queued', reason, detail, { counts: false });
      if (wait === undefined) return failure('failed', reason, detail);
      return failure('retrying', reason, detail, { retryAt: new Date(now + wait) });
    case 'throttled':
      return failure('retrying', reason, detail, {
        counts: false,
        retryAt: new Date(now + Math.max(0, result.retryAfterMs ?? defaultRetryAfterMs)),
      });
    case 'retry': {
      if (outage) return failure('queued', reason, detail, { counts: false });
      if (wait === undefined) return failure('failed', reason, detail);
      return failure('retrying', reason, detail, {
        retryAt: new Date(now + Math.max(wait, result.retryAfterMs ?? 0)),
      });
    }
  }
}
