import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import { afterAll, inject } from 'vitest';

/*
 * Runs before each test file: gives it a database of its own, cloned from the migrated template, and a data directory,
 * through the same environment variables that the product reads.
 */

const { server, template, role } = inject('postgres');
const database = `test_${randomBytes(8).toString('hex')}`;
const admin = postgres(server, { max: 1, onnotice: () => undefined });
await admin.unsafe(`create database ${database} template ${template} owner ${role}`);
await admin.end();

const url = new URL(server);
url.username = role;
url.password = role;
url.pathname = `/${database}`;
const dataDir = mkdtempSync(join(tmpdir(), 'posthaste-data-'));
Object.assign(process.env, {
  DATABASE_URL: url.href,
  DATA_DIR: dataDir,
  APP_SECRET: randomBytes(32).toString('hex'),
  APP_URL: 'http://localhost:3000',
  LOG_LEVEL: 'fatal',
});

afterAll(async () => {
  const { closeQueue } = await import('../jobs/queue');
  const { closeDatabase } = await import('./client');
  await closeQueue();
  await closeDatabase();
  rmSync(dataDir, { recursive: true, force: true });
});
