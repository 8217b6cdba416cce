// Plain JavaScript: the set-up that runs before anything is installed needs it too, on the Node of the host.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * A process that is not mistaken for a later one which got the same number.
 * @typedef {{ pid: number, startedAt: string }} ProcessIdentity
 */

/**
 * Fields 3 and up of proc(5)'s stat; the name before them may hold anything.
 * @param {number} pid
 */
function statFields(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

// Whoever asks, in whatever language and time zone, must read the same start of a process.
const unlocalised = { ...process.env, LC_ALL: 'C', TZ: 'UTC' };

/** @param {number} pid @param {string} column */
const ps = (pid, column) =>
  execFileSync('ps', ['-o', `${column}=`, '-p', String(pid)], { encoding: 'utf8', env: unlocalised }).trim();

/** @param {number} pid @returns {string | undefined} */
function startOf(pid) {
  try {
    if (process.platform !== 'linux') return ps(pid, 'lstart') || undefined;
    const fields = statFields(pid);
    if (fields[0] === 'Z') return undefined;
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}/${fields[19]}`;
  } catch {
    return undefined;
  }
}

/**
 * Undefined when no such process lives.
 * @param {number} pid
 * @returns {ProcessIdentity | undefined}
 */
export function identify(pid) {
  const startedAt = startOf(pid);
  return startedAt === undefined ? undefined : { pid, startedAt };
}

/** @param {ProcessIdentity} identity */
export function isAlive(identity) {
  return startOf(identity.pid) === identity.startedAt;
}

/**
 * Whether the process ended within the time.
 * @param {ProcessIdentity} identity @param {number} withinMs
 */
export async function waitUntilGone(identity, withinMs) {
  const deadline = Date.now() + withinMs;
  while (isAlive(identity)) {
    if (Date.now() >= deadline) return false;
    await delay(50);
  }
  return true;
}

/**
 * Sends a signal; a process that is gone already is no error.
 * @param {number} pid A negative one means a process group. @param {NodeJS.Signals} name
 */
export function signal(pid, name) {
  try {
    process.kill(pid, name);
  } catch {
    // gone, which is what was wanted
  }
}

/**
 * Ends a process: politely, then after `patienceMs` by force.
 * @param {ProcessIdentity} identity @param {NodeJS.Signals} politely @param {number} patienceMs
 */
export async function end(identity, politely, patienceMs) {
  if (!isAlive(identity)) return;
  signal(identity.pid, politely);
  if (await waitUntilGone(identity, patienceMs)) return;
  signal(identity.pid, 'SIGKILL');
  await waitUntilGone(identity, 5000);
}

/**
 * The command line of a process, or an empty string.
 * @param {number} pid
 */
export function commandOf(pid) {
  try {
    if (process.platform !== 'linux') return ps(pid, 'command');
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
  } catch {
    return '';
  }
}

/** @param {number} pid @returns {number | undefined} */
function parentOf(pid) {
  try {
    return Number(process.platform === 'linux' ? statFields(pid)[1] : ps(pid, 'ppid')) || undefined;
  } catch {
    return undefined;
  }
}

/**
 * The processes above this one up to the npm that runs its script; none when npm does not.
 * @returns {ProcessIdentity[]}
 */
export function ancestorsUpToNpm() {
  if (process.env.npm_lifecycle_event === undefined) return [];
  const found = [];
  let pid = parentOf(process.pid);
  while (pid !== undefined && pid > 1 && found.length < 8) {
    const identity = identify(pid);
    if (identity) found.push(identity);
    if (/\bnpm\b/.test(commandOf(pid))) return found;
    pid = parentOf(pid);
  }
  return [];
}
