import { setTimeout as delay } from 'node:timers/promises';
import type { Scope } from '../auth/scope';
import { isEndState } from '../db/states';
import type { CampaignId } from '../ids';
import { log } from '../log';
import { composeEmail } from '../messages/compose';
import type { PreparedMessage } from '../messages/prepare';
import type { EmailMessage, SendResult } from '../providers/provider';
import type { OpenSender } from '../senders/open-sender';
import type { Permits } from '../throttle/wait';
import type { BatchView } from './batch-view';
import type { Claimed } from './claim';
import type { Engine } from './engine';
import { inDoubt, notTried, type Settlement, settle } from './outcome';
import { untilWritten } from './persist';
import { type Settled, settleAll } from './settle';
import { unsubscribeUrl } from './unsubscribe-token';
import { judge, type Verdict } from './verdict';

/** Longer than any provider's own patience: whoever has not answered by then never will. */
const longestSendMs = 120_000;

export type Handover = {
  campaignId: CampaignId;
  view: BatchView & { sender: NonNullable<BatchView['sender']> };
  prepared: PreparedMessage;
  /** Under whose life the claims hold. */
  workerId: string;
  claimed: Claimed[];
  permits: Permits;
};

type Composed = { claimed: Claimed; message: EmailMessage };

/**
 * Composes claimed messages, writes down that they are handed over, hands each to the provider once, and writes what
 * became of them. Answers how many were sent, and what that says of the sender.
 */
export async function handOver(
  engine: Engine,
  scope: Scope,
  handover: Handover,
  abort: AbortSignal,
): Promise<Verdict> {
  const sender = engine.open(scope, handover.view.sender);
  const { composed, failed } = composeAll(scope, handover);
  const lane = engine.handovers.takeLane();
  const { settled, verdict } = await sendComposed(engine, sender, handover, composed, lane, abort);
  // When this throws, the process ends without having written it: the lane keeps what was handed over.
  const all = [...failed, ...settled];
  await untilWritten(() => settleAll(scope, all), abort);
  engine.handovers.freeLane(lane);
  return { ...verdict, ended: all.filter(({ settlement }) => isEndState(settlement.state)).length };
}

function composeAll(scope: Scope, handover: Handover): { composed: Composed[]; failed: Settled[] } {
  const composed: Composed[] = [];
  const failed: Settled[] = [];
  const { until } = handover.permits;
  const company = handover.prepared.compiled.company ?? handover.view.company;
  for (const claimed of handover.claimed) {
    const message = composeEmail({
      prepared: handover.prepared,
      workspaceId: scope.workspaceId,
      campaignId: handover.campaignId,
      listName: company.name,
      company,
      sender: handover.view.sender,
      contact: claimed.contact,
      deliveryId: claimed.id,
      urls: { unsubscribe: unsubscribeUrl(scope, claimed.id) },
      test: false,
    });
    if (message.ok) {
      const timed = Number.isFinite(until) ? { ...message.value, until } : message.value;
      composed.push({ claimed, message: timed });
    } else {
      const refused = { outcome: 'refused', reason: 'render', detail: message.problem.message } as const;
      failed.push({ claimed, settlement: settle(refused, claimed.attempt, 0) });
    }
  }
  return { composed, failed };
}

type Outcome = { settled: Settled[]; verdict: Verdict };

async function sendComposed(
  engine: Engine,
  sender: OpenSender,
  { view, workerId, permits }: Handover,
  composed: Composed[],
  lane: number,
  abort: AbortSignal,
): Promise<Outcome> {
  const all = (settlement: Settlement, tried = false): Outcome => ({
    settled: composed.map(({ claimed }) => ({ claimed, settlement })),
    verdict: { sent: 0, ended: 0, tried },
  });
  if (composed.length === 0) return all(notTried);
  const going = composed.map(({ claimed }) => claimed);
  const written = await engine.handovers.write(workerId, lane, going).catch((error: unknown) => {
    log.warn({ err: error }, 'a hand-over could not be written down, so that nothing is sent');
    return false;
  });
  const early = permits.from - performance.now();
  if (written && early > 0) await delay(early, undefined, { signal: abort }).catch(() => undefined);
  // A process that has slept may find others at its rows: then it sends nothing.
  if (!written || abort.aborted || !engine.life.holds(workerId)) return all(notTried);
  const results = await callProvider(sender, composed, abort);
  if (!results)
    return all(inDoubt('Sending broke off unexpectedly. Nobody knows whether the message went out.'), true);
  const run = engine.run(view.sender.id);
  const verdict = await judge(
    sender,
    results,
    { probed: view.breaker !== null, hasSent: run.hasSent },
    abort,
  );
  const now = engine.now();
  const circumstances = {
    outage: verdict.outage !== undefined,
    works: verdict.misconfigured === undefined,
    policy: view.unconfirmedPolicy,
  };
  return {
    verdict,
    settled: composed.map(({ claimed }, n) => {
      const result = results[n];
      if (!result) return { claimed, settlement: inDoubt('The provider gave no answer about this message.') };
      const unsent = result.outcome === 'retry' && result.reason === 'connection';
      if (abort.aborted && unsent) return { claimed, settlement: notTried };
      if (run.note(claimed, result)) verdict.refusesAll ??= result;
      return { claimed, settlement: settle(result, claimed.attempt, now, circumstances) };
    }),
  };
}

async function callProvider(
  sender: OpenSender,
  composed: Composed[],
  abort: AbortSignal,
): Promise<SendResult[] | undefined> {
  try {
    const signal = AbortSignal.any([abort, AbortSignal.timeout(longestSendMs)]);
    return await sender.send(
      composed.map(({ message }) => message),
      signal,
    );
  } catch (error) {
    // What an unforeseen error says may hold anything: it is for the log and not for the ledger.
    log.error({ err: error, messages: composed.length }, 'a provider threw while sending');
    return undefined;
  }
}
