import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { migrateAll, prepareEmbedded } from '@/scripts/prepare-database';
import { bundleWorker } from '@/scripts/worker-process';
import { readArrivals } from './arrivals';
import { compare } from './compare';
import { Database } from './database';
import { type Failpoint, failpoints, goOnFile, reachedFile } from './failpoints';
import { readLedger, readStatus } from './ledger';
import { Receiving } from './receiving';

const directory = await mkdtemp(join(tmpdir(), 'posthaste-failpoints-'));
const arrived = join(directory, 'arrived');
// A server of its own, for it is to crash; of some twenty workers, each with its connections.
const database = await Database.start(join(directory, 'postgres'), { connections: 400 });
const address = await prepareEmbedded(database.url, process.env.APP_SECRET ?? '');
await migrateAll(address);
// The jobs of a dead worker come back as soon as they may: nothing here depends on when.
await database.ask((sql) => sql`update pgboss.queue set heartbeat_seconds = 10`);
process.env.DATABASE_URL = address; // before anything of lib reads it
const { prepareCampaign, unlimited } = await import('./campaign');

const receiving = await Receiving.start(arrived);
const bundle = await bundleWorker('chaos/failing-worker.ts');
const recipients = 30;
const { audience, send } = await prepareCampaign({
  ...{ recipients, limits: unlimited, policy: 'leave' },
  port: receiving.status.port,
});
const campaignId = await send();

afterAll(async () => {
  receiving.stop();
  await database.stop();
  await bundle.remove();
  await rm(directory, { recursive: true, force: true });
});

/** A database in which the same campaign waits for its launch, and a worker at its failpoint there. */
type Scene = { failpoint: Failpoint; name: string; home: string; worker: ChildProcess };

const until = (isSo: () => Promise<void> | void) => vi.waitFor(isSo, { timeout: 300_000, interval: 100 });

function startWorker(name: string, home: string, failpoint: Failpoint | ''): ChildProcess {
  const url = new URL(address);
  url.pathname = `/${name}`;
  const log = openSync(join(home, 'log'), 'a');
  const worker = bundle.start({
    env: {
      DATABASE_URL: url.href,
      DATA_DIR: home, // it remembers there how old its database is, and these are all of one age
      WORKER_CONCURRENCY: '1', // there is one batch; many idle workers of eight would keep the machine busy
      FAILPOINT: failpoint,
      FAILPOINT_DIRECTORY: home,
      LOG_LEVEL: 'warn',
    },
    stdio: ['ignore', log, log, 'ipc'],
  });
  closeSync(log);
  return worker;
}

async function end(worker: ChildProcess, how: NodeJS.Signals): Promise<void> {
  if (worker.exitCode !== null || worker.signalCode !== null) return;
  const ended = once(worker, 'exit');
  worker.kill(how);
  await ended;
}

const goOn = ({ home }: Scene) => writeFileSync(join(home, goOnFile), '');

async function completed({ name, home }: Scene): Promise<void> {
  const isCompleted = until(async () => {
    expect(await readStatus(database, campaignId, name)).toMatchObject({ status: 'completed' });
  });
  await isCompleted.catch((cause) => {
    const said = readFileSync(join(home, 'log'), 'utf8');
    throw new Error(`${name} does not come to its end. Its workers said:\n${said}`, { cause });
  });
}

/** What arrived of a scene, held against its ledger. */
async function outcomeOf({ name }: Scene) {
  const ledger = await readLedger(database, campaignId, name);
  const own = new Set(ledger.map(({ id }) => id));
  const arrivals = (await readArrivals(arrived)).filter(({ deliveryId }) => own.has(deliveryId ?? ''));
  const { states, ...found } = compare(recipients, audience, ledger, arrivals);
  return { ...states, ...found };
}

const nobodyLostOrDoubled = { addsUp: true, lost: [], doubled: [], unexpected: [], failed: 0, skipped: 0 };
const allSent = { ...nobodyLostOrDoubled, sent: recipients, unconfirmed: 0 };

/** Of the four messages that a worker may have on the wire when it knows nothing of the server yet. */
function expectDoubt(outcome: Awaited<ReturnType<typeof outcomeOf>>, didArrive: boolean): void {
  expect(outcome).toMatchObject(nobodyLostOrDoubled);
  expect(outcome.unconfirmed).toBeGreaterThan(0);
  expect(outcome.unconfirmed).toBeLessThanOrEqual(4);
  expect(outcome.unconfirmedButArrived).toBe(didArrive ? outcome.unconfirmed : 0);
}

