import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { PgBoss } from 'pg-boss';
import { watchAllReputations } from '@/lib/alerts/evaluate';
import { foldAllCounts } from '@/lib/analytics/fold-counts';
import { resealMailboxes } from '@/lib/bounces/reseal-mailboxes';
import { holdIfRestored } from '@/lib/campaigns/restored';
import { closeDatabase, isLostConnection } from '@/lib/db/client';
import { endStandingSessions } from '@/lib/db/standing-sessions';
import { Engine } from '@/lib/deliveries/engine';
import { forgetDeadWorkers, sweepAll } from '@/lib/deliveries/sweep';
import { env, required } from '@/lib/env';
import { removeAbandonedParts } from '@/lib/imports/import-file';
import {
  checkDomains,
  evaluateAlerts,
  launchCampaign,
  launchScheduled,
  processReports,
  readMailboxes,
  reviewTracking,
  runImport,
  sendBatch,
  sendWebhook,
  supervise,
} from '@/lib/jobs/definitions';
import { closeQueue, queueAddress } from '@/lib/jobs/queue';
import { log } from '@/lib/log';
import { closeSenders } from '@/lib/senders/open-sender';
import { resealSenders } from '@/lib/senders/reseal';
import { pause } from '@/lib/throttle/wait';
import { countAllTracking } from '@/lib/tracking/count';
import { listenForMessages, queueAllNewMessages } from '@/lib/webhooks/queue-messages';
import { resealWebhooks } from '@/lib/webhooks/reseal';
import { keepFirstSenders } from '@/lib/workspaces/first-sender';
import { handleCheckDomains } from './handlers/check-domains';
import { handleEvaluateAlerts } from './handlers/evaluate-alerts';
import { giveUpImport, giveUpSending } from './handlers/give-up';
import { handleLaunchCampaign } from './handlers/launch-campaign';
import { handleLaunchScheduled } from './handlers/launch-scheduled';
import { handleProcessReports } from './handlers/process-reports';
import { handleReadMailboxes } from './handlers/read-mailboxes';
import { handleReviewTracking } from './handlers/review-tracking';
import { handleRunImport } from './handlers/run-import';
import { handleSendBatch } from './handlers/send-batch';
import { handleSendWebhook } from './handlers/send-webhook';
import { handleSupervise } from './handlers/supervise';
import { startHeartbeat } from './heartbeat';
import { register } from './register';

/** Of the 20 s that a stopping process is given: until then what is under way may end, afterwards it is left. */
const drainMs = 14_000;
const sweepEveryMs = 10_000;
const countEveryMs = 2_000;
const watchEveryMs = 2_000;
/** Sweeping and watching take no more than a twentieth of a worker's time each, however many there are to look at. */
const rests = 20;
/** The supervising job sweeps each minute anyway. */
const longestRestMs = 60_000;
/** An hour of them. */
const sweepsBeforeForgetting = 360;

const { WORKER_CONCURRENCY } = env();
const concurrency = { all: WORKER_CONCURRENCY, perSender: Math.ceil(WORKER_CONCURRENCY / 2) };
const engine = new Engine(undefined, undefined, concurrency);
const stop = new AbortController();
const abort = new AbortController();

const warn = (message: string) => (error: unknown) => log.warn({ err: error }, message);

function createBoss(): PgBoss {
  const boss = new PgBoss({
    connectionString: queueAddress(required('DATABASE_URL')),
    application_name: 'posthaste-worker',
    max: 4,
    useListenNotify: true,
    migrate: false,
    createSchema: false,
    schedule: true,
    // How soon the jobs of a worker that died are given to another.
    superviseIntervalSeconds: 5,
    monitorIntervalSeconds: 5,
  });
  boss.on('error', warn('the queue reported an error; it goes on by itself'));
  return boss;
}

async function keepSweeping(): Promise<void> {
  let sweeps = 0;
  let restMs: number;
  do {
    restMs = 0;
    await endStandingSessions().then(
      (count) => count > 0 && log.warn({ count }, 'sessions of a process that stands still were ended'),
      warn('sessions could not be looked at'),
    );
    const began = performance.now();
    await sweepAll(engine).then(() => {
      sweeps++;
      restMs = Math.min(rests * (performance.now() - began), longestRestMs);
    }, warn('the sweep failed; it is tried again'));
    if (sweeps === sweepsBeforeForgetting) {
      sweeps = 0;
      await forgetDeadWorkers().catch(warn('workers of long ago could not be forgotten'));
    }
    await engine.gauge.flush().catch(warn('figures could not be written; they are later'));
    await queueAllNewMessages().catch(warn('messages of webhooks could not be queued; they are later'));
    await removeAbandonedParts().catch(warn('what uploads left behind could not be removed'));
  } while (await pause(Math.max(sweepEveryMs, restMs), stop.signal));
}

