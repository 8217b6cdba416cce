import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { claim } from './claim.mjs';
import { claimDataDirectory, claimForCommand, keptSecret, openDataDirectory } from './data-directory';
import { watchSpace } from './disk-space';
import { waitForPort } from './port';
import { identify } from './processes.mjs';
import { fingerprint, isBuilt } from './setup/build.mjs';
import { checkHostNode, isInstalled } from './setup/install.mjs';

const root = await mkdtemp(join(tmpdir(), 'posthaste-start-'));
afterAll(() => rm(root, { recursive: true, force: true }));

test('the secret is made once, for the owner alone; a damaged one is not overwritten', async () => {
  const directory = join(root, 'data');
  await openDataDirectory(directory);
  expect((await stat(directory)).mode & 0o777).toBe(0o700);
  const secret = await keptSecret(directory);
  expect(secret).toMatch(/^[0-9a-f]{64}$/);
  expect((await stat(join(directory, 'secret'))).mode & 0o777).toBe(0o600);
  expect(await keptSecret(directory)).toBe(secret);
  await writeFile(join(directory, 'secret'), 'short');
  await expect(keptSecret(directory)).rejects.toThrow(/is damaged/);
  expect(await readFile(join(directory, 'secret'), 'utf8')).toBe('short');
});

test('of two starts with one data directory the second is told where the first runs', async () => {
  const directory = join(root, 'twice');
  await openDataDirectory(directory);
  const first = await claimDataDirectory(directory, 'http://localhost:3000');
  await expect(claimDataDirectory(directory, 'http://localhost:3001')).rejects.toThrow(
    /already runs with DATA_DIR .*: http:\/\/localhost:3000 \(process \d+\)/,
  );
  expect(await claimForCommand(directory)).toBeUndefined();
  first.release();
  (await claimDataDirectory(directory, 'http://localhost:3001')).release();
});

test('a start, and another command, wait for the command that is at work', async () => {
  const directory = join(root, 'command');
  await openDataDirectory(directory);
  const command = await claimForCommand(directory);
  const order: string[] = [];
  const start = claimDataDirectory(directory, 'http://localhost:3000').then((turn) => {
    order.push('start');
    turn.release();
  });
  const other = claimForCommand(directory).then((turn) => {
    order.push('other');
    turn?.release();
  });
  order.push('command');
  command?.release();
  await Promise.all([start, other]);
  expect(order[0]).toBe('command');
  expect(order).toHaveLength(3);
});

test('what a killed start left running is handed to the next one', async () => {
  const file = join(root, 'claim.json');
  const leftover = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  const child = identify(leftover.pid ?? 0);
  const gone = { pid: child?.pid, startedAt: 'in another life' };
  await writeFile(
    file,
    JSON.stringify({ holder: gone, children: [child, gone], note: 'http://localhost:3000' }),
  );
  const turn = claim(file, 'next');
  expect(turn.held && turn.leftovers).toEqual([child]);
  if (turn.held) turn.release();
  expect(existsSync(file)).toBe(false);
  leftover.kill('SIGKILL');
});

test('a claim that was torn off in the middle does not block', async () => {
  const file = join(root, 'torn.json');
  await writeFile(file, '{"holder":');
  expect(claim(file, 'next').held).toBe(true);
});

test('a port in use is waited for, then told', async () => {
  const other = createServer();
  other.listen(0);
  await once(other, 'listening');
  const address = other.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  await expect(waitForPort(port, 0)).rejects.toThrow(`PORT ${port} is used by another program.`);
  const waiting = waitForPort(port, 10_000);
  other.close();
  await expect(waiting).resolves.toBeUndefined();
});

test('only a Node that is too old is refused', () => {
  expect(() => checkHostNode('18.20.4')).toThrow(/This is Node 18\.20\.4, and Posthaste needs 20 or newer/);
  expect(() => checkHostNode('20.20.0')).not.toThrow();
});

test('dependencies count as installed when npm’s record matches the lockfile, and not after it changed', async () => {
  const directory = join(root, 'installed');
  const lock = (version: string) =>
    JSON.stringify({
      packages: {
        '': {},
        'node_modules/a': { version },
        'node_modules/b': { version: '1.0.0', optional: true },
      },
    });
  await mkdir(join(directory, 'node_modules'), { recursive: true });
  await writeFile(join(directory, 'package-lock.json'), lock('1.0.0'));
  expect(isInstalled(directory)).toBe(false);
  await writeFile(
    join(directory, 'node_modules', '.package-lock.json'),
    JSON.stringify({ packages: { 'node_modules/a': { version: '1.0.0' } } }),
  );
  expect(isInstalled(directory)).toBe(true);
  await writeFile(join(directory, 'package-lock.json'), lock('1.0.1'));
  expect(isInstalled(directory)).toBe(false);
});

test('a build counts while its sources are the same, tests aside', async () => {
  const directory = join(root, 'built');
  await mkdir(join(directory, 'lib'), { recursive: true });
  await mkdir(join(directory, 'dist'));
  await mkdir(join(directory, '.next'));
  await writeFile(join(directory, 'lib', 'a.ts'), '1');
  expect(isBuilt(directory)).toBe(false);
  await writeFile(join(directory, '.next', 'BUILD_ID'), 'x');
  await writeFile(join(directory, 'dist', 'built'), fingerprint(directory));
  expect(isBuilt(directory)).toBe(true);
  await writeFile(join(directory, 'lib', 'a.test.ts'), '1');
  expect(isBuilt(directory)).toBe(true);
  await writeFile(join(directory, 'lib', 'a.ts'), '2');
  expect(isBuilt(directory)).toBe(false);
});

test.runIf(process.platform === 'linux')('a disk that is nearly full is told once', async () => {
  const said: string[] = [];
  const nearlyFull = '/sys'; // no free block at any time
  let rounds = 0;
  await watchSpace(
    nearlyFull,
    (line) => said.push(line),
    () => rounds++ === 3,
    1,
  );
  expect(said).toEqual([
    expect.stringMatching(/^DATA_DIR \/sys is nearly full \(0 MB free\): free some space/),
  ]);
});
