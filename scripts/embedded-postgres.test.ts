import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import { afterAll, expect, test, vi } from 'vitest';
import { startPostgres } from './embedded-postgres';
import { identify, isAlive, waitUntilGone } from './processes.mjs';

const root = await mkdtemp(join(tmpdir(), 'posthaste-pg-'));
afterAll(() => rm(root, { recursive: true, force: true }));

async function ask(url: string, query: string) {
  const sql = postgres(url, { max: 1, onnotice: () => undefined });
  try {
    return await sql.unsafe(query);
  } finally {
    await sql.end();
  }
}

test('a server is made, taken over, stopped, and comes back after being killed with what was committed', async () => {
  const directory = join(root, 'one');
  const first = await startPostgres(directory);
  expect((await stat(join(directory, 'superuser-password'))).mode & 0o777).toBe(0o600);
  await ask(first.url, 'create table kept (n int); insert into kept values (1)');

  const second = await startPostgres(directory); // as after a start that was killed
  expect(second.process).toEqual(first.process);

  process.kill(second.process.pid, 'SIGKILL');
  const third = await startPostgres(directory, { port: Number(new URL(second.url).port) });
  expect(third.process.pid).not.toBe(second.process.pid);
  expect(third.url).toBe(second.url);
  expect(await ask(third.url, 'select n from kept')).toEqual([{ n: 1 }]);

  await third.stop();
  expect(isAlive(third.process)).toBe(false);
  const postmaster = join(directory, 'data', 'postmaster.pid');
  await expect(stat(postmaster)).rejects.toThrow('ENOENT');

  // A stale file whose number belongs to another process by now: that one is left alone.
  await writeFile(postmaster, `${process.pid}\n${join(directory, 'data')}\n0\n1\n\n127.0.0.1\n0\nready\n`);
  const fourth = await startPostgres(directory);
  expect(await ask(fourth.url, 'select n from kept')).toEqual([{ n: 1 }]);
  await fourth.stop();
});

test('it listens on loopback only and sorts as UTF-8 everywhere alike', async () => {
  const { url, stop, process: server } = await startPostgres(join(root, 'two'), { durable: false });
  expect(
    await ask(
      url,
      "select current_setting('listen_addresses') as on, current_setting('server_encoding') as enc",
    ),
  ).toEqual([{ on: '127.0.0.1', enc: 'UTF8' }]);
  expect(
    await ask(url, "select lower('ÄÉ') as low, datlocale from pg_database where datname = 'postgres'"),
  ).toEqual([{ low: 'äé', datlocale: 'C.UTF-8' }]);
  await stop();
  expect(await waitUntilGone(server, 0)).toBe(true);
});

test('a database of another version, and a place that cannot be written, are told in one sentence', async () => {
  const directory = join(root, 'two');
  await writeFile(join(directory, 'data', 'PG_VERSION'), '17\n');
  await expect(startPostgres(directory)).rejects.toThrow(/made by PostgreSQL 17/);
  await writeFile(join(root, 'file'), '');
  await expect(startPostgres(join(root, 'file'))).rejects.toThrow(/DATA_DIR .*file is not a directory/);
  expect(await readFile(join(root, 'file'), 'utf8')).toBe('');
  expect(identify(process.pid)).toBeDefined();
});

test.runIf(process.getuid?.() === 0)(
  'root who may make no user namespace hands the directory to nobody, and finds it again later',
  async () => {
    const forbidding = join(root, 'bin');
    await mkdir(forbidding);
    await writeFile(join(forbidding, 'unshare'), '#!/bin/sh\necho "Operation not permitted" >&2\nexit 1\n');
    await chmod(join(forbidding, 'unshare'), 0o755);
    await chmod(root, 0o755);
    const dataDir = join(root, 'of-root');
    await mkdir(dataDir, { mode: 0o700 });
    const directory = join(dataDir, 'postgres');

    vi.stubEnv('PATH', `${forbidding}:${process.env.PATH}`);
    const first = await startPostgres(directory, { durable: false });
    await ask(first.url, 'create table kept (n int); insert into kept values (1)');
    await first.stop();
    vi.unstubAllEnvs();
    expect(await stat(join(directory, 'data'))).toMatchObject({ uid: 65_534, gid: 65_534 });
    expect((await stat(dataDir)).mode & 0o777).toBe(0o710);

    const second = await startPostgres(directory, { durable: false }); // a namespace could not own nobody's files
    expect(await ask(second.url, 'select n from kept')).toEqual([{ n: 1 }]);
    await second.stop();
  },
);
