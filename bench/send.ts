import { setTimeout as delay } from 'node:timers/promises';
import { sendCampaign } from '@/lib/campaigns/send';
import { testCampaign } from '@/lib/campaigns/testing';
import { testWorkspace } from '@/lib/workspaces/testing';
import { completed, makeAudience, pointAtSink } from './campaign';
import type { Measurement } from './measurement';
import { newsletter, renderNewsletters } from './newsletter';
import { readyTransactions, sendByNodemailer, sendByPipelining } from './rivals';
import { type Sink, startSink } from './sink';
import { startWorker } from './worker';

const recipients = Number(process.env.BENCH_RECIPIENTS ?? 40_000);
const leastTimesNodemailer = 4;
const leastShareOfLimit = 0.3;
const mostMegabytes = 200;

/** More than these gain the limit nothing. */
const connections = 4;

/**
 * A campaign through the real worker process, ledger and all, into an SMTP sink that only counts. Beside it, into the same
 * sink, the same messages by nodemailer's pooled sendMail, as most programs send, and by bare sockets, the limit.
 */
export async function run(): Promise<Measurement[]> {
  const sink = await startSink();
  const rivals = await prepareRivals(sink);
  await rivals.warm();
  // Half before and half behind the campaign, for a machine that changes its pace.
  const before = await rivals.measure();
  const ours = await measureCampaign(sink, recipients);
  const after = await rivals.measure();
  sink.stop();
  const nodemailer = mean(before.nodemailer, after.nodemailer);
  const limit = mean(before.limit, after.limit);
  const complete = ours.received === recipients;
  return [
    {
      name: 'send: nodemailer',
      metric: 'times as fast as a bare loop of its pooled sendMail',
      value: ours.perSecond / nodemailer,
      limit: `≥ ${leastTimesNodemailer}`,
      ok: complete && ours.perSecond / nodemailer >= leastTimesNodemailer,
      details: {
        recipients,
        received: ours.received,
        bytesPerMessage: ours.bytesPerMessage,
        campaignPerSecond: Math.round(ours.perSecond),
        nodemailerPerSecond: Math.round(nodemailer),
        firstMessageMs: ours.firstMessageMs,
        sinkMicrosecondsPerMessage: ours.sinkMicroseconds,
      },
    },
    {
      name: 'send: limit',
      metric: 'part of what bare sockets do with ready bytes',
      value: ours.perSecond / limit,
      limit: `≥ ${leastShareOfLimit}`,
      ok: complete && ours.perSecond / limit >= leastShareOfLimit,
      details: { limitPerSecond: Math.round(limit), connections },
    },
    {
      name: 'send: memory',
      metric: 'MB of the worker at most',
      value: ours.megabytes,
      limit: `< ${mostMegabytes}`,
      ok: ours.megabytes > 0 && ours.megabytes < mostMegabytes,
      details: {},
    },
  ];
}

/** Rates of many rounds add up as their times do. */
const mean = (a: number, b: number) => 2 / (1 / a + 1 / b);

async function prepareRivals({ port }: Sink) {
  const newsletters = await renderNewsletters(200);
  const ready = await readyTransactions(newsletters);
  const round = async (few: number, many: number) => ({
    nodemailer: few / (await sendByNodemailer(port, newsletters, few)),
    limit: many / (await sendByPipelining(port, ready, many, connections)),
  });
  return { warm: () => round(300, 5_000), measure: () => round(3_000, 40_000) };
}

/** One campaign from Send to completed, by a worker of its own. */
export async function measureCampaign(sink: Sink, recipients: number) {
  const { scope, senderId } = await testWorkspace('Bench Bakery');
  const listId = await makeAudience(scope, recipients);
  await pointAtSink(scope, senderId, sink);
  const id = await testCampaign(scope, senderId, [listId], newsletter);
  const worker = await startWorker();
  try {
    const before = await sink.count();
    const startedAt = performance.now();
    const sent = await sendCampaign(scope, id);
    if (!sent.ok) throw new Error(sent.problem.message);
    while ((await sink.count()).messages === before.messages) await delay(10);
    const firstMessageMs = Math.round(performance.now() - startedAt);
    await completed(scope, id);
    const seconds = (performance.now() - startedAt) / 1000;
    const after = await sink.count();
    const received = after.messages - before.messages;
    return {
      perSecond: recipients / seconds,
      received,
      bytesPerMessage: Math.round((after.bytes - before.bytes) / received),
      sinkMicroseconds: Math.round(((after.cpuSeconds - before.cpuSeconds) / received) * 1e6),
      firstMessageMs,
      megabytes: worker.megabytes(),
    };
  } finally {
    await worker.stop();
  }
}
