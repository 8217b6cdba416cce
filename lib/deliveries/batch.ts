import type { Scope } from '../auth/scope';
import { completeAfterBatch } from '../campaigns/complete';
import { batchSize } from '../campaigns/launch';
import { pauseCampaign } from '../campaigns/status';
import type { CampaignId } from '../ids';
import { announceCampaign } from '../live/announce';
import { log } from '../log';
import { type Permits, pause, waitForPermits } from '../throttle/wait';
import type { SenderView } from './attempt';
import { type BatchView, viewBatch } from './batch-view';
import { closeBreaker, forgiveRun, openBreaker, type Probe, releaseProbe, takeProbe } from './breaker';
import { type Claim, claim } from './claim';
import type { Engine } from './engine';
import { type Handover, handOver, makeReady } from './hand-over';
import { preparedMessage } from './message-cache';
import { nextTexts } from './next-texts';
import { dueReplay } from './replays';
import { type Replay, sendAgain } from './send-again';
import { sentence, type Verdict } from './verdict';

/** Another worker has the rows, or tries a sender that failed; it will be done in a moment. */
const busyMs = 500;
/** A batch that cannot stay until its time has come is back by then: a limit may have been raised meanwhile. */
const longestAwayMs = 30_000;

export type BatchJob = { campaignId: CampaignId; batch: number };
/** `stop`: claim nobody further. `abort`: give up what is on the wire. */
export type BatchSignals = { stop: AbortSignal; abort: AbortSignal };

/**
 * `again`: nobody is due before; whoever calls comes back then. `behind`: it has had its turn, so that as many others of its
 * campaign come first, and with them others' campaigns.
 */
export type BatchEnd = 'done' | 'stopped' | { again: Date; behind?: number };

/**
 * Sends a batch until nobody in it is due: room on the wire, then permits, then a claim of as many, then one call of the
 * provider, then the result into the ledger. Stopped before, the rest waits on as it was.
 */
export async function runBatch(
  engine: Engine,
  scope: Scope,
  job: BatchJob,
  signals: BatchSignals,
): Promise<BatchEnd> {
  while (!signals.stop.aborted) {
    if (!engine.life.holds()) await engine.life.beat();
    const view = await viewBatch(scope, job.campaignId, job.batch);
    if (view?.status !== 'sending') return 'done';
    if (view.due > 0) {
      const { ended, waitMs } = await sendDue(engine, scope, job, view, signals);
      if (waitMs !== undefined && view.sender) {
        const place = { senderId: view.sender.id, campaignId: job.campaignId, left: view.due };
        const asked = Date.now();
        const stay = await engine.parking.wait(place, waitMs, signals.stop);
        if (stay === 'stays') continue;
        // Whoever stays takes each message that a slow limit lets go: until it has no more, the others would only be in the way of
        // other campaigns.
        const messages = stay === 'no room' || view.breaker ? 1 : stay.coveredBy;
        const again = new Date(asked + Math.min(messages * waitMs, longestAwayMs));
        return { again, behind: view.batches };
      }
      if (ended < view.due || view.nextRetryMs !== null) continue;
      noteEnd(scope, job);
      await completeAfterBatch(scope, job.campaignId);
      return 'done';
    }
    if (view.nextRetryMs !== null) return { again: new Date(Date.now() + view.nextRetryMs) };
    await completeAfterBatch(scope, job.campaignId);
    return 'done';
  }
  return 'stopped';
}

const noteEnd = ({ workspaceId: workspace }: Scope, { campaignId: campaign, batch }: BatchJob) =>
  log.info({ workspace, campaign, batch }, 'a batch is done');

/** How many need nothing more, or how long nobody of the batch can be written to. */
type Progress = { ended: number; waitMs?: number };

