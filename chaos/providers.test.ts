import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it, vi } from 'vitest';
import type { CampaignId } from '@/lib/ids';
import { type ResendAct, rightKey, startResendStandIn } from '@/lib/providers/testing-resend';
import { startTwilioStandIn, type TwilioAct, twilioAccount } from '@/lib/providers/testing-twilio';
import { migrateAll, prepareEmbedded } from '@/scripts/prepare-database';
import { bundleWorker } from '@/scripts/worker-process';
import type { Prepared } from './campaign';
import { compare } from './compare';
import { Database } from './database';
import { readLedger, readStatus } from './ledger';

/*
 * Campaigns through providers that are asked over HTTP, while workers are killed between a request and its answer, one sleeps
 * there until others have taken its work, and answers are lost. Nobody is lost or doubled; nor left in doubt, where the
 * provider knows requests by a key.
 */

const directory = await mkdtemp(join(tmpdir(), 'posthaste-replays-'));
const database = await Database.start(join(directory, 'postgres'), { connections: 200 });
const address = await prepareEmbedded(database.url, process.env.APP_SECRET ?? '');
await migrateAll(address);
// The jobs of a dead worker come back as soon as they may.
await database.ask((sql) => sql`update pgboss.queue set heartbeat_seconds = 10`);
process.env.DATABASE_URL = address; // before anything of lib reads it
const { prepareCampaign, unlimited } = await import('./campaign');

const bundle = await bundleWorker();
const log = join(directory, 'log');
const workers: ChildProcess[] = [];

function startWorker(): void {
  const output = openSync(log, 'a');
  const urls = { RESEND_BASE_URL: resend.url, TWILIO_BASE_URL: twilio.url };
  const env = { ...urls, DATABASE_URL: address, DATA_DIR: directory, LOG_LEVEL: 'warn' };
  workers.push(bundle.start({ env, stdio: ['ignore', output, output, 'ipc'] }));
  closeSync(output);
}

async function end(worker: ChildProcess, how: NodeJS.Signals): Promise<void> {
  if (worker.exitCode !== null || worker.signalCode !== null) return;
  const ended = once(worker, 'exit');
  worker.kill(how);
  await ended;
}

function killAndReplace<Act>(act: Act): Act {
  workers.at(-1)?.kill('SIGKILL');
  startWorker();
  return act;
}

/** By how many requests it did not know before: what happens to the worker that sent it, and to the request. */
const fates: Record<number, () => ResendAct> = {
  2: () => killAndReplace('drop'),
  4: () => killAndReplace('lose'),
  5: () => 'lose',
  7: () => ({ status: 500, body: {} }),
  9: () => {
    workers.at(-1)?.kill('SIGSTOP');
    startWorker();
    return undefined;
  },
};
let requests = 0;
const resend = await startResendStandIn(() => fates[++requests]?.());

/** The same of Twilio, which makes what it is asked for as often as it is asked. */
const textFates: Record<number, () => TwilioAct> = {
  20: () => killAndReplace('drop'),
  40: () => killAndReplace('lose'),
  60: () => 'lose',
  80: () => ({ status: 500, body: {} }),
  100: () => {
    workers.at(-1)?.kill('SIGSTOP');
    startWorker();
    return undefined;
  },
  120: () => killAndReplace(undefined),
};
const twilio = await startTwilioStandIn((_form, n) => textFates[n]?.());

afterAll(async () => {
  for (const worker of workers) worker.kill('SIGKILL');
  await resend.close();
  await twilio.close();
  await database.stop();
  await bundle.remove();
  await rm(directory, { recursive: true, force: true });
});

async function sendWhileAllFails({ send }: Prepared): Promise<CampaignId> {
  const campaignId = await send();
  startWorker();
  const completed = vi.waitFor(
    async () => expect(await readStatus(database, campaignId)).toMatchObject({ status: 'completed' }),
    { timeout: 280_000, interval: 200 },
  );
  await completed.catch((cause) => {
    throw new Error(`It comes to no end. The workers said:\n${readFileSync(log, 'utf8')}`, { cause });
  });
  for (const worker of workers.splice(0)) {
    worker.kill('SIGCONT');
    await end(worker, 'SIGTERM');
  }
  return campaignId;
}

const order = { recipients: 600, limits: unlimited, policy: 'leave' } as const;

it('loses nobody, doubles nobody and leaves nobody in doubt through Resend', {
  timeout: 300_000,
}, async () => {
  const prepared = await prepareCampaign({ ...order, apiKey: rightKey });
  const campaignId = await sendWhileAllFails(prepared);
  const arrivals = resend.messages.map(({ to: [address = ''], headers }, at) => ({
    ...{ deliveryId: headers['X-Posthaste-Delivery'] ?? null, address, at },
  }));
  const ledger = await readLedger(database, campaignId);
  const { states, ...found } = compare(order.recipients, prepared.audience, ledger, arrivals);
  expect({ ...states, ...found }).toMatchObject({
    ...{ addsUp: true, lost: [], doubled: [], unexpected: [] },
    ...{ sent: 588, skipped: 12, failed: 0, unconfirmed: 0 },
  });
  const sentAgain = resend.requests.length - new Set(resend.requests.map(({ key }) => key)).size;
  expect(sentAgain).toBeGreaterThanOrEqual(4);
});

it('loses nobody and doubles nobody through Twilio', { timeout: 300_000 }, async () => {
  const prepared = await prepareCampaign({ ...order, twilio: twilioAccount });
  const campaignId = await sendWhileAllFails(prepared);
  const arrivals = twilio.messages.map(({ to: address, statusCallback }, at) => ({
    ...{ deliveryId: new URL(statusCallback ?? '').searchParams.get('delivery'), address, at },
  }));
  const ledger = await readLedger(database, campaignId);
  const { states, ...found } = compare(order.recipients, prepared.audience, ledger, arrivals);
  expect(found).toMatchObject({ addsUp: true, lost: [], doubled: [], unexpected: [] });
  expect(states).toMatchObject({ skipped: 12, failed: 0 });
  // What was on the wire when a worker was killed or slept: at most what one has there at a time.
  expect(states.unconfirmed).toBeGreaterThan(0);
  expect(states.unconfirmed).toBeLessThan(5 * 32);
  expect((states.sent ?? 0) + (states.unconfirmed ?? 0)).toBe(588);
});
