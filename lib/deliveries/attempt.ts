import type { Scope } from '../auth/scope';
import { log } from '../log';
import type { SendResult } from '../providers/provider';
import type { OpenSender } from '../senders/open-sender';
import type { BatchView } from './batch-view';
import type { Held } from './claim';
import type { Engine } from './engine';
import { inDoubt, notTried, type Settlement, settle, writable } from './outcome';
import type { Settled } from './settle';
import { judge, type Verdict } from './verdict';

/** Longer than any provider's own patience: whoever has not answered by then never will. */
const longestSendMs = 120_000;

export type SenderView = BatchView & { sender: NonNullable<BatchView['sender']> };

export type Attempt = {
  scope: Scope;
  view: SenderView;
  sender: OpenSender;
  /** Whom the call is about, in the order of its results. */
  held: Held[];
  call: (signal: AbortSignal) => Promise<SendResult[]>;
  /** For how much each counts under limits, if not for one. */
  weights?: number[];
  /** Of a request that can be sent again: whether it was in doubt before, and how long it then waits, in milliseconds. */
  replay?: { of: 'first' | 'again'; waitMs: number };
};

export type Outcome = { settled: Settled[]; verdict: Verdict };

/** The same for everybody. */
export const alike = (held: Held[], settlement: Settlement, tried = false): Outcome => ({
  settled: held.map((claimed) => ({ claimed, settlement })),
  verdict: { sent: 0, ended: 0, tried },
});

const brokeOff = 'Sending broke off unexpectedly. Nobody knows whether the message went out.';
const noAnswer = 'The provider gave no answer about this message.';
const doubt = (detail: string) => ({ outcome: 'in-doubt', reason: 'in_doubt', detail }) as const;

/** Calls the provider once. Answers what becomes of everybody, and what that says of the sender. */
export async function attempt(
  engine: Engine,
  { scope, view, sender, held, call, weights, replay }: Attempt,
  abort: AbortSignal,
): Promise<Outcome> {
  const called = performance.now();
  const answered = await callProvider(call, held, abort);
  const results = answered?.map(writable) ?? held.map(() => doubt(brokeOff));
  engine.gauge.note(scope, view.sender.id, performance.now() - called, results, weights);
  if (!answered && !replay) return alike(held, inDoubt(brokeOff), true);
  const run = engine.run(view.sender.id);
  const verdict = await judge(
    sender,
    results,
    { probed: view.breaker !== null, theirs: isTheirs(view), hasSent: view.hasSent },
    abort,
  );
  const now = engine.now();
  const circumstances = {
    outage: verdict.outage !== undefined,
    works: verdict.misconfigured === undefined,
    policy: view.unconfirmedPolicy,
    ...(replay && { replay: replay.of, replayMs: replay.waitMs }),
  };
  let noted = false;
  const settled = held.map((claimed, n): Settled => {
    const result = results[n];
    if (!result) return { claimed, settlement: inDoubt(noAnswer) };
    const unsent = result.outcome === 'retry' && result.reason === 'connection';
    if (abort.aborted && unsent && replay?.of !== 'again') return { claimed, settlement: notTried };
    // A request without an answer is one failure, however many it writes to.
    const isSameDoubt = replay !== undefined && result.outcome === 'in-doubt' && noted;
    if (!isSameDoubt) verdict.refusesAll = run.note(claimed, result) ?? verdict.refusesAll;
    if (result.outcome === 'sent') verdict.refusesAll = undefined;
    noted ||= result.outcome === 'in-doubt';
    return { claimed, settlement: settle(result, claimed.attempt, now, circumstances) };
  });
  return { verdict, settled };
}

/** So long "not now" is taken for the provider's state, while its breaker is open: no outage of an hour may fail anybody. */
const longestDoubtMs = 3_600_000;

/** Whether "not now" must be taken as said of a recipient: who alone is left would be the one who tries for ever. */
const isTheirs = ({ breaker }: SenderView): boolean => breaker !== null && breaker.sinceMs > longestDoubtMs;

async function callProvider(
  call: Attempt['call'],
  held: Held[],
  abort: AbortSignal,
): Promise<SendResult[] | undefined> {
  try {
    return await call(AbortSignal.any([abort, AbortSignal.timeout(longestSendMs)]));
  } catch (error) {
    // What an unforeseen error says may hold anything: it is for the log and not for the ledger.
    log.error({ err: error, deliveries: held.map(({ id }) => id) }, 'a provider threw while sending');
    return undefined;
  }
}
