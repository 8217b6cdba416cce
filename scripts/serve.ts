import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Env, readEnv } from '@/lib/env';
import { CannotStart } from './cannot-start';
import { type Child, keepRunning } from './child';
import { claimDataDirectory, hasSecret, keptSecret, openDataDirectory } from './data-directory';
import { watchWorker } from './dev-worker';
import { watchSpace } from './disk-space';
import { type EmbeddedPostgres, startPostgres } from './embedded-postgres';
import { waitForPort } from './port';
import { migrateAll, prepareEmbedded, prepareGiven } from './prepare-database';
import { end, isAlive } from './processes.mjs';
import { listenForStop } from './stop-request';

/*
 * The process above all others: brings up the database, then the web app and the worker, keeps them running, and takes
 * everything down again.
 */

const isDev = process.argv.includes('--dev');
const say = (line: string) => console.log(`  ${line}`);

function readEnvironment(): Env {
  try {
    return readEnv();
  } catch (error) {
    throw new CannotStart(error instanceof Error ? error.message : String(error));
  }
}

/** What is up, in the order in which it came up. */
type Undo = (() => Promise<void> | void)[];

async function openDatabase(env: Env, secret: string, undo: Undo) {
  if (env.DATABASE_URL !== undefined) {
    const url = await prepareGiven(env.DATABASE_URL, secret);
    say(`Database: ${new URL(url).host}, as ${decodeURIComponent(new URL(url).username)}.`);
    return { url };
  }
  const server = { current: await startPostgres(join(env.DATA_DIR, 'postgres')) };
  undo.push(() => server.current.stop());
  const url = await prepareEmbedded(server.current.url, secret);
  say(`Database: embedded PostgreSQL on ${new URL(url).host}.`);
  return { url, server };
}

/** Starts the embedded server again when it dies, at the same address if possible. */
async function guardServer(
  server: { current: EmbeddedPostgres },
  env: Env,
  isOver: () => boolean,
  moved: (host: string) => void,
) {
  while (!isOver()) {
    await delay(1000);
    if (isOver() || isAlive(server.current.process)) continue;
    console.error('  The embedded PostgreSQL ended unexpectedly; starting it again.');
    const { host, port } = new URL(server.current.url);
    try {
      server.current = await startPostgres(join(env.DATA_DIR, 'postgres'), { port: Number(port) });
    } catch (error) {
      console.error(`  ${error instanceof Error ? error.message : String(error)}`);
      continue;
    }
    const now = new URL(server.current.url).host;
    if (now !== host) moved(now);
  }
}

/** Until the web app says that it, the database and the worker are well. */
async function waitForHealth(port: number): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const answer = await fetch(`http://127.0.0.1:${port}/api/health`).catch(() => undefined);
    if (answer?.ok) return;
    await delay(100);
  }
  console.error(`  /api/health does not say that all is well; see what was logged above.`);
}

async function bringUp(env: Env, undo: Undo, isOver: () => boolean): Promise<void> {
  await openDataDirectory(env.DATA_DIR);
  const place = await claimDataDirectory(env.DATA_DIR, env.APP_URL);
  undo.push(place.release);
  for (const leftover of place.leftovers) await end(leftover, 'SIGTERM', 25_000); // of a start that was killed
  await waitForPort(env.PORT);
  const isNew = env.APP_SECRET === undefined && !hasSecret(env.DATA_DIR);
  const secret = env.APP_SECRET ?? (await keptSecret(env.DATA_DIR));
  const database = await openDatabase(env, secret, undo).catch(async (error: unknown) => {
    // Nothing was sealed with it yet: a start that fails for a setting shall leave nothing that a person wonders about.
    if (isNew) await rm(join(env.DATA_DIR, 'secret'), { force: true });
    throw error;
  });
  await migrateAll(database.url);
  say('Migrations: up to date.');

  let { url } = database;
  const shared = (): NodeJS.ProcessEnv => ({
    ...process.env,
    NODE_ENV: isDev ? 'development' : 'production',
    NEXT_TELEMETRY_DISABLED: '1',
    ...{
      DATABASE_URL: url,
      APP_SECRET: secret,
      DATA_DIR: env.DATA_DIR,
      APP_URL: env.APP_URL,
      PORT: String(env.PORT),
    },
  });
  const children: Child[] = [];
  const onStart = () => place.record(children.flatMap((child) => child.identity() ?? []));
  const directory = isDev ? 'dist/dev' : 'dist';
  const start = (name: string) => {
    const child = keepRunning({ name, args: [`${directory}/${name}.js`], env: shared, onStart });
    children.push(child);
    onStart();
    return child;
  };
  undo.push(async () => {
    await Promise.all(children.map((child) => child.stop()));
  });
  const web = start('web');
  const worker = start('worker');
  if (isDev) undo.push(await watchWorker(() => void worker.restart()));
  if (database.server)
    void guardServer(database.server, env, isOver, (host) => {
      url = Object.assign(new URL(url), { host }).href;
      for (const child of children) void child.restart();
    });
  void watchSpace(env.DATA_DIR, (line) => console.error(`  ${line}`), isOver);
  say('Web app and worker: starting …');
  await Promise.all([web.ready, worker.ready]);
  await waitForHealth(env.PORT);
}

async function main(): Promise<void> {
  const env = readEnvironment();
  if (process.argv.includes('--check')) return process.exit(0);
  const stop = listenForStop();
  const undo: Undo = [];
  try {
    const up = bringUp(env, undo, () => stop.asked);
    const reason = await Promise.race([stop.reason, up.then(() => undefined)]);
    if (reason === undefined) {
      console.log(`\nPosthaste is ready: ${env.APP_URL}\n`);
      if (env.APP_URL !== `http://localhost:${env.PORT}`) say(`It listens on port ${env.PORT}.`);
    }
    say(`Stopping (${reason ?? (await stop.reason)}): finishing what is under way …`);
    await Promise.race([up.catch(() => undefined), delay(30_000)]); // what is half up would be missed below
  } finally {
    for (const takeDown of undo.reverse()) await takeDown();
  }
  say('Stopped.');
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error instanceof CannotStart ? error.message : error);
    process.exit(1);
  },
);
