import { createReadStream, createWriteStream, openAsBlob } from 'node:fs';
import { mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import type { Scope } from '@/lib/auth/scope';
import { connect, type Database, unsafeDatabase } from '@/lib/db/client';
import { env, required } from '@/lib/env';
import type { ImportId } from '@/lib/ids';
import { findImport, receiveImport } from '@/lib/imports/imports';
import { startImport } from '@/lib/imports/start-import';
import { testWorkspace } from '@/lib/workspaces/testing';
import type { Measurement } from './measurement';
import { startWorker } from './worker';

const total = 200_000;
const mostTimes = 8;
const mostMegabytes = 200;

/**
 * A whole import by the worker, validation, phones, attributes, list and all. Its rival is a bare COPY of the rows that it
 * stored, contacts and list, from prepared text into tables that have the same columns and nothing else.
 */
export async function run(): Promise<Measurement[]> {
  const file = join(env().DATA_DIR, 'bench.csv');
  await mkdir(env().DATA_DIR, { recursive: true });
  await writeFile(file, generate());
  const rounds: Round[] = [];
  while (rounds.length < 3) rounds.push(await runRound(file));
  const seconds = median(rounds.map((round) => round.seconds));
  const copySeconds = median(rounds.map((round) => round.copySeconds));
  const fileCopySeconds = median(rounds.map((round) => round.fileCopySeconds));
  const megabytes = Math.max(...rounds.map((round) => round.megabytes));
  return [
    {
      name: 'import: time',
      metric: 'times a bare COPY of the same rows',
      value: seconds / copySeconds,
      limit: `≤ ${mostTimes}`,
      ok: seconds / copySeconds <= mostTimes,
      details: {
        rows: total,
        seconds,
        copySeconds,
        rowsPerSecond: Math.round(total / seconds),
        timesCopyOfTheFileAsText: seconds / fileCopySeconds,
      },
    },
    {
      name: 'import: memory',
      metric: 'MB of the worker at most',
      value: megabytes,
      limit: `< ${mostMegabytes}`,
      ok: megabytes > 0 && megabytes < mostMegabytes,
      details: { fileMegabytes: Math.round((await stat(file)).size / 1e5) / 10 },
    },
  ];
}

type Round = { seconds: number; megabytes: number; copySeconds: number; fileCopySeconds: number };

async function runRound(file: string): Promise<Round> {
  const { scope } = await testWorkspace('Import Bench');
  const imported = await importOnce(scope, file);
  await unsafeDatabase().execute(sql`vacuum analyze contacts, list_contacts`);
  let copySeconds = 0;
  for (const table of ['contacts', 'list_contacts']) {
    const prepared = join(env().DATA_DIR, `${table}.copy`);
    await copyOut(scope, table, prepared);
    copySeconds += await copy(`like ${table}`, '', prepared);
  }
  const texts = columns.map((name) => `${name} text`).join(', ');
  const fileCopySeconds = await copy(texts, '(format csv, header)', file);
  return { ...imported, copySeconds, fileCopySeconds };
}

const columns = [
  'email',
  'first_name',
  'last_name',
  'phone',
  'country',
  'time_zone',
  'city',
  'plan',
  'revenue',
  'sms_consent',
];

function generate(): string {
  const pick = (from: string[], n: number) => from[n % from.length] ?? '';
  const firsts = [
    'Ana-María',
    'Jürgen',
    '지훈',
    'Siân',
    'Liam',
    'Noël',
    'Mary-Jane',
    'Łukasz',
    'Olivia',
    'Zoë',
  ];
  const lasts = [
    'Ångström',
    'Žižek',
    "O'Connor",
    'Haddad',
    'Öztürk',
    'Silva',
    'van der Berg',
    'Müller',
    'Smith',
  ];
  const domains = ['example.com', 'example.org', 'mail.example.com', 'example.net'];
  const cities = ['Berlin', 'Köln', '東京', '"New York, NY"', 'Dublin', 'Łódź'];
  const lines = [columns.join(',')];
  for (let n = 0; n < total; n++)
    lines.push(
      [
        `person${n}.${(n * 7919) % 1_000_003}@${pick(domains, n)}`,
        pick(firsts, n),
        pick(lasts, n * 7),
        `0151 ${10_000_000 + n}`,
        'DE',
        'Europe/Berlin',
        pick(cities, n),
        pick(['free', 'pro'], n * 3),
        `"${n % 2000},${10 + (n % 90)}"`,
        pick(['yes', 'no'], n),
      ].join(','),
    );
  return `${lines.join('\n')}\n`;
}

/** A connection of one's own: the driver's pool does not take one back that has copied. */
async function alone<Value>(work: (client: Database['$client']) => Promise<Value>): Promise<Value> {
  const { $client } = connect(required('DATABASE_URL'), { max: 1 });
  try {
    return await work($client);
  } finally {
    await $client.end({ timeout: 1 });
  }
}

/** What a workspace has in a table, as COPY writes and reads it. */
const copyOut = (scope: Scope, table: string, file: string): Promise<void> =>
  alone(async (client) => {
    await client.unsafe(`select set_config('app.workspace_id', '${scope.workspaceId}', false)`);
    const rows = await client.unsafe(`copy (select * from ${table}) to stdout`).readable();
    await pipeline(rows, createWriteStream(file));
  });

/** Seconds that PostgreSQL takes for a file into a fresh table without index, constraint or trigger. */
const copy = (definition: string, format: string, file: string): Promise<number> =>
  alone(async (client) => {
    await client.unsafe('drop table if exists bare_copy');
    await client.unsafe(`create table bare_copy (${definition})`);
    const started = performance.now();
    const into = await client.unsafe(`copy bare_copy from stdin ${format}`).writable();
    await pipeline(createReadStream(file, { highWaterMark: 262_144 }), into);
    return (performance.now() - started) / 1000;
  });

async function importOnce(scope: Scope, file: string): Promise<Pick<Round, 'seconds' | 'megabytes'>> {
  const body = (await openAsBlob(file)).stream();
  const received = await receiveImport(scope, { fileName: 'bench.csv', body, announcedBytes: null });
  if (!received.ok) throw new Error(received.problem.message);
  const { id } = received.value;
  const found = await findImport(scope, id);
  if (!found.ok || !found.value.settings) throw new Error('the upload was not kept');
  const { encoding, delimiter, header, columns } = found.value.settings;
  const worker = await startWorker();
  try {
    const list = { name: 'Everybody' };
    const begun = await startImport(scope, id, { encoding, delimiter, header, columns, list });
    if (!begun.ok) throw new Error(begun.problem.message);
    const seconds = await completed(scope, id);
    return { seconds, megabytes: worker.megabytes() };
  } finally {
    await worker.stop();
  }
}

/** Seconds from the start, as the person sees it, to the end. */
async function completed(scope: Scope, id: ImportId): Promise<number> {
  for (;;) {
    await delay(200);
    const found = await findImport(scope, id);
    if (!found.ok) throw new Error(found.problem.message);
    const { status, created, startedAt, finishedAt } = found.value;
    if (status === 'running') continue;
    if (!startedAt || !finishedAt || created !== total)
      throw new Error(`the import made ${created} contacts and is ${status}`);
    return (finishedAt.getTime() - startedAt.getTime()) / 1000;
  }
}

const median = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
