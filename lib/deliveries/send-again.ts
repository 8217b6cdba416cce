import { setTimeout as delay } from 'node:timers/promises';
import type { Scope } from '../auth/scope';
import { isEndState } from '../db/states';
import type { CampaignId } from '../ids';
import type { SendResult } from '../providers/provider';
import type { OpenSender } from '../senders/open-sender';
import type { Permits } from '../throttle/wait';
import { attempt, type Outcome, type SenderView } from './attempt';
import type { Held } from './claim';
import type { Engine } from './engine';
import { firstReplayMs, settle } from './outcome';
import { untilWritten } from './persist';
import { forgetRequest, type KeptReplay, takeUp } from './replays';
import { settleAll } from './settle';
import type { Verdict } from './verdict';

/** How long a request that stays in doubt waits at most before it is sent again. */
const longestWaitMs = 5 * 60_000;

export type Replay = { campaignId: CampaignId; key: string; view: SenderView; permits: Permits };

/** Sends a request in doubt again, as it was. Undefined: others have taken it up, or its campaign has stopped. */
export async function sendAgain(
  engine: Engine,
  scope: Scope,
  replay: Replay,
  abort: AbortSignal,
): Promise<Verdict | undefined> {
  const { campaignId, key } = replay;
  const workerId = engine.life.id;
  const fence = engine.claims.begin();
  const { held, kept } = await takeUp(scope, { campaignId, key, workerId, fence }).catch((error: unknown) => {
    engine.claims.end(fence); // it may yet come to be; then the sweep gives it back
    throw error;
  });
  if (held.length === 0) {
    engine.claims.end(fence);
    return undefined;
  }
  const { settled, verdict } = await call(engine, scope, { ...replay, workerId, held, kept }, abort);
  await untilWritten(async () => {
    await settleAll(scope, settled);
    await forgetRequest(scope, key);
  }, abort);
  engine.claims.end(fence);
  return { ...verdict, ended: settled.filter(({ settlement }) => isEndState(settlement.state)).length };
}

type Going = Replay & { workerId: string; held: Held[]; kept: KeptReplay };

async function call(
  engine: Engine,
  scope: Scope,
  { view, key, permits, workerId, held, kept }: Going,
  abort: AbortSignal,
): Promise<Outcome> {
  const sender = engine.open(scope, view.sender);
  const alike = (result: SendResult, circumstances: Parameters<typeof settle>[3]): Outcome => ({
    settled: held.map((claimed) => ({
      claimed,
      settlement: settle(result, claimed.attempt, engine.now(), circumstances),
    })),
    verdict: { sent: 0, ended: 0 },
  });
  const request = usable(kept, sender);
  if ('problem' in request) return alike(inDoubtForEver(request.problem), { policy: view.unconfirmedPolicy });
  const early = permits.from - performance.now();
  if (early > 0) await delay(early, undefined, { signal: abort }).catch(() => undefined);
  if (abort.aborted || !engine.life.holds(workerId) || permits.until < performance.now())
    return alike(notNow, { replay: 'again', replayMs: 0 });
  const { replays, body, deliveryIds, ageMs } = request;
  return attempt(
    engine,
    {
      ...{ scope, view, sender, held },
      async call(signal) {
        const results = await replays.send({ key, body, count: deliveryIds.length }, signal);
        return held.map(({ id }) => results[deliveryIds.indexOf(id)] ?? inDoubtForEver(noAnswer));
      },
      // Twice as long after each time, about.
      replay: { of: 'again', waitMs: Math.min(Math.max(firstReplayMs, ageMs), longestWaitMs) },
    },
    abort,
  );
}

type Usable = Exclude<KeptReplay, { problem: string }> & { replays: NonNullable<OpenSender['replays']> };

/** Another account knows nothing of the key: there it would be a second message. */
function usable(kept: KeptReplay, { replays }: OpenSender): Usable | { problem: string } {
  if ('problem' in kept) return kept;
  return replays?.account === kept.account
    ? { ...kept, replays }
    : {
        problem:
          'It was in doubt when the sender’s settings were changed: its new account does not know of it.',
      };
}

const noAnswer = 'The provider gave no answer about this message.';
const inDoubtForEver = (detail: string): SendResult => ({
  ...{ outcome: 'in-doubt', reason: 'in_doubt', detail, isFinal: true },
});
const notNow: SendResult = { outcome: 'retry', reason: 'connection', detail: 'It was not sent again yet.' };
