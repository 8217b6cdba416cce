import { spawn } from 'node:child_process';
import { identify, signal } from '../processes.mjs';
import { Stop } from './stop.mjs';

/**
 * Runs a program to its end with its output held back; on failure the end of the output is shown, and the program's
 * failure becomes one sentence. Signals that reach us end it first.
 * @param {string} what what failed, for people @param {string} command @param {string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, onStart?: (child: import('../processes.mjs').ProcessIdentity) => void,
 *   speaksForItself?: boolean }} options `speaksForItself`: what it said is the whole message
 * @returns {Promise<void>}
 */
export function run(what, command, args, { env = process.env, onStart, speaksForItself = false } = {}) {
  return new Promise((resolve, reject) => {
    // A group of its own, so that ending it ends what it started.
    const child = spawn(command, args, { env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const keep = (/** @type {Buffer} */ chunk) => {
      output = (output + chunk).slice(-20_000);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    const group = -(child.pid ?? 0);
    const identity = child.pid === undefined ? undefined : identify(child.pid);
    if (identity) onStart?.(identity);
    const stop = () => {
      if (group !== 0) signal(group, 'SIGTERM');
      process.exit(130);
    };
    const signals = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);
    for (const name of signals) process.on(name, stop);
    const done = () => {
      for (const name of signals) process.off(name, stop);
    };
    child.once('error', (error) => {
      done();
      reject(new Stop(`${what} failed: ${error.message}.`));
    });
    child.once('close', (code) => {
      done();
      if (code === 0) return resolve();
      if (speaksForItself) return reject(new Stop(output.trim()));
      process.stderr.write(`${output.trimEnd().split('\n').slice(-40).join('\n')}\n`);
      reject(new Stop(`${what} failed. What it said is above.`));
    });
  });
}
