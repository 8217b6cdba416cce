import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test as base, expect } from '@playwright/test';
import { type Mailbox, openMailbox } from './mailbox';

export { expect };

export type Posthaste = {
  url: string;
  dataDir: string;
  /** What came out of it over SMTP. */
  mailbox: Mailbox;
};

export async function freePort(): Promise<number> {
  const probe = createServer();
  probe.listen(0);
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (typeof address !== 'object' || !address) throw new Error('a listening server has an address');
  return address.port;
}

/** Starts the built product as `npm start` does, on a data directory of its own. Ends with everything it printed on failure. */
export async function startPosthaste(
  dataDir: string,
  mailbox: Mailbox,
  environment: Record<string, string> = {},
) {
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const { NODE_ENV: _, DATABASE_URL: __, npm_lifecycle_event: ___, ...inherited } = process.env;
  const child = spawn(process.execPath, ['scripts/start.mjs'], {
    env: {
      ...inherited,
      NODE_ENV: 'production',
      ...{ PORT: String(port), APP_URL: url, DATA_DIR: dataDir, SMTP_URL: mailbox.url, LOG_LEVEL: 'warn' },
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const ready = Promise.withResolvers<void>();
  const hear = (chunk: Buffer) => {
    output += chunk;
    if (output.includes('Posthaste is ready')) ready.resolve();
  };
  child.stdout.on('data', hear);
  child.stderr.on('data', hear);
  const ended = once(child, 'exit');
  void ended.then(() => ready.reject(new Error(`Posthaste did not start:\n${output}`)));
  await ready.promise;
  return {
    url,
    output: () => output,
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** One product and mailbox for all tests of a run; a run that failed goes on with fresh ones. */
export const test = base.extend<{ mailbox: Mailbox }, { posthaste: Posthaste }>({
  posthaste: [
    async ({ browserName }, use) => {
      const dataDir = await mkdtemp(join(tmpdir(), `posthaste-e2e-${browserName}-`));
      const mailbox = await openMailbox();
      const app = await startPosthaste(dataDir, mailbox);
      await use({ url: app.url, dataDir, mailbox });
      await app.stop();
      await mailbox.close();
      await rm(dataDir, { recursive: true, force: true });
    },
    { scope: 'worker', timeout: 120_000 },
  ],
  baseURL: async ({ posthaste }, use) => use(posthaste.url),
  mailbox: async ({ posthaste }, use) => use(posthaste.mailbox),
});