async function sendDue(
  engine: Engine,
  scope: Scope,
  job: BatchJob,
  view: BatchView,
  signals: BatchSignals,
): Promise<Progress> {
  const { sender, breaker } = view;
  if (!sender) {
    const problem =
      'The sender of this campaign was deleted. Cancel it, and duplicate it to send it with another one.';
    await pauseCampaign(scope, job.campaignId, problem);
    return { ended: 0 };
  }
  if (breaker && breaker.openMs > 0) return { ended: 0, waitMs: breaker.openMs };
  const probe = breaker ? await takeProbe(scope, sender.id) : undefined;
  if (breaker && !probe) {
    await pause(busyMs, signals.stop);
    return { ended: 0 };
  }
  const { verdict, ...progress } = await sendSome(engine, scope, job, { ...view, sender }, signals);
  if (verdict || progress.ended > 0) announceCampaign(job.campaignId);
  if (verdict || breaker) await act(engine, scope, job.campaignId, { ...view, sender, probe }, verdict);
  return progress;
}

/** Without a verdict nobody was handed over. */
type Some = Progress & { verdict?: Verdict };

async function sendSome(
  engine: Engine,
  scope: Scope,
  job: BatchJob,
  view: SenderView,
  { stop, abort }: BatchSignals,
): Promise<Some> {
  const due = view.dueAgain > 0 ? await dueReplay(scope, job) : undefined;
  const wire = engine.wire(view.sender.id, engine.open(scope, view.sender));
  const places = await wire.enter(due?.waiting ?? (view.breaker ? 1 : Math.min(view.due, batchSize())));
  let sent = 0;
  try {
    const throttled = { senderId: view.sender.id, campaignId: job.campaignId };
    // A text message counts for its segments: as many as count alike ask for permits together.
    const run = view.limited && view.channel === 'sms' && (await nextTexts(scope, job, places));
    const { count: want, each } = run || { count: due?.waiting ?? places, each: 1 };
    const permits = view.limited ? await waitForPermits(scope, throttled, want, stop, each) : always(want);
    if (!permits || stop.aborted) return { ended: 0 };
    if ('waitMs' in permits) return { ended: 0, waitMs: permits.waitMs };
    const some = due
      ? await claimAndSendAgain(engine, scope, { ...job, ...due, view, permits }, { stop, abort })
      : await claimAndSend(
          engine,
          scope,
          job,
          { view, permits, each: view.limited ? each : Infinity },
          { stop, abort },
        );
    sent = some.verdict?.sent ?? 0;
    return some;
  } finally {
    wire.leave(places, sent);
  }
}

const always = (count: number): Permits => ({
  count,
  from: 0,
  until: Number.POSITIVE_INFINITY,
  giveBack: async () => undefined,
});

async function claimAndSend(
  engine: Engine,
  scope: Scope,
  job: BatchJob,
  { view, permits, each }: Pick<Handover, 'view' | 'permits' | 'each'>,
  { stop, abort }: BatchSignals,
): Promise<Some> {
  const prepared = await preparedMessage(scope, job.campaignId);
  if (!prepared) throw new Error('a campaign that is being sent has its message');
  const fence = engine.claims.begin();
  const workerId = engine.life.id;
  // Until something may have gone out, a claim that ends by a fault is given back by the sweep, as one that may yet come to be.
  const letGo = (error: unknown): never => {
    engine.claims.end(fence);
    throw error;
  };
  const order = { ...job, channel: view.channel, workerId, fence };
  const { claimed, skipped, waiting } = await claimAll(scope, order, permits.count).catch(letGo);
  await permits.giveBack(permits.count - claimed.length).catch(letGo);
  if (claimed.length === 0) {
    engine.claims.end(fence);
    if (skipped + waiting === 0) await pause(busyMs, stop);
    return { ended: skipped };
  }
  announceCampaign(job.campaignId);
  const handover = { ...job, view, prepared, workerId, claimed, permits, each };
  const ready = await makeReady(engine, scope, handover, abort).catch(letGo);
  await permits.giveBack(claimed.length - ready.outgoing.held.length).catch(letGo);
  // When this throws, what became of them is not written: the claim stays open, and ends with this worker's life.
  const verdict = await handOver(engine, scope, ready, abort);
  engine.claims.end(fence);
  return { verdict, ended: skipped + verdict.ended };
}

