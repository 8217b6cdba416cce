import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { identify, isAlive } from './processes.mjs';

const temporary = await mkdtemp(join(tmpdir(), 'posthaste-interrupted-'));
afterAll(() => rm(temporary, { recursive: true, force: true }));

const madeByBench = async () =>
  (await readdir(temporary)).filter((name) => name.startsWith('posthaste-bench-'));

/** The PostgreSQL server that runs below the directory. */
async function findServer() {
  const [directory = 'none yet'] = await madeByBench();
  const lines = await readFile(join(temporary, directory, 'postgres', 'data', 'postmaster.pid'), 'utf8');
  const server = identify(Number(lines.split('\n', 1)[0]));
  if (!server) throw new Error('no server runs yet');
  return server;
}

test('benchmarks that are ended by Ctrl-C leave no server and no files', { timeout: 60_000 }, async () => {
  const bench = spawn(process.execPath, ['--import', 'tsx', join('bench', 'main.ts'), 'contacts'], {
    env: { ...process.env, TMPDIR: temporary },
    stdio: 'ignore',
    detached: true, // in a group of its own, as in a terminal
  });
  const ended = once(bench, 'exit');
  const server = await vi.waitFor(findServer, { timeout: 30_000, interval: 50 });
  process.kill(-(bench.pid ?? 0), 'SIGINT');
  expect(await ended).toEqual([130, null]);
  expect(isAlive(server)).toBe(false);
  expect(await madeByBench()).toEqual([]);
});
