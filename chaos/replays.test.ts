import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it, vi } from 'vitest';
import { type ResendAct, rightKey, startResendStandIn } from '@/lib/providers/testing-resend';
import { migrateAll, prepareEmbedded } from '@/scripts/prepare-database';
import { bundleWorker } from '@/scripts/worker-process';
import { compare } from './compare';
import { Database } from './database';
import { readLedger, readStatus } from './ledger';

/*
 * A campaign through a provider that knows requests by a key, while workers are killed between a request and its answer, one
 * sleeps there until others have taken its work, and answers are lost. Nobody is lost, doubled or left in doubt.
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
  const env = { DATABASE_URL: address, DATA_DIR: directory, RESEND_BASE_URL: standIn.url, LOG_LEVEL: 'warn' };
  workers.push(bundle.start({ env, stdio: ['ignore', output, output, 'ipc'] }));
  closeSync(output);
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

async function end(worker: ChildProcess, how: NodeJS.Signals): Promise<void> {
  if (worker.exitCode !== null || worker.signalCode !== null) return;
  const ended = once(worker, 'exit');
  worker.kill(how);
  await ended;
}

function killAndReplace(act: ResendAct): ResendAct {
  workers.at(-1)?.kill('SIGKILL');
  startWorker();
  return act;
}

let requests = 0;
const standIn = await startResendStandIn(() => fates[++requests]?.());

afterAll(async () => {
  for (const worker of workers) worker.kill('SIGKILL');
  await standIn.close();
  await database.stop();
  await bundle.remove();
  await rm(directory, { recursive: true, force: true });
});

it('loses nobody, doubles nobody and leaves nobody in doubt', { timeout: 300_000 }, async () => {
  const recipients = 600;
  const limits = unlimited;
  const { audience, send } = await prepareCampaign({ recipients, limits, policy: 'leave', apiKey: rightKey });
  const campaignId = await send();
  startWorker();
  const completed = vi.waitFor(
    async () => expect(await readStatus(database, campaignId)).toMatchObject({ status: 'completed' }),
    { timeout: 280_000, interval: 200 },
  );
  await completed.catch((cause) => {
    throw new Error(`It comes to no end. The workers said:\n${readFileSync(log, 'utf8')}`, { cause });
  });
  for (const worker of workers) {
    worker.kill('SIGCONT');
    await end(worker, 'SIGTERM');
  }
  const arrivals = standIn.messages.map(({ to: [address = ''], headers }, at) => ({
    ...{ deliveryId: headers['X-Posthaste-Delivery'] ?? null, address, at },
  }));
  const { states, ...found } = compare(
    recipients,
    audience,
    await readLedger(database, campaignId),
    arrivals,
  );
  expect({ ...states, ...found }).toMatchObject({
    ...{ addsUp: true, lost: [], doubled: [], unexpected: [] },
    ...{ sent: 588, skipped: 12, failed: 0, unconfirmed: 0 },
  });
  const sentAgain = standIn.requests.length - new Set(standIn.requests.map(({ key }) => key)).size;
  expect(sentAgain).toBeGreaterThanOrEqual(4);
  expect(workers.length).toBe(4);
});
