import type { Measurement } from './measurement';
import { measureCampaign } from './send';
import { startSink } from './sink';

const sizes = [100_000, 1_000_000];
const mostMegabytes = 200;
const mostTimes = 1.3;

/** Whether a worker's memory stays where it is when the audience grows a hundredfold, and its pace with it. */
export async function run(): Promise<Measurement[]> {
  const sink = await startSink();
  const small = await measureCampaign(sink, 10_000);
  const measured: Measurement[] = [];
  for (const recipients of sizes) {
    const large = await measureCampaign(sink, recipients);
    const value = large.megabytes / small.megabytes;
    measured.push({
      name: `send: ${recipients.toLocaleString('en')} recipients`,
      metric: 'times the memory of the worker with 10,000',
      value,
      limit: `≤ ${mostTimes}, and < ${mostMegabytes} MB`,
      ok: value <= mostTimes && large.megabytes < mostMegabytes && large.received === recipients,
      details: {
        received: large.received,
        megabytes: large.megabytes,
        megabytesWith10000: small.megabytes,
        perSecond: Math.round(large.perSecond),
        perSecondWith10000: Math.round(small.perSecond),
        firstMessageMs: large.firstMessageMs,
      },
    });
  }
  sink.stop();
  return measured;
}
