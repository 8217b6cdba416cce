import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import postgres from 'postgres';
import { migrate } from '@/lib/db/migrate';
import { migrateQueue } from '@/lib/jobs/queue';
import { type EmbeddedPostgres, startPostgres } from '@/scripts/embedded-postgres';
import { listenForStop } from '@/scripts/stop-request';
import { type Measurement, Measurements } from './measurement';

const benchmarks = ['import', 'contacts', 'send', 'launch', 'throttle', 'scale', 'clicks'];
/** Too long to run when nobody asks for them. */
const onRequest = ['send-million', 'reports'];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean', default: false } },
});
const names = positionals.length > 0 ? positionals : benchmarks;
const known = [...benchmarks, ...onRequest];
const unknown = names.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  console.error(`No benchmark is called ${unknown.join(', ')}. There are: ${known.join(', ')}.`);
  process.exit(2);
}

// Our own PostgreSQL does not hear a Ctrl-C: it must be ended.
const stop = listenForStop();
const directory = await mkdtemp(join(tmpdir(), 'posthaste-bench-'));

/** Each benchmark starts on an empty, migrated database, as a role that row-level security binds. */
async function freshDatabase(server: EmbeddedPostgres, name: string): Promise<string> {
  const database = `bench_${name.replace('-', '_')}`;
  const password = randomBytes(16).toString('hex');
  const admin = postgres(server.url, { max: 1, onnotice: () => undefined });
  await admin.unsafe(`create role ${database} login password '${password}'`);
  await admin.unsafe(`create database ${database} owner ${database}`);
  await admin.end();
  const url = new URL(server.url);
  Object.assign(url, { username: database, password, pathname: `/${database}` });
  await migrate(url.href);
  await migrateQueue(url.href);
  return url.href;
}

/** In a process of its own, so that no benchmark inherits another's pools, caches or heap. */
async function runBenchmark(name: string, DATABASE_URL: string): Promise<Measurement[]> {
  const child = spawn(process.execPath, ['--import', 'tsx', join(import.meta.dirname, 'run-one.ts'), name], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      ...process.env,
      DATABASE_URL,
      DATA_DIR: join(directory, name),
      APP_SECRET: randomBytes(32).toString('hex'),
      LOG_LEVEL: 'error',
    },
  });
  void stop.reason.then(() => child.kill());
  const output = await text(child.stdout);
  if (stop.asked) return [];
  if (output === '') throw new Error(`The benchmark ${name} failed; it says why above.`);
  // What was logged stands before them.
  return Measurements.parse(JSON.parse(output.slice(output.lastIndexOf('\n') + 1)));
}

function print(measurement: Measurement): void {
  const { name, metric, value, limit, ok, details } = measurement;
  console.log(
    `${ok ? 'ok  ' : 'MISS'} ${name}: ${metric} ${Math.round(value * 100) / 100} (limit: ${limit})`,
  );
  for (const [key, detail] of Object.entries(details)) console.log(`       ${key}: ${detail}`);
}

async function runAll(): Promise<Measurement[]> {
  const all: Measurement[] = [];
  const server = await startPostgres(join(directory, 'postgres'));
  try {
    for (const name of names) {
      if (stop.asked) break;
      all.push(...(await runBenchmark(name, await freshDatabase(server, name))));
    }
  } finally {
    await server.stop();
    await rm(directory, { recursive: true, force: true });
  }
  return all;
}

const all = await runAll();
if (stop.asked) process.exit(130);
if (values.json) console.log(JSON.stringify(all));
else for (const measurement of all) print(measurement);
process.exit(all.every(({ ok }) => ok) ? 0 : 1);
