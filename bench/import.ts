import { spawn } from 'node:child_process';
import { createReadStream, openAsBlob } from 'node:fs';
import { mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { mintSystemScope } from '@/lib/auth/scope';
import { unsafeDatabase } from '@/lib/db/client';
import { env } from '@/lib/env';
import { ImportId, WorkspaceId } from '@/lib/ids';
import { findImport, receiveImport } from '@/lib/imports/imports';
import { runImport } from '@/lib/imports/run-import';
import { startImport } from '@/lib/imports/start-import';
import { testWorkspace } from '@/lib/workspaces/testing';
import type { Measurement } from './measurement';

const total = 200_000;
const mostTimes = 8;
const mostMegabytes = 200;
const rounds = 3;

const Child = z.object({ seconds: z.number(), megabytes: z.number() });

/** A whole import, validation, phones, attributes, list and all, beside a bare COPY of the same rows. */
export async function run(): Promise<Measurement[]> {
  const file = join(env().DATA_DIR, 'bench.csv');
  await mkdir(env().DATA_DIR, { recursive: true });
  await writeFile(file, generate());
  const copies: number[] = [];
  const imports: z.infer<typeof Child>[] = [];
  for (let round = 0; round < rounds; round++) {
    copies.push(await copy(file));
    imports.push(await importOnce(file));
  }
  const copySeconds = median(copies);
  const seconds = median(imports.map((child) => child.seconds));
  const megabytes = Math.max(...imports.map((child) => child.megabytes));
  return [
    {
      name: 'import: time',
      metric: 'times a bare COPY',
      value: seconds / copySeconds,
      limit: `≤ ${mostTimes}`,
      ok: seconds / copySeconds <= mostTimes,
      details: { rows: total, seconds, copySeconds, rowsPerSecond: Math.round(total / seconds) },
    },
    {
      name: 'import: memory',
      metric: 'MB of the worker at most',
      value: megabytes,
      limit: `< ${mostMegabytes}`,
      ok: megabytes < mostMegabytes,
      details: { fileMegabytes: Math.round((await stat(file)).size / 1e5) / 10 },
    },
  ];
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

async function copy(file: string): Promise<number> {
  const client = unsafeDatabase().$client;
  await client.unsafe('drop table if exists bare_copy');
  await client.unsafe(`create table bare_copy (${columns.map((name) => `${name} text`).join(', ')})`);
  const started = performance.now();
  const into = await client.unsafe('copy bare_copy from stdin (format csv, header)').writable();
  await pipeline(createReadStream(file, { highWaterMark: 262_144 }), into);
  return (performance.now() - started) / 1000;
}

async function importOnce(file: string): Promise<z.infer<typeof Child>> {
  const { scope } = await testWorkspace('Import Bench');
  const body = (await openAsBlob(file)).stream();
  const received = await receiveImport(scope, { fileName: 'bench.csv', body, announcedBytes: null });
  if (!received.ok) throw new Error(received.problem.message);
  const { id } = received.value;
  const found = await findImport(scope, id);
  if (!found.ok || !found.value.settings) throw new Error('the upload was not kept');
  const { encoding, delimiter, header, columns } = found.value.settings;
  const list = { name: 'Everybody' };
  const begun = await startImport(scope, id, { encoding, delimiter, header, columns, list });
  if (!begun.ok) throw new Error(begun.problem.message);
  const measured = await inChild(scope.workspaceId, id);
  const ended = await findImport(scope, id);
  if (!ended.ok || ended.value.created !== total) throw new Error('the import did not make all contacts');
  await unsafeDatabase().execute(sql`vacuum analyze contacts, list_contacts`);
  return measured;
}

/** The worker's side in a process of its own, so that its memory is measured alone. */
async function inChild(workspaceId: WorkspaceId, importId: ImportId): Promise<z.infer<typeof Child>> {
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', fileURLToPath(import.meta.url), workspaceId, importId],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  return Child.parse(JSON.parse(await text(child.stdout)));
}

async function work(workspaceId: WorkspaceId, importId: ImportId): Promise<void> {
  const started = performance.now();
  await runImport(mintSystemScope(workspaceId), importId, new AbortController().signal);
  const seconds = (performance.now() - started) / 1000;
  const megabytes = process.resourceUsage().maxRSS / 1024;
  process.stdout.write(JSON.stringify({ seconds, megabytes }), () => process.exit(0));
}

const median = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

const [script, workspaceId, importId] = process.argv.slice(1);
if (script === fileURLToPath(import.meta.url))
  await work(WorkspaceId.parse(workspaceId), ImportId.parse(importId));
