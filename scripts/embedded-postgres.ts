import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { mkdir, readFile, rename, rm, stat, statfs, truncate, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import postgres from 'postgres';
import { CannotStart, codeOf, directoryProblem } from './cannot-start';
import { findPostgres, type PostgresProgram } from './postgres-binaries';
import type { ProcessIdentity } from './processes.mjs';
import { commandOf, end, identify, isAlive, signal, waitUntilGone } from './processes.mjs';

export type EmbeddedPostgres = {
  /** The superuser's address, on loopback. */
  url: string;
  process: ProcessIdentity;
  /** Ends it the fast way: connections are closed, everything committed is kept. */
  stop: () => Promise<void>;
};

type Options = {
  /** False: a crash of the machine may lose everything. For tests alone. */
  durable?: boolean;
  /** Tried first, so that those who know the address of a server that died find the new one. */
  port?: number;
  /** For tests with more workers than an installation has. */
  connections?: number;
};

const majorVersion = '18';
const smallestFreeBytes = 128 * 1024 * 1024;

/** For a small server; most of a VPS' memory stays with the page cache and the app. */
const settings: Record<string, string> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  shared_buffers: '128MB',
  effective_cache_size: '512MB',
  max_connections: '100',
  work_mem: '8MB',
  maintenance_work_mem: '96MB',
  wal_compression: 'on',
  max_wal_size: '1GB',
  checkpoint_timeout: '15min',
  random_page_cost: '1.1',
  jit: 'off',
  log_min_messages: 'warning',
  log_line_prefix: '%m ',
  log_timezone: 'UTC',
  timezone: 'UTC',
};

const hasty = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };

/**
 * Runs a PostgreSQL server of our own in `directory`, made there at the first time. A server that a killed start left
 * running is taken over. It listens on loopback only, on a free port. Throws CannotStart with a sentence for people.
 */
export async function startPostgres(directory: string, options: Options = {}): Promise<EmbeddedPostgres> {
  const data = join(directory, 'data');
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await checkSpace(directory);
    const password = await superuserPassword(directory);
    const program = await findPostgres(directory); // it may change owners, so all files are there by now
    if (!hasPostgres(directory)) await initialise(program, directory, data);
    await checkVersion(data);
    return (await adopt(data, password)) ?? (await launch(program, directory, password, options));
  } catch (error) {
    throw error instanceof CannotStart ? error : directoryProblem(directory, error);
  }
}

async function checkSpace(directory: string): Promise<void> {
  const { bavail, bsize } = await statfs(directory);
  const free = bavail * bsize;
  if (free < smallestFreeBytes)
    throw new CannotStart(
      `DATA_DIR ${directory} is nearly full (${Math.floor(free / 1024 / 1024)} MB free): free at least 128 MB there, or set DATA_DIR to another directory, and start again.`,
    );
}

const passwordFile = (directory: string) => join(directory, 'superuser-password');

async function superuserPassword(directory: string): Promise<string> {
  const file = passwordFile(directory);
  if (!existsSync(file)) await writeFile(file, randomBytes(24).toString('hex'), { mode: 0o600, flag: 'wx' });
  return (await readFile(file, 'utf8')).trim();
}

async function initialise(program: PostgresProgram, directory: string, data: string): Promise<void> {
  const unfinished = `${data}.unfinished`; // a killed initdb must not look like a database
  await rm(unfinished, { recursive: true, force: true });
  const { command, args, user } = program('initdb', [
    ...['--pgdata', unfinished, '--username', 'postgres', '--auth', 'scram-sha-256'],
    ...['--pwfile', join(directory, 'superuser-password'), '--encoding', 'UTF8', '--locale', 'C'],
    ...['--locale-provider', 'builtin', '--builtin-locale', 'C.UTF-8', '--no-instructions'],
  ]);
  await promisify(execFile)(command, args, { ...user, cwd: '/' }).catch((error: unknown) => {
    throw directoryProblem(directory, error);
  });
  await rename(unfinished, data);
}

async function checkVersion(data: string): Promise<void> {
  const version = (await readFile(join(data, 'PG_VERSION'), 'utf8')).trim();
  if (version !== majorVersion)
    throw new CannotStart(
      `The database in ${data} was made by PostgreSQL ${version}, and this is ${majorVersion}: dump it with the old version, or set DATA_DIR to another directory.`,
    );
}

