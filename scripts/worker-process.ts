import { type ChildProcess, type ForkOptions, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { bundleOptions } from './bundle.mjs';
import { nodeFlags } from './node-flags';

export type WorkerBundle = {
  start(
    options: Pick<ForkOptions, 'stdio' | 'detached' | 'execArgv'> & { env: Record<string, string> },
  ): ChildProcess;
  remove(): Promise<void>;
};

/** The worker as it is run, bundled from the sources as they are: for benchmarks and tests of the whole process. */
export async function bundleWorker(entry = 'worker/main.ts'): Promise<WorkerBundle> {
  // Inside of the project, where Node finds the packages, and not among them, whose source maps it does not read.
  await mkdir('dist', { recursive: true });
  const directory = await mkdtemp('dist/worker-');
  const file = join(directory, 'worker.js');
  await build({ ...bundleOptions, entryPoints: [entry], outfile: file });
  return {
    start: ({ env, execArgv = [], ...options }) =>
      fork(file, {
        ...options,
        env: { ...process.env, NODE_ENV: 'production', ...env },
        execArgv: [...nodeFlags('worker'), ...execArgv],
      }),
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}

/** Settles when the process says that it works; rejects when it ends before. */
export async function untilReady(worker: ChildProcess): Promise<void> {
  const cancel = new AbortController();
  const ended = once(worker, 'exit', cancel).then(() => {
    throw new Error('the worker ended at once');
  });
  await Promise.race([once(worker, 'message', cancel), ended]).finally(() => cancel.abort());
}