/** A request in doubt goes out as a whole. It fits into one grant, as it did before, unless limits were tightened since. */
async function claimAndSendAgain(
  engine: Engine,
  scope: Scope,
  replay: Replay & { waiting: number },
  { stop, abort }: BatchSignals,
): Promise<Some> {
  const { campaignId, view, waiting } = replay;
  let { permits } = replay;
  for (let count = permits.count; count < waiting; ) {
    const throttled = { senderId: view.sender.id, campaignId };
    const more = await waitForPermits(scope, throttled, waiting - count, stop);
    if (!more) return { ended: 0 };
    if ('waitMs' in more) {
      if (more.waitMs > longestAwayMs) return { ended: 0, waitMs: more.waitMs };
      // Whoever leaves now loses the permits they have, and would have to begin anew, each time.
      await pause(more.waitMs, stop);
      continue;
    }
    count += more.count;
    permits = more;
  }
  const verdict = await sendAgain(engine, scope, { ...replay, permits }, abort);
  if (verdict) return { verdict, ended: verdict.ended };
  await permits.giveBack(permits.count);
  await pause(busyMs, stop);
  return { ended: 0 };
}

/** Whoever is not written to now needs no permit: others are claimed in their places. */
async function claimAll(
  scope: Scope,
  order: Omit<Parameters<typeof claim>[1], 'limit'>,
  permits: number,
): Promise<Claim> {
  const all: Claim = { claimed: [], skipped: 0, waiting: 0 };
  while (all.claimed.length < permits) {
    const { claimed, skipped, waiting } = await claim(scope, {
      ...order,
      limit: permits - all.claimed.length,
    });
    all.claimed.push(...claimed);
    all.skipped += skipped;
    all.waiting += waiting;
    if (skipped + waiting === 0) break;
  }
  return all;
}

/** Draws the consequences for the sender and the campaign. */
async function act(
  engine: Engine,
  scope: Scope,
  campaignId: CampaignId,
  { sender, breaker, probe: turn }: SenderView & { probe: Probe | undefined },
  verdict: Verdict | undefined,
): Promise<void> {
  const probe = turn !== undefined;
  const run = engine.run(sender.id);
  const goesOn = 'Sending goes on by itself as soon as it answers.';
  const misconfigured = verdict && misconfigurationIn(verdict);
  if (misconfigured !== undefined) {
    if (probe) await closeBreaker(scope, sender.id);
    const problem = `The sender “${sender.fromEmail}” was refused: ${misconfigured} Correct it in the settings of the sender.`;
    await pauseCampaign(scope, campaignId, problem);
    await forgiveRun(scope, run.take());
  } else if (verdict?.throttled) {
    const { problem, retryAfterMs } = verdict.throttled;
    const text = `The provider asks for a break: ${problem} Sending goes on by itself.`;
    await openBreaker(scope, sender.id, text, { probe, atLeastMs: retryAfterMs });
  } else if (verdict?.outage !== undefined) {
    const problem = `The provider cannot be reached: ${verdict.outage} ${goesOn}`;
    await openBreaker(scope, sender.id, problem, { probe });
  } else if (verdict?.refusesAll) {
    const { refusesAll } = verdict;
    const said = 'detail' in refusesAll ? sentence(refusesAll.detail) : '';
    await openBreaker(scope, sender.id, `The provider takes no message now: ${said} ${goesOn}`, { probe });
    await forgiveRun(scope, run.take());
  } else if (breaker && verdict?.answers) await closeBreaker(scope, sender.id);
  else if (breaker && verdict?.tried) await openBreaker(scope, sender.id, breaker.problem, { probe });
  else if (turn) await releaseProbe(scope, sender.id, turn);
}

/** At once when nothing was ever sent by these settings; else after a run of messages that they were refused for. */
function misconfigurationIn({ misconfigured, refusesAll }: Verdict): string | undefined {
  return misconfigured ?? (refusesAll?.outcome === 'misconfigured' ? sentence(refusesAll.detail) : undefined);
}
