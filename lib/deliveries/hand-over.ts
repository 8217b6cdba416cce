import { setTimeout as delay } from 'node:timers/promises';
import type { Scope } from '../auth/scope';
import { isEndState } from '../db/states';
import type { CampaignId } from '../ids';
import { log } from '../log';
import type { OpenSender } from '../senders/open-sender';
import type { Permits } from '../throttle/wait';
import { alike, attempt, type Outcome, type SenderView } from './attempt';
import type { Claimed } from './claim';
import { composeBatch, type Outgoing } from './compose-batch';
import type { Engine } from './engine';
import type { KeptRequest } from './handovers';
import type { PreparedCampaign } from './message-cache';
import { firstReplayMs, notTried } from './outcome';
import { untilWritten } from './persist';
import { forgetRequest } from './replays';
import { type Settled, settleAll } from './settle';
import type { Verdict } from './verdict';

export type Handover = {
  campaignId: CampaignId;
  batch: number;
  view: SenderView;
  prepared: PreparedCampaign;
  /** Under whose life the claims hold. */
  workerId: string;
  claimed: Claimed[];
  permits: Permits;
  /** For how much a message counts at most under these permits. */
  each: number;
};

/** A hand-over whose messages can go out. */
export type Ready = Handover & { sender: OpenSender; outgoing: Outgoing };

/** Composes claimed messages. When it throws, nothing went out. */
export async function makeReady(
  engine: Engine,
  scope: Scope,
  handover: Handover,
  abort: AbortSignal,
): Promise<Ready> {
  const sender = engine.open(scope, handover.view.sender);
  return { ...handover, sender, outgoing: await composeBatch(scope, handover, sender, abort) };
}

/**
 * Writes down that messages are handed over, hands each to the provider once, and writes what became of them. Answers how
 * many were sent, and what that says of the sender.
 */
export async function handOver(
  engine: Engine,
  scope: Scope,
  handover: Ready,
  abort: AbortSignal,
): Promise<Verdict> {
  const { failed, request } = handover.outgoing;
  const lane = engine.handovers.takeLane();
  const { settled, verdict } = await sendComposed(engine, scope, handover, { request, lane }, abort);
  // When this throws, the process ends without having written it: the lane keeps what was handed over.
  const all = [...failed, ...settled];
  await untilWritten(async () => {
    await settleAll(scope, all);
    if (request) await forgetRequest(scope, request.key);
  }, abort);
  engine.handovers.freeLane(lane);
  noteUnsent(scope, handover, all);
  return { ...verdict, ended: all.filter(({ settlement }) => isEndState(settlement.state)).length };
}

/** What was said of each stands in the ledger: it may quote people. */
function noteUnsent(
  { workspaceId: workspace }: Scope,
  { campaignId: campaign, batch }: Handover,
  all: Settled[],
): void {
  const unsent = all.flatMap(({ claimed: { id }, settlement: { state, reason } }) =>
    state === 'sent' ? [] : [{ id, state, reason }],
  );
  if (unsent.length > 0)
    log.info({ workspace, campaign, batch, deliveries: unsent }, 'messages of a batch were not sent');
}

type Going = { request: KeptRequest | undefined; lane: number };

async function sendComposed(
  engine: Engine,
  scope: Scope,
  handover: Ready,
  { request, lane }: Going,
  abort: AbortSignal,
): Promise<Outcome> {
  const { view, workerId, permits, sender, outgoing } = handover;
  const { held } = outgoing;
  if (held.length === 0) return alike(held, notTried);
  const writing = request
    ? engine.handovers.writeRequest(scope, handover, held, request)
    : engine.handovers.write(workerId, lane, held);
  const written = await writing.catch((error: unknown) => {
    log.warn({ err: error }, 'a hand-over could not be written down, so that nothing is sent');
    return false;
  });
  const early = permits.from - performance.now();
  if (written && early > 0) await delay(early, undefined, { signal: abort }).catch(() => undefined);
  // A process that has slept may find others at its rows: then it sends nothing.
  if (!written || abort.aborted || !engine.life.holds(workerId)) return alike(held, notTried);
  const { replays } = sender;
  if (!replays || !request) {
    const { weights } = outgoing;
    return attempt(
      engine,
      { scope, view, sender, held, weights, call: (signal) => outgoing.send(signal) },
      abort,
    );
  }
  // It goes out as a whole, or not at all.
  if (permits.until < performance.now()) return alike(held, notTried);
  const call = (signal: AbortSignal) => replays.send(request, signal);
  const replay = { of: 'first', waitMs: firstReplayMs } as const;
  return attempt(engine, { scope, view, sender, held, call, replay }, abort);
}
