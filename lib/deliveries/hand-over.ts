import type { Scope } from '../auth/scope';
import type { CampaignId } from '../ids';
import { log } from '../log';
import { composeEmail } from '../messages/compose';
import type { PreparedMessage } from '../messages/prepare';
import type { EmailMessage, SendResult } from '../providers/provider';
import type { OpenSender } from '../senders/open-sender';
import type { BatchView } from './batch-view';
import { type Claimed, leaseSeconds } from './claim';
import type { Engine } from './engine';
import { inDoubt, notTried, type Settlement, settle } from './outcome';
import { untilWritten } from './persist';
import { type Settled, settleAll } from './settle';
import { unsubscribeUrl } from './unsubscribe-token';

/** So many messages are given to a provider and settled together. */
const groupSize = 25;

export type Handover = {
  claimedAt: number;
  campaignId: CampaignId;
  batch: number;
  view: BatchView & { sender: NonNullable<BatchView['sender']> };
  prepared: PreparedMessage;
  claimed: Claimed[];
};

/** What a person should hear of it: what the provider said. */
export type HandoverReport = { sent: number; misconfigured?: string; unreachable?: string };

type Composed = { claimed: Claimed; message: EmailMessage };

/** Composes and sends claimed messages, each once, and writes what became of them. */
export async function handOver(
  engine: Engine,
  scope: Scope,
  handover: Handover,
  abort: AbortSignal,
): Promise<HandoverReport> {
  const sender = engine.open(scope, handover.view.sender);
  const { composed, failed } = composeAll(scope, handover);
  const report: HandoverReport = { sent: 0 };
  const groups = split(composed, Math.min(groupSize, sender.maxBatch));
  const write = (settled: Settled[]) => untilWritten(() => settleAll(scope, settled), abort);
  await Promise.all([
    write(failed),
    ...groups.map(async (group) => write(await sendGroup(engine, handover, sender, group, report, abort))),
  ]);
  return report;
}

function composeAll(scope: Scope, handover: Handover): { composed: Composed[]; failed: Settled[] } {
  const composed: Composed[] = [];
  const failed: Settled[] = [];
  for (const claimed of handover.claimed) {
    const message = composeEmail({
      prepared: handover.prepared,
      workspaceId: scope.workspaceId,
      campaignId: handover.campaignId,
      listName: handover.view.company.name,
      company: handover.view.company,
      sender: handover.view.sender,
      contact: claimed.contact,
      deliveryId: claimed.id,
      urls: { unsubscribe: unsubscribeUrl(scope, claimed.id) },
      test: false,
    });
    if (message.ok) composed.push({ claimed, message: message.value });
    else {
      const refused = { outcome: 'refused', reason: 'render', detail: message.problem.message } as const;
      failed.push({ claimed, settlement: settle(refused, claimed.attempt, 0) });
    }
  }
  return { composed, failed };
}

async function sendGroup(
  engine: Engine,
  { claimedAt, view }: Handover,
  sender: OpenSender,
  group: Composed[],
  report: HandoverReport,
  abort: AbortSignal,
): Promise<Settled[]> {
  const all = (settlement: Settlement) => group.map(({ claimed }) => ({ claimed, settlement }));
  // A process that slept through half of its lease may find others at its rows: then it sends nothing.
  if (abort.aborted || engine.now() - claimedAt > (leaseSeconds * 1000) / 2) return all(notTried);
  let results: SendResult[];
  const deadline = AbortSignal.timeout((leaseSeconds * 1000) / 2);
  try {
    results = await sender.send(
      group.map(({ message }) => message),
      AbortSignal.any([abort, deadline]),
    );
  } catch (error) {
    // What an unforeseen error says may hold anything: it is for the log and not for the ledger.
    log.error(
      { err: error, sender: view.sender.id, messages: group.length },
      'a provider threw while sending',
    );
    return all(inDoubt('Sending broke off unexpectedly. Nobody knows whether the message went out.'));
  }
  const interrupted = abort.aborted || deadline.aborted;
  const outage = await isOutage(engine, view.sender.id, sender, results, interrupted, abort);
  const now = engine.now();
  return group.map(({ claimed }, n) => {
    const result = results[n];
    if (!result) return { claimed, settlement: inDoubt('The provider gave no answer about this message.') };
    if (interrupted && isUnreachable(result)) return { claimed, settlement: notTried };
    note(engine, view.sender.id, result, outage, report);
    return { claimed, settlement: settle(result, claimed.attempt, now, outage) };
  });
}

const isUnreachable = (result: SendResult): boolean =>
  result.outcome === 'retry' && result.reason === 'connection';

/**
 * Whether a failed connection is the provider's state and not one message's: nothing got through beside it, and a
 * connection that sends nothing fails too.
 */
async function isOutage(
  engine: Engine,
  senderId: Handover['view']['sender']['id'],
  sender: OpenSender,
  results: SendResult[],
  interrupted: boolean,
  abort: AbortSignal,
): Promise<boolean> {
  if (results.some((result) => result.outcome === 'sent')) {
    engine.outages.reached(senderId);
    return false;
  }
  if (interrupted || !results.some(isUnreachable)) return false;
  const check = await sender.check(AbortSignal.any([abort, AbortSignal.timeout(15_000)]));
  if (check.ok) engine.outages.reached(senderId);
  else engine.outages.failed(senderId);
  return !check.ok;
}

function note(
  engine: Engine,
  senderId: Handover['view']['sender']['id'],
  result: SendResult,
  outage: boolean,
  report: HandoverReport,
): void {
  if (result.outcome === 'sent') report.sent++;
  if (result.outcome === 'misconfigured') report.misconfigured ??= sentence(result.detail);
  if (outage && isUnreachable(result))
    report.unreachable ??= sentence('detail' in result ? result.detail : '');
  if (result.outcome === 'throttled') engine.outages.hold(senderId, result.retryAfterMs ?? 5_000);
}

const sentence = (text: string) => (/[.!?]$/.test(text) ? text : `${text}.`);

function split<Item>(items: Item[], size: number): Item[][] {
  const groups: Item[][] = [];
  for (let at = 0; at < items.length; at += size) groups.push(items.slice(at, at + size));
  return groups;
}
