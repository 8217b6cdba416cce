import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import type { TestProject } from 'vitest/node';
import { startPostgres } from '../../scripts/embedded-postgres';
import { migrateQueue } from '../jobs/queue';
import { migrate } from './migrate';

declare module 'vitest' {
  interface ProvidedContext {
    postgres: { server: string; template: string; role: string };
  }
}

const role = 'posthaste_test';

/** Vitest's global set-up: a PostgreSQL server for the run and a migrated database that each test file clones. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const directory = await mkdtemp(join(tmpdir(), 'posthaste-test-'));
  const server = await startPostgres(join(directory, 'postgres'), { durable: false });
  const template = 'posthaste_template';
  const admin = postgres(server.url, { max: 1, onnotice: () => undefined });
  await admin.unsafe(`create role ${role} login password '${role}' nosuperuser nobypassrls createdb`);
  await admin.unsafe(`create database ${template} owner ${role}`);
  await admin.end();
  const url = databaseUrl(server.url, template);
  await migrate(url);
  await migrateQueue(url);
  project.provide('postgres', { server: server.url, template, role });
  return async () => {
    await server.stop();
    await rm(directory, { recursive: true, force: true });
  };
}

function databaseUrl(server: string, database: string): string {
  const url = new URL(server);
  url.username = role;
  url.password = role;
  url.pathname = `/${database}`;
  return url.href;
}
