import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { env, required } from '@/lib/env';
import { bundleWorker, untilReady } from '@/scripts/worker-process';

/** The worker as it is run: bundled as a build does it, under the flags that it has there. */
export async function startWorker() {
  const bundle = await bundleWorker();
  const profile = process.env.BENCH_PROFILE;
  const child = bundle.start({
    env: {
      DATABASE_URL: required('DATABASE_URL'),
      APP_SECRET: required('APP_SECRET'),
      APP_URL: env().APP_URL,
      LOG_LEVEL: 'warn',
    },
    // Standard output is the measurements' alone.
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    execArgv: profile ? ['--cpu-prof', `--cpu-prof-dir=${profile}`] : [],
  });
  const exited = once(child, 'exit');
  await untilReady(child);
  return {
    /** The most memory that it has had at once, all in all, in MB; 0 where the system does not tell it. */
    megabytes: () => peakMegabytes(child.pid),
    stop: async () => {
      child.kill('SIGTERM');
      await exited;
      await bundle.remove();
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
