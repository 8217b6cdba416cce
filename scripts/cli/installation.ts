import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Env, readEnv } from '@/lib/env';
import type { Result } from '@/lib/errors';
import { CannotStart } from '../cannot-start';
import { claimForCommand, keptSecret, openDataDirectory } from '../data-directory';
import { findRunningPostgres, hasPostgres, startPostgres } from '../embedded-postgres';
import {
  migrateAll,
  preparedEmbedded,
  preparedGiven,
  prepareEmbedded,
  prepareGiven,
} from '../prepare-database';
import { end } from '../processes.mjs';
import { Refused } from './command';

const startPatienceMs = 60_000;

export function readSettings(): Env {
  try {
    return readEnv();
  } catch (error) {
    throw new CannotStart(error instanceof Error ? error.message : String(error));
  }
}

type Opened = { url: string; close: () => Promise<void> };

/**
 * The database as the app has it. `make`: also where no start has been yet; else that is an error, and nothing is changed.
 */
export async function openDatabase(env: Env, secret: string, make: boolean): Promise<Opened> {
  if (env.DATABASE_URL !== undefined) {
    const given = env.DATABASE_URL;
    const url =
      (await preparedGiven(given, secret)) ?? (make ? await prepareGiven(given, secret) : missing());
    return { url, close: async () => undefined };
  }
  const directory = join(env.DATA_DIR, 'postgres');
  if (!make && !hasPostgres(directory)) return missing();
  const place = await claimForCommand(env.DATA_DIR);
  if (!place) return { url: await runningAddress(directory, secret), close: async () => undefined };
  const undo: (() => Promise<void> | void)[] = [place.release];
  const close = async () => {
    for (const takeDown of undo.splice(0).reverse()) await takeDown();
  };
  try {
    for (const leftover of place.leftovers) await end(leftover, 'SIGTERM', 25_000); // of a start that was killed
    const server = await startPostgres(directory);
    undo.push(server.stop);
    const url =
      (await preparedEmbedded(server.url, secret)) ??
      (make ? await prepareEmbedded(server.url, secret) : missing());
    return { url, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function missing(): never {
  throw new CannotStart('There is no database yet: start Posthaste once (npm start), which makes it.');
}

/** The app that runs may be just starting, or starting its database again. */
async function runningAddress(directory: string, secret: string): Promise<string> {
  const deadline = Date.now() + startPatienceMs;
  while (Date.now() < deadline) {
    const server = await findRunningPostgres(directory);
    const url = server && (await preparedEmbedded(server, secret));
    if (url) return url;
    await delay(250);
  }
  throw new CannotStart(
    'Posthaste runs, and its database does not answer. See what it logs, or stop it and try again.',
  );
}

/** What the modules of lib read of their process, before any of them is loaded. */
export function setEnvironment(env: Env, url: string, secret: string): void {
  Object.assign(process.env, {
    DATABASE_URL: url,
    APP_SECRET: secret,
    DATA_DIR: env.DATA_DIR,
    APP_URL: env.APP_URL,
    LOG_LEVEL: 'fatal', // logs go to standard output, which is the results'
  });
}

/** Runs `work` with everything that the app's own processes have: settings, secret, and a migrated database. */
export async function withInstallation<Value>(work: () => Promise<Value>): Promise<Value> {
  const env = readSettings();
  await openDataDirectory(env.DATA_DIR);
  const secret = env.APP_SECRET ?? (await keptSecret(env.DATA_DIR));
  const opened = await openDatabase(env, secret, true);
  return closing(opened, async () => {
    setEnvironment(env, opened.url, secret);
    await migrateAll(opened.url);
    return work();
  });
}

/** Takes the database down again, however the work ends, also by Ctrl-C. */
export async function closing<Value>(opened: Opened, work: () => Promise<Value>): Promise<Value> {
  const close = async () => {
    const { closeQueue } = await import('@/lib/jobs/queue');
    const { closeDatabase } = await import('@/lib/db/client');
    await Promise.allSettled([closeQueue(), closeDatabase()]);
    await opened.close();
  };
  const leave = () => void close().finally(() => process.exit(130));
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(name, leave);
  try {
    return await work();
  } finally {
    await close();
  }
}

/** The value of a verb of lib, or its problem as what the command says. */
export function unwrap<Value>(result: Result<Value>): Value {
  if (result.ok) return result.value;
  throw new Refused(result.problem.message);
}
