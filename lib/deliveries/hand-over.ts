import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Scope } from '../auth/scope';
import { codeLinks } from '../codes/code-links';
import { codesOfDeliveries } from '../codes/contact-codes';
import { isEndState } from '../db/states';
import type { CampaignId, ContactCode, DeliveryId } from '../ids';
import { log } from '../log';
import { composeEmail } from '../messages/compose';
import type { PreparedMessage } from '../messages/prepare';
import type { EmailMessage } from '../providers/provider';
import type { OpenSender } from '../senders/open-sender';
import type { Permits } from '../throttle/wait';
import { alike, attempt, type Outcome, type SenderView } from './attempt';
import type { Claimed } from './claim';
import type { Engine } from './engine';
import type { KeptRequest } from './handovers';
import { firstReplayMs, notTried, settle } from './outcome';
import { untilWritten } from './persist';
import { forgetRequest } from './replays';
import { type Settled, settleAll } from './settle';
import { unsubscribeUrl } from './unsubscribe-token';
import type { Verdict } from './verdict';

export type Handover = {
  campaignId: CampaignId;
  view: SenderView;
  prepared: PreparedMessage;
  /** Under whose life the claims hold. */
  workerId: string;
  claimed: Claimed[];
  permits: Permits;
};

type Composed = { claimed: Claimed; message: EmailMessage };

/** A hand-over whose messages can go out; `failed` are those that cannot be composed. */
export type Ready = Handover & { sender: OpenSender; composed: Composed[]; failed: Settled[] };

/** Composes claimed messages. When it throws, nothing went out. */
export async function makeReady(
  engine: Engine,
  scope: Scope,
  handover: Handover,
  abort: AbortSignal,
): Promise<Ready> {
  const sender = engine.open(scope, handover.view.sender);
  const codes = await readCodes(scope, handover, abort);
  return { ...handover, sender, ...composeAll(scope, handover, codes) };
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
  const { sender, composed, failed } = handover;
  const lane = engine.handovers.takeLane();
  const request = freeze(sender, composed);
  const { settled, verdict } = await sendComposed(engine, scope, handover, { request, lane }, abort);
  // When this throws, the process ends without having written it: the lane keeps what was handed over.
  const all = [...failed, ...settled];
  await untilWritten(async () => {
    await settleAll(scope, all);
    if (request) await forgetRequest(scope, request.key);
  }, abort);
  engine.handovers.freeLane(lane);
  return { ...verdict, ended: all.filter(({ settlement }) => isEndState(settlement.state)).length };
}

type Codes = ReadonlyMap<DeliveryId, ContactCode>;

/** The personal codes of the recipients, if the message shows them. */
async function readCodes(scope: Scope, { prepared, claimed }: Handover, abort: AbortSignal): Promise<Codes> {
  let codes: Codes = new Map();
  if (!prepared.usesCode) return codes;
  const ids = claimed.map(({ id }) => id);
  await untilWritten(async () => {
    codes = await codesOfDeliveries(scope, ids);
  }, abort);
  return codes;
}

function composeAll(
  scope: Scope,
  handover: Handover,
  codes: Codes,
): { composed: Composed[]; failed: Settled[] } {
  const composed: Composed[] = [];
  const failed: Settled[] = [];
  const { until } = handover.permits;
  const company = handover.prepared.compiled.company ?? handover.view.company;
  for (const claimed of handover.claimed) {
    const code = codes.get(claimed.id);
    const message = composeEmail({
      prepared: handover.prepared,
      workspaceId: scope.workspaceId,
      campaignId: handover.campaignId,
      listName: company.name,
      company,
      sender: handover.view.sender,
      contact: claimed.contact,
      deliveryId: claimed.id,
      urls: {
        unsubscribe: unsubscribeUrl(scope, claimed.id),
        code: code && codeLinks(code, handover.campaignId),
      },
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

/** The one request that sends these messages, of a provider that knows it again. */
function freeze(sender: OpenSender, composed: Composed[]): KeptRequest | undefined {
  const { replays } = sender;
  if (!replays || composed.length === 0) return undefined;
  const body = replays.freeze(composed.map(({ message }) => message));
  const { account, forMs } = replays;
  return { key: randomUUID(), body, count: composed.length, account, forMs };
}

type Going = { request: KeptRequest | undefined; lane: number };

async function sendComposed(
  engine: Engine,
  scope: Scope,
  handover: Ready,
  { request, lane }: Going,
  abort: AbortSignal,
): Promise<Outcome> {
  const { view, workerId, permits, sender, composed } = handover;
  const held = composed.map(({ claimed }) => claimed);
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
    const messages = composed.map(({ message }) => message);
    const call = (signal: AbortSignal) => sender.send(messages, signal);
    return attempt(engine, { scope, view, sender, held, call }, abort);
  }
  // It goes out as a whole, or not at all.
  if (permits.until < performance.now()) return alike(held, notTried);
  const call = (signal: AbortSignal) => replays.send(request, signal);
  const replay = { of: 'first', waitMs: firstReplayMs } as const;
  return attempt(engine, { scope, view, sender, held, call, replay }, abort);
}
