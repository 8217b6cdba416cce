import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { nodeFlags } from './node-flags';
import type { ProcessIdentity } from './processes.mjs';
import { end, identify, signal } from './processes.mjs';

const patienceMs = 20_000;
const steadyMs = 30_000;
const mostFailuresAtFirst = 4;

export type Child = {
  /** Settles when the process first says that it works; rejects when it never gets there. */
  ready: Promise<void>;
  identity(): ProcessIdentity | undefined;
  /** Ends the present process politely; a new one takes its place, with the environment of that moment. */
  restart(): Promise<void>;
  /** Ends it for good: 20 s to drain, then by force. */
  stop(): Promise<void>;
};

type Options = {
  name: string;
  args: string[];
  env: () => NodeJS.ProcessEnv;
  /** Told of every new process. */
  onStart: () => void;
};

/** Keeps one process of the product running: when it dies it is started again, later each time. */
export function keepRunning({ name, args, env, onStart }: Options): Child {
  let current: ProcessIdentity | undefined;
  let stopping = false;
  let wasReady = false;
  let failures = 0;
  const ready = Promise.withResolvers<void>();

  function startOne(): Promise<string> {
    // A session of its own: Ctrl-C in the terminal is for us, who then tell it to drain.
    const child = spawn(process.execPath, [...nodeFlags(name), ...args], {
      env: env(),
      detached: true,
      // Through our hands: a terminal that was closed must not fail what a draining process still wants to log.
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    child.stdout?.on('data', (chunk: Buffer) => process.stdout.write(chunk));
    child.stderr?.on('data', (chunk: Buffer) => process.stderr.write(chunk));
    current = child.pid === undefined ? undefined : identify(child.pid);
    onStart();
    child.on('message', (message) => {
      if (typeof message !== 'object' || message === null || !('ready' in message)) return;
      wasReady = true;
      ready.resolve();
    });
    return endOf(child);
  }

  async function keep(): Promise<void> {
    while (!stopping) {
      const startedAt = Date.now();
      const how = await startOne();
      current = undefined;
      if (stopping) return;
      if (how === 'restart') continue;
      failures = Date.now() - startedAt > steadyMs ? 1 : failures + 1;
      if (!wasReady && failures >= mostFailuresAtFirst)
        return ready.reject(new Error(`The ${name} process ends at once (${how}). What it said is above.`));
      const waitMs = Math.min(30_000, 500 * 2 ** (failures - 1));
      console.error(`  The ${name} process ended (${how}); starting it again in ${waitMs / 1000} s.`);
      await delay(waitMs);
    }
  }

  let restarting = false;
  function endOf(child: ChildProcess): Promise<string> {
    return new Promise((resolve) => {
      child.once('error', (error) => resolve(error.message));
      child.once('exit', (code, by) => {
        resolve(restarting ? 'restart' : by === null ? `exit code ${code}` : by);
        restarting = false;
      });
    });
  }

  async function endCurrent(): Promise<void> {
    const ending = current;
    if (!ending) return;
    await end(ending, 'SIGTERM', patienceMs);
    signal(-ending.pid, 'SIGKILL'); // what it may have started itself
  }

  void keep();
  return {
    ready: ready.promise,
    identity: () => current,
    async restart() {
      restarting = current !== undefined;
      await endCurrent();
    },
    async stop() {
      stopping = true;
      await endCurrent();
    },
  };
}
