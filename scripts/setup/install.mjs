import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './run.mjs';
import { Stop, say } from './stop.mjs';

/**
 * What has to be on the machine: Node 20 or newer and npm.
 * @param {string} version
 */
export function checkHostNode(version = process.versions.node) {
  if (Number.parseInt(version, 10) < 20)
    throw new Stop(
      `This is Node ${version}, and Posthaste needs 20 or newer. Install a newer Node and start again.`,
    );
}

/** Node comes with the packages, so that every part runs on the same one. @param {string} root */
export function packageNode(root) {
  const name = `node-${process.platform}-${process.arch}`;
  const node = join(root, 'node_modules', name, 'bin', 'node');
  if (existsSync(node)) return node;
  // No package for this system: its own Node will do if it is new enough.
  if (process.versions.node.localeCompare('22.12', undefined, { numeric: true }) >= 0)
    return process.execPath;
  throw new Stop(
    `The package ${name} is missing, and this Node ${process.versions.node} is too old without it. Remove node_modules and start again, without npm's --omit=optional; where no such package exists, install Node 24.`,
  );
}

/** @typedef {Record<string, { version?: string, optional?: boolean, devOptional?: boolean, link?: boolean }>} Packages */

/** @param {string} file @returns {Packages} */
function packagesOf(file) {
  return JSON.parse(readFileSync(file, 'utf8')).packages;
}

/** Whether node_modules holds what the lockfile names, by npm's own record of it. @param {string} root */
export function isInstalled(root) {
  const lockFile = join(root, 'package-lock.json');
  const mark = join(root, 'node_modules', '.posthaste-lock');
  const hash = createHash('sha256').update(readFileSync(lockFile)).digest('hex');
  if (existsSync(mark) && readFileSync(mark, 'utf8') === hash) return true;
  const record = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(record)) return false;
  const present = packagesOf(record);
  for (const [path, wanted] of Object.entries(packagesOf(lockFile))) {
    if (path === '') continue;
    const found = present[path];
    // An optional one may be for another system; but one that is there must be the right one.
    if (found ? found.version !== wanted.version : !wanted.optional && !wanted.devOptional) return false;
  }
  markInstalled(root);
  return true;
}

/** @param {string} root */
function markInstalled(root) {
  const hash = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  writeFileSync(join(root, 'node_modules', '.posthaste-lock'), hash);
}

/** @param {string} root @param {(child: import('../processes.mjs').ProcessIdentity) => void} onStart */
export async function install(root, onStart) {
  const npm = process.env.npm_execpath;
  const [command, ...before] = npm?.endsWith('.js') ? [process.execPath, npm] : ['npm'];
  try {
    execFileSync(command ?? 'npm', [...before, '--version'], { stdio: 'ignore' });
  } catch {
    throw new Stop('npm is not on this machine. Install it (it comes with Node) and start again.');
  }
  say('Dependencies: installing; the first time this takes a minute or two …');
  // Whatever the environment asks npm to leave out: the build needs all of it.
  /** @type {NodeJS.ProcessEnv} */
  const env = { ...process.env, NODE_ENV: 'development' };
  const args = ['ci', '--no-audit', '--no-fund', '--include=dev', '--include=optional'];
  await run('Installing the dependencies (npm ci)', command ?? 'npm', [...before, ...args], { env, onStart });
  markInstalled(root);
}
