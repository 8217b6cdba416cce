import type { Scope } from '../auth/scope';
import { completeIfDone } from '../campaigns/complete';
import { batchSize } from '../campaigns/launch';
import { setProblem } from '../campaigns/problem';
import { pauseCampaign } from '../campaigns/status';
import { inScope } from '../db/scoped';
import type { CampaignId } from '../ids';
import { sendBatch as sendBatchJob } from '../jobs/definitions';
import { enqueue } from '../jobs/queue';
import { pause, waitForPermits } from '../throttle/wait';
import { type BatchView, viewBatch } from './batch-view';
import { type Claimed, claim } from './claim';
import type { Engine } from './engine';
import { type Handover, handOver } from './hand-over';
import { preparedMessage } from './message-cache';
import { notTried } from './outcome';
import { untilWritten } from './persist';
import { settleAll } from './settle';

/** A retry further away than this is left to a job of its own, so that the batch does not hold a place. */
const longestWaitMs = 30_000;

/** Another worker has the rows; it will be done in a moment. */
const busyMs = 500;

export type BatchJob = { campaignId: CampaignId; batch: number };
/** `stop`: claim nobody further. `abort`: give up what is on the wire. */
export type BatchSignals = { stop: AbortSignal; abort: AbortSignal };

/**
 * Sends a batch until nobody in it is left to write to: permits, then a claim of as many, then one call of the provider,
 * then the result into the ledger. Answers false when it was stopped before; the rest waits on as it was.
 */
export async function runBatch(
  engine: Engine,
  scope: Scope,
  job: BatchJob,
  signals: BatchSignals,
): Promise<boolean> {
  while (!signals.stop.aborted) {
    const view = await viewBatch(scope, job.campaignId, job.batch);
    if (view?.status !== 'sending') return true;
    if (view.due > 0) await sendDue(engine, scope, job, view, signals);
    else if (view.nextRetryMs === null) {
      await inScope(scope, (tx) => completeIfDone(tx, scope, job.campaignId));
      return true;
    } else if (view.nextRetryMs > longestWaitMs) {
      await wakeLater(scope, job, view);
      return true;
    } else await pause(view.nextRetryMs, signals.stop);
  }
  return false;
}

function wakeLater(scope: Scope, job: BatchJob, view: BatchView): Promise<void> {
  const startAfter = new Date(Date.now() + (view.nextRetryMs ?? 0));
  return inScope(scope, (tx) =>
    enqueue(tx, sendBatchJob, [{ workspaceId: scope.workspaceId, ...job }], {
      startAfter,
      group: { id: view.sender?.id ?? job.campaignId },
    }),
  );
}

async function sendDue(
  engine: Engine,
  scope: Scope,
  job: BatchJob,
  view: BatchView,
  { stop, abort }: BatchSignals,
): Promise<void> {
  const { outages } = engine;
  const prepared = await preparedMessage(scope, job.campaignId);
  if (!prepared || !view.sender) {
    await pauseCampaign(
      scope,
      job.campaignId,
      'The sender of this campaign is gone. Choose another and resume.',
    );
    return;
  }
  const held = outages.waitMs(view.sender.id);
  if (held > 0) {
    await pause(Math.min(held, longestWaitMs), stop);
    return;
  }
  const want = outages.isSuspect(view.sender.id) ? 1 : Math.min(view.due, batchSize);
  const permits = await waitForPermits(scope, view.sender.id, want, stop);
  if (permits === 0 || stop.aborted) return;
  const release = (claimed: Claimed[]) => void giveBack(scope, claimed, abort);
  const { claimed, skipped } = await claim(scope, job.campaignId, job.batch, permits, release);
  if (claimed.length === 0) {
    if (skipped === 0) await pause(busyMs, stop);
    return;
  }
  const handover: Handover = {
    claimedAt: engine.now(),
    campaignId: job.campaignId,
    batch: job.batch,
    view: { ...view, sender: view.sender },
    prepared,
    claimed,
  };
  await report(scope, handover, await handOver(engine, scope, handover, abort));
}

/** Undoes a claim whose commit may or may not have happened. */
async function giveBack(scope: Scope, claimed: Claimed[], signal: AbortSignal): Promise<void> {
  const settled = claimed.map((row) => ({ claimed: row, settlement: notTried }));
  await untilWritten(() => settleAll(scope, settled), signal).catch(() => undefined);
}

/** Tells people why a campaign stands still, and that it goes on again. */
async function report(
  scope: Scope,
  { campaignId, view }: Handover,
  outcome: { misconfigured?: string; unreachable?: string; sent: number },
): Promise<void> {
  if (outcome.misconfigured !== undefined) {
    const problem = `The sender “${view.sender.fromEmail}” was refused: ${outcome.misconfigured} Correct it in Settings, then resume. Nobody was lost.`;
    await pauseCampaign(scope, campaignId, problem);
  } else if (outcome.unreachable !== undefined) {
    const problem = `The provider cannot be reached: ${outcome.unreachable} Sending goes on by itself as soon as it answers.`;
    await setProblem(scope, campaignId, problem);
  } else if (outcome.sent > 0 && view.problem !== null) await setProblem(scope, campaignId, null);
}