type World = { come: (failpoint: Failpoint) => Promise<Scene>; succeed: (scene: Scene) => void };

/** Puts a worker to each failpoint, lets the same happen to all of them, and waits for their campaigns. */
function scenes(fate: string, happen: (world: World) => Promise<Scene[]>): (failpoint: Failpoint) => Scene {
  const workers: ChildProcess[] = [];
  const start = (...of: Parameters<typeof startWorker>) => {
    const worker = startWorker(...of);
    workers.push(worker);
    return worker;
  };
  const come = async (failpoint: Failpoint) => {
    const name = `${fate} ${failpoint}`.replaceAll(/\W/g, '_');
    const home = join(directory, name);
    mkdirSync(home);
    await database.ask(
      (sql) => sql`create database ${sql(name)} template posthaste owner posthaste`,
      'postgres',
    );
    const worker = start(name, home, failpoint);
    await until(() => expect(existsSync(join(home, reachedFile))).toBe(true));
    return { failpoint, name, home, worker };
  };
  let all: Scene[] = [];
  beforeAll(async () => {
    all = await happen({ come, succeed: ({ name, home }) => void start(name, home, '') });
    await Promise.all(workers.map((worker) => end(worker, 'SIGKILL')));
  }, 700_000);
  afterAll(() => {
    for (const worker of workers) worker.kill('SIGKILL'); // when it came to no end
  });
  return (failpoint) => {
    const scene = all.find((each) => each.failpoint === failpoint);
    if (!scene) throw new Error('every failpoint has its scene');
    return scene;
  };
}

// These two mostly wait until claims and jobs of the worker have run out: at the same time.
describe.concurrent('a worker that is killed', () => {
  const scene = scenes('killed', async ({ come, succeed }) => {
    const all = await Promise.all(failpoints.map(come));
    for (const { worker } of all) await end(worker, 'SIGKILL');
    for (const each of all) succeed(each);
    await Promise.all(all.map(completed));
    return all;
  });

  it.each(['before the claim', 'after the claim', 'after the settlement'] as const)(
    '%s leaves nobody in doubt',
    async (failpoint) => expect(await outcomeOf(scene(failpoint))).toMatchObject(allSent),
  );

  it.each(['after the hand-over was written down', 'before the call'] as const)(
    '%s leaves in doubt what it was about to hand over, and no more',
    async (failpoint) => expectDoubt(await outcomeOf(scene(failpoint)), false),
  );

  it('after the call leaves in doubt what it had handed over, and no more', async () =>
    expectDoubt(await outcomeOf(scene('after the call')), true));
});

describe.concurrent('a worker that stands still until others have taken its work', () => {
  const scene = scenes('halted', async ({ come, succeed }) => {
    const all = await Promise.all(failpoints.map(come));
    for (const each of all) succeed(each);
    await Promise.all(all.map(completed));
    for (const each of all) goOn(each);
    await Promise.all(all.map(({ worker }) => end(worker, 'SIGTERM')));
    return all;
  });

  it.each([
    'before the claim',
    'after the claim',
    'before the call',
    'after the call',
    'after the settlement',
  ] as const)('%s and then goes on leaves nobody in doubt', async (failpoint) =>
    expect(await outcomeOf(scene(failpoint))).toMatchObject(allSent),
  );

  it('after the hand-over was written down sends nothing of it any more', async () =>
    expectDoubt(await outcomeOf(scene('after the hand-over was written down')), false));
});

describe('a worker whose database is gone', () => {
  // This one hands over only what it has claimed a moment ago: it comes last, and waits for nobody.
  const last = 'after the hand-over was written down';

  const scene = scenes('alone', async ({ come }) => {
    const all = await Promise.all(failpoints.filter((failpoint) => failpoint !== last).map(come));
    all.push(await come(last));
    await database.crash(async () => {
      for (const each of all) goOn(each);
      await until(() => {
        for (const { home } of all) expect(statSync(join(home, 'log')).size).toBeGreaterThan(0);
      });
    });
    await Promise.all(all.map(completed));
    return all;
  });

  it.each(failpoints)('%s leaves nobody in doubt when it is back', async (failpoint) =>
    expect(await outcomeOf(scene(failpoint))).toMatchObject(allSent),
  );
});
