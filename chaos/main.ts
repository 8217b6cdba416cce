import { randomBytes, randomInt } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { listenForStop } from '@/scripts/stop-request';
import { readOptions } from './options';
import { findProblems, table } from './report';

const { json, ...options } = readOptions(process.argv.slice(2), randomInt(1, 1_000_000));
const stop = listenForStop();
const directory = await mkdtemp(join(tmpdir(), 'posthaste-chaos-'));
const secret = randomBytes(32).toString('hex');
// Set before what reads them is loaded: lib reads its environment once.
Object.assign(process.env, {
  APP_SECRET: secret,
  APP_URL: 'http://localhost:3000',
  DATA_DIR: join(directory, 'data'),
  LOG_LEVEL: 'error',
});
delete process.env.SMTP_URL;
delete process.env.RESEND_API_KEY;

async function main(): Promise<number> {
  const { Database } = await import('./database');
  const { migrateAll, prepareEmbedded } = await import('@/scripts/prepare-database');
  const say = (line: string) => void (json || console.log(line));
  const interrupted = new AbortController();
  void stop.reason.then(() => interrupted.abort());
  say(
    `${options.recipients} recipients, ${options.workers} workers, ${options.kills} kills, seed ${options.seed}\n`,
  );
  const database = await Database.start(join(directory, 'data', 'postgres'));
  try {
    process.env.DATABASE_URL = await prepareEmbedded(database.url, secret);
    await migrateAll(process.env.DATABASE_URL);
    const { run } = await import('./run');
    const outcome = await run(
      options,
      database,
      directory,
      ({ at, arrived, what }) =>
        say(`${at.toFixed(1).padStart(7)} s  ${String(arrived).padStart(7)} arrived  ${what}`),
      interrupted.signal,
    );
    const problems = findProblems(options, outcome);
    if (json) console.log(JSON.stringify({ ok: problems.length === 0, problems, options, ...outcome }));
    else console.log(`\n${table(options, outcome)}\n`);
    say(problems.length === 0 ? 'Nobody was lost, and nobody got it twice.' : problems.join('\n'));
    return problems.length;
  } finally {
    await database.stop();
  }
}

let problems = 1;
try {
  problems = await main();
} finally {
  if (problems > 0 && !stop.asked) console.error(`What is left of it: ${directory}`);
  else await rm(directory, { recursive: true, force: true });
}
process.exit(stop.asked ? 130 : problems === 0 ? 0 : 1);
