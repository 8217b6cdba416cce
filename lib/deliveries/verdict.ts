import type { SendResult } from '../providers/provider';
import type { OpenSender } from '../senders/open-sender';
import { oneLine } from './outcome';

type Failure = Extract<SendResult, { reason: unknown }>;

/** What a hand-over says of its sender. Sentences are for people. */
export type Verdict = {
  sent: number;
  /** Messages that need nothing more, whatever became of them. */
  ended: number;
  /** Somebody's message was tried, whatever became of it. */
  tried?: boolean;
  /** Our own settings were refused. */
  misconfigured?: string;
  /** It cannot be reached by anybody; then nobody is charged with an attempt. */
  outage?: string;
  /** It asks for a break. */
  throttled?: { problem: string; retryAfterMs: number };
  /** Message after message fails with nothing sent between. */
  refusesAll?: SendResult;
  /** It has answered about somebody's message, so that it works. */
  answers?: boolean;
};

const checkMs = 15_000;

/**
 * Reads results for what they say of the provider. Whether a failed connection is its state and not one message's is found
 * out by a connection that sends nothing. While it is `probed`, "not now" is still about everybody, except for one of whom it
 * must be taken as being `theirs`. A server that has taken messages of ours (`hasSent`) and passes nothing on for one recipient,
 * for their domain say, is not misconfigured.
 */
export async function judge(
  sender: OpenSender,
  results: SendResult[],
  { probed, theirs, hasSent }: { probed: boolean; theirs: boolean; hasSent: boolean },
  abort: AbortSignal,
): Promise<Verdict> {
  const verdict: Verdict = { sent: results.filter(({ outcome }) => outcome === 'sent').length, ended: 0 };
  const works = hasSent || verdict.sent > 0;
  for (const result of results) {
    if (result.outcome !== 'expired') verdict.tried = true;
    const isOfRecipient = result.outcome === 'misconfigured' && works && result.ofRecipient;
    const isTheirs = theirs && result.outcome === 'retry';
    if (result.outcome === 'sent' || result.outcome === 'refused' || isOfRecipient || isTheirs)
      verdict.answers = true;
    else if (result.outcome === 'misconfigured') verdict.misconfigured ??= sentence(result.detail);
    if (result.outcome === 'throttled') verdict.throttled = longer(verdict.throttled, result);
  }
  if (verdict.sent > 0 || abort.aborted) return verdict;
  const outage = await findOutage(sender, results, probed && !theirs, abort);
  return outage === undefined ? verdict : { ...verdict, outage };
}

async function findOutage(
  sender: OpenSender,
  results: SendResult[],
  probed: boolean,
  abort: AbortSignal,
): Promise<string | undefined> {
  const unreachable = results.find((result) => result.outcome === 'retry' && result.reason === 'connection');
  if (unreachable) {
    const check = await sender.check(AbortSignal.any([abort, AbortSignal.timeout(checkMs)]));
    if (!check.ok && !abort.aborted) return sentence(check.problem);
  }
  const stillNot = results.find((result): result is Failure => result.outcome === 'retry');
  return probed && stillNot ? sentence(stillNot.detail) : undefined;
}

const defaultRetryAfterMs = 5_000;

function longer(known: Verdict['throttled'], result: Failure): Verdict['throttled'] {
  const retryAfterMs = result.retryAfterMs ?? defaultRetryAfterMs;
  return known && known.retryAfterMs >= retryAfterMs
    ? known
    : { problem: sentence(result.detail), retryAfterMs };
}

export function sentence(text: string): string {
  const line = oneLine(text);
  return /[.!?]$/.test(line) ? line : `${line}.`;
}