const urlOf = (password: string, port: number) =>
  `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;

/** Whether the server at the address answers and serves this data directory. Says why not when it does not. */
async function answers(url: string, data: string): Promise<true | string> {
  const sql = postgres(url, { max: 1, connect_timeout: 3, onnotice: () => undefined });
  try {
    const [row] = await sql<{ directory: string }[]>`select current_setting('data_directory') as directory`;
    return row?.directory === data ? true : 'it serves another directory';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    await sql.end({ timeout: 1 });
  }
}

/**
 * The superuser's address of the server that another process runs in `directory`, if it answers. Starts, ends and changes
 * nothing.
 */
export async function findRunningPostgres(directory: string): Promise<string | undefined> {
  const data = join(directory, 'data');
  try {
    const port = Number(readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')[3]);
    const url = urlOf(readFileSync(passwordFile(directory), 'utf8').trim(), port);
    return URL.canParse(url) && (await answers(url, data)) === true ? url : undefined;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw directoryProblem(directory, error);
  }
}

/** Whether a database was made in `directory`. */
export const hasPostgres = (directory: string): boolean => existsSync(join(directory, 'data', 'PG_VERSION'));

/** Takes over the server that an earlier start left running; ends it when it does not answer. */
async function adopt(data: string, password: string): Promise<EmbeddedPostgres | undefined> {
  const pidFile = join(data, 'postmaster.pid');
  if (!existsSync(pidFile)) return undefined;
  const lines = readFileSync(pidFile, 'utf8').split('\n');
  const running = identify(Number(lines[0]));
  if (running && commandOf(running.pid).includes(data)) {
    const url = urlOf(password, Number(lines[3]));
    const isStopping = lines[7]?.trim() === 'stopping';
    for (let attempt = 0; !isStopping && attempt < 20 && isAlive(running); attempt++) {
      if ((await answers(url, data)) === true) return server(url, running);
      await delay(250); // it may still be replaying what was written before a crash
    }
    if (isStopping) await waitUntilGone(running, 10_000);
    await end(running, 'SIGQUIT', 10_000);
  }
  // Left by a killed server: its number may by now be somebody else's, at which PostgreSQL would take fright.
  await rm(pidFile, { force: true });
  return undefined;
}

async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

async function launch(
  program: PostgresProgram,
  directory: string,
  password: string,
  { durable = true, port: firstChoice, connections }: Options,
): Promise<EmbeddedPostgres> {
  const data = join(directory, 'data');
  const logFile = join(directory, 'postgres.log');
  const before = await stat(logFile).catch(() => undefined);
  if (before && before.size > 10_000_000) await truncate(logFile, 0);
  const changed = {
    ...(durable ? {} : hasty),
    ...(connections === undefined ? {} : { max_connections: String(connections) }),
  };
  const end = Date.now() + 300_000; // replaying what a crash left can take minutes
  for (let attempt = 0; ; attempt++) {
    const port = attempt === 0 && firstChoice !== undefined ? firstChoice : await freePort();
    const logged = (await stat(logFile).catch(() => undefined))?.size ?? 0;
    const started = spawnServer(program, data, port, logFile, changed);
    const url = urlOf(password, port);
    let why: true | string = 'it ended';
    while (isAlive(started) && Date.now() < end) {
      why = await answers(url, data);
      if (why === true) return server(url, started);
      await delay(50);
    }
    signal(started.pid, 'SIGQUIT');
    const said = readFileSync(logFile).subarray(logged).toString('utf8');
    // The port was taken meanwhile, or processes of a killed server are just leaving: both pass.
    const passes = /Address already in use|pre-existing shared memory block|lock file .* already exists/.test(
      said,
    );
    if (!passes || Date.now() >= end) throw startProblem(directory, said, why);
    await delay(250);
  }
}

function spawnServer(
  program: PostgresProgram,
  data: string,
  port: number,
  logFile: string,
  changed: Record<string, string>,
): ProcessIdentity {
  const chosen = { ...settings, port: String(port), ...changed };
  const options = Object.entries(chosen).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const { command, args, user } = program('postgres', ['-D', data, ...options]);
  const output = openSync(logFile, 'a', 0o600);
  // A session of its own: Ctrl-C in our terminal is for us, and we stop it last.
  const child = spawn(command, args, {
    ...user,
    detached: true,
    stdio: ['ignore', output, output],
    cwd: '/',
  });
  closeSync(output);
  child.unref();
  const identity = child.pid === undefined ? undefined : identify(child.pid);
  return identity ?? { pid: child.pid ?? 0, startedAt: 'never' };
}

function startProblem(directory: string, said: string, why: true | string): CannotStart {
  if (/No space left|Read-only file system|Permission denied/i.test(said))
    return directoryProblem(directory, new Error(said));
  const reason = /(?:FATAL|PANIC): +(?!the database system is)(.*)/.exec(said)?.[1] ?? why;
  return new CannotStart(
    `The embedded PostgreSQL does not start (${reason}). See ${join(directory, 'postgres.log')}.`,
  );
}

function server(url: string, identity: ProcessIdentity): EmbeddedPostgres {
  return {
    url,
    process: identity,
    async stop() {
      signal(identity.pid, 'SIGINT'); // pg_ctl's "fast"
      if (await waitUntilGone(identity, 30_000)) return;
      await end(identity, 'SIGQUIT', 10_000);
    },
  };
}
