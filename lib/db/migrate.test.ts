import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import { expect, inject, it, vi } from 'vitest';
import { z } from 'zod';
import { migrate } from './migrate';

const Journal = z.looseObject({ entries: z.array(z.looseObject({ idx: z.int() })) });

/** A database of its own, as the migrations up to this one have left it. */
async function databaseOf(last: number) {
  const { server, role } = inject('postgres');
  const name = `migrated_${last}_${process.pid}`;
  const admin = postgres(server, { max: 1, onnotice: () => undefined });
  await admin.unsafe(`create database ${name} owner ${role}`);
  const url = new URL(server);
  url.username = role;
  url.password = role;
  url.pathname = `/${name}`;
  const folder = mkdtempSync(join(tmpdir(), 'posthaste-drizzle-'));
  cpSync('drizzle', folder, { recursive: true });
  const path = join(folder, 'meta/_journal.json');
  const journal = Journal.parse(JSON.parse(readFileSync(path, 'utf8')));
  const entries = journal.entries.filter(({ idx }) => idx <= last);
  writeFileSync(path, JSON.stringify({ ...journal, entries }));
  await migrate(url.href, folder);
  const client = postgres(url.href, { max: 2, onnotice: () => undefined });
  const end = async () => {
    await client.end({ timeout: 1 });
    await admin.unsafe(`drop database ${name} with (force)`);
    await admin.end();
    rmSync(folder, { recursive: true });
  };
  return { url: url.href, client, end };
}

/** What the version before takes one after the other: to count what was opened, and to write down a click. */
it.each([
  [25, 'tracking_rollups in row exclusive mode', 'deliveries in access share mode'],
  [26, 'deliveries in access share mode', 'tracking_events in row exclusive mode'],
])('migrates from %i on beside a process that holds %s and then wants %s', async (last, first, second) => {
  const { url, client, end } = await databaseOf(last);
  try {
    const working = await client.reserve();
    await working.unsafe('begin');
    await working.unsafe(`lock table ${first}`);
    const migrated = migrate(url);
    await vi.waitFor(async () => {
      const [waits] = await client`
        select from pg_locks l join pg_database d on d.oid = l.database and d.datname = current_database()
        where l.locktype = 'relation' and not l.granted`;
      expect(waits).toBeDefined();
    }, 10_000);
    await working.unsafe("set local statement_timeout = '5s'");
    await working.unsafe(`lock table ${second}`);
    await working.unsafe('commit');
    working.release();
    await migrated;
  } finally {
    await end();
  }
});
