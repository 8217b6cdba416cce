import { sendCampaign } from '@/lib/campaigns/send';
import { testCampaign } from '@/lib/campaigns/testing';
import { testWorkspace } from '@/lib/workspaces/testing';
import { completed, makeAudience, pointAtSink } from './campaign';
import type { Measurement } from './measurement';
import { newsletter } from './newsletter';
import { startSink } from './sink';
import { startWorker } from './worker';

const recipientsPerWorker = 1_000;
const delayMs = 50;
/** Of what so many workers would do if they were no hindrance to each other. */
const leastShare = 0.85;

/** Campaigns to a mail server that takes its time, by 1, 2 and 4 workers on one database. */
export async function run(): Promise<Measurement[]> {
  const alone = await measure(1);
  const measured: Measurement[] = [];
  for (const workers of [2, 4]) {
    const together = await measure(workers);
    const value = together.perSecond / alone.perSecond;
    measured.push({
      name: `scale: ${workers} workers`,
      metric: 'times the messages per second of one worker',
      value,
      limit: `≥ ${leastShare * workers}`,
      ok: value >= leastShare * workers && together.received === together.recipients,
      details: {
        recipients: together.recipients,
        received: together.received,
        perSecond: Math.round(together.perSecond),
        oneWorkerPerSecond: Math.round(alone.perSecond),
        serverMillisecondsPerMessage: delayMs,
      },
    });
  }
  return measured;
}

async function measure(workers: number) {
  const recipients = recipientsPerWorker * workers;
  const sink = await startSink({ delayMs, arrivals: true });
  const { scope, senderId } = await testWorkspace('Bench Bakery');
  await pointAtSink(scope, senderId, sink);
  const id = await testCampaign(scope, senderId, [await makeAudience(scope, recipients)], newsletter);
  const running = [];
  try {
    for (let n = 0; n < workers; n++) running.push(await startWorker());
    const sent = await sendCampaign(scope, id);
    if (!sent.ok) throw new Error(sent.problem.message);
    await completed(scope, id);
    const times = Object.values((await sink.count()).arrivals).flat();
    const seconds = ((times.at(-1) ?? 0) - (times[0] ?? 0)) / 1000;
    return { recipients, received: times.length, perSecond: (times.length - 1) / seconds };
  } finally {
    await Promise.all(running.map((worker) => worker.stop()));
    sink.stop();
  }
}