async function keepCounting(): Promise<void> {
  do {
    await countAllTracking().catch(warn('what was opened and clicked could not be counted; it is later'));
    await foldAllCounts().catch(warn('counts of deliveries could not be added up; they are later'));
  } while (await pause(countEveryMs, stop.signal));
}

async function keepWatching(): Promise<void> {
  let tookMs: number;
  do {
    const began = performance.now();
    await watchAllReputations(stop.signal).catch(warn('campaigns could not be watched; they are later'));
    tookMs = performance.now() - began;
  } while (await pause(Math.max(watchEveryMs, rests * tookMs), stop.signal));
}

/** The database may come up after the worker, or go away while it starts. */
async function startBoss(boss: PgBoss): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      await boss.start();
      return;
    } catch (error) {
      if (attempt === 5) throw error;
      log.warn({ err: error }, 'the queue does not answer yet');
      await delay(500 * 2 ** attempt);
    }
  }
}

async function main(): Promise<void> {
  const boss = createBoss();
  await startBoss(boss);
  await holdIfRestored();
  await keepFirstSenders();
  await resealSenders();
  await resealWebhooks();
  await resealMailboxes();
  const endHeartbeat = await startHeartbeat(engine, warn('the sign of life could not be written'));
  const context = { stop: stop.signal, abort: abort.signal, engine };
  await register(boss, runImport, { handler: handleRunImport, giveUp: giveUpImport }, context, {
    concurrency: 2,
  });
  await register(boss, launchCampaign, { handler: handleLaunchCampaign, giveUp: giveUpSending }, context, {
    concurrency: 2,
  });
  await register(boss, launchScheduled, { handler: handleLaunchScheduled }, context, { concurrency: 2 });
  await register(boss, sendWebhook, { handler: handleSendWebhook }, context, {
    // Waiting for receivers that hang costs nothing but places: all webhooks that a workspace may have can, and others go on.
    ...{ concurrency: 64, perGroup: 3, pollSeconds: 5 },
  });
  await register(boss, processReports, { handler: handleProcessReports }, context, { concurrency: 2 });
  await register(boss, supervise, { handler: handleSupervise }, context, { concurrency: 1 });
  await register(boss, checkDomains, { handler: handleCheckDomains }, context, { concurrency: 1 });
  await register(boss, evaluateAlerts, { handler: handleEvaluateAlerts }, context, { concurrency: 1 });
  // One that has a slow mailbox keeps the next minute's from nothing.
  await register(boss, readMailboxes, { handler: handleReadMailboxes }, context, { concurrency: 2 });
  await register(boss, reviewTracking, { handler: handleReviewTracking }, context, { concurrency: 1 });
  await register(boss, sendBatch, { handler: handleSendBatch, giveUp: giveUpSending }, context, {
    concurrency: concurrency.all,
    perGroup: concurrency.perSender,
  });
  const messages = await listenForMessages();
  const sweeping = keepSweeping();
  const counting = keepCounting();
  const watching = keepWatching();
  log.info({ concurrency: concurrency.all }, 'the worker works');
  process.send?.({ ready: true });

  if (!stop.signal.aborted) await once(stop.signal, 'abort');
  log.info('the worker drains');
  const impatience = setTimeout(() => abort.abort(), drainMs);
  await boss.stop({ graceful: true, timeout: drainMs + 3_000 });
  clearTimeout(impatience);
  await sweeping;
  await engine.gauge.flush().catch(warn('the last figures could not be written'));
  await counting;
  await watching;
  await messages.end();
  await endHeartbeat();
  // A backup of a minute ago knows nothing of what went out since.
  await Promise.race([holdIfRestored(), delay(1_000)]).catch(warn('the epoch could not be counted on'));
  await Promise.race([closeSenders(), delay(2_000)]);
  await Promise.race([closeQueue().then(closeDatabase), delay(1_000)]);
}

function drain(): void {
  stop.abort();
}

process.on('SIGTERM', drain);
process.on('SIGINT', drain);
// The process above is gone: nobody would start the next one, so nobody shall go on unseen.
process.on('disconnect', drain);
// A lost connection rejects wherever it was being used, also where nobody waits any more.
process.on('unhandledRejection', (error) => log.error({ err: error }, 'a promise failed unheard'));

process.on('uncaughtException', (error) => {
  if (isLostConnection(error)) return log.warn({ err: error }, 'a connection to the database was lost');
  log.fatal({ err: error }, 'the worker fails');
  process.exit(1);
});

main().then(
  () => process.exit(0),
  (error: unknown) => {
    log.fatal({ err: error }, 'the worker cannot work');
    process.exit(1);
  },
);
