import { fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { build } from 'esbuild';
import { env, required } from '@/lib/env';
import { bundleOptions } from '@/scripts/bundle.mjs';
import { nodeFlags } from '@/scripts/node-flags';

/** The worker as it is run: bundled as a build does it, under the flags that it has there. */
export async function startWorker() {
  const file = 'node_modules/.cache/bench/worker.js';
  await build({ ...bundleOptions, entryPoints: ['worker/main.ts'], outfile: file });
  const child = fork(file, {
    env: {
      ...process.env,
      NODE_ENV: 'production',
      DATABASE_URL: required('DATABASE_URL'),
      APP_SECRET: required('APP_SECRET'),
      APP_URL: env().APP_URL,
      LOG_LEVEL: 'warn',
    },
    // Standard output is the measurements' alone.
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    execArgv: [
      ...nodeFlags('worker'),
      ...(process.env.BENCH_PROFILE ? ['--cpu-prof', `--cpu-prof-dir=${process.env.BENCH_PROFILE}`] : []),
    ],
  });
  const exited = new Promise((resolve) => child.once('exit', resolve));
  await Promise.race([
    new Promise((resolve) => child.once('message', resolve)),
    exited.then(() => Promise.reject(new Error('the worker ended at once'))),
  ]);
  return {
    /** The most memory that it has had at once, all in all, in MB; 0 where the system does not tell it. */
    megabytes: () => peakMegabytes(child.pid),
    stop: async () => {
      child.kill('SIGTERM');
      await exited;
    },
  };
}

function peakMegabytes(pid: number | undefined): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Math.round(Number(/^VmHWM:\s+(\d+)/m.exec(status)?.[1] ?? 0) / 1024);
  } catch {
    return 0;
  }
}
