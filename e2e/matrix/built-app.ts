import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import { startPostgres } from '@/scripts/embedded-postgres';
import { migrateAll, prepareEmbedded } from '@/scripts/prepare-database';
import { freePort } from '../support';

export type BuiltApp = {
  url: string;
  dataDir: string;
  secret: string;
  /** As the superuser, whom no policy hides anything from. */
  sql: postgres.Sql;
  output: () => string;
  stop: () => Promise<void>;
};

/** The built web app on a database of its own, without a worker: nothing changes but by what is asked of it. */
export async function startBuiltApp(): Promise<BuiltApp> {
  const dataDir = await mkdtemp(join(tmpdir(), 'posthaste-matrix-'));
  const secret = randomBytes(32).toString('hex');
  const server = await startPostgres(join(dataDir, 'postgres'), { durable: false });
  const database = await prepareEmbedded(server.url, secret);
  await migrateAll(database);
  const sql = postgres(Object.assign(new URL(server.url), { pathname: '/posthaste' }).href, {
    max: 4,
    onnotice: () => undefined,
  });
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const child = spawn(process.execPath, ['--enable-source-maps', 'dist/web.js'], {
    env: {
      ...process.env,
      NODE_ENV: 'production',
      ...{ PORT: String(port), APP_URL: url, DATA_DIR: dataDir, DATABASE_URL: database, APP_SECRET: secret },
      // It asks for a link for nobody, so that nothing is sent.
      ...{ SMTP_URL: 'smtp://127.0.0.1:9', LOG_LEVEL: 'warn' },
    },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => {
      output += chunk;
    });
  const ended = once(child, 'exit');
  const isReady = await Promise.race([once(child, 'message').then(() => true), ended.then(() => false)]);
  if (!isReady) throw new Error(`The built app did not start:\n${output}`);
  return {
    ...{ url, dataDir, secret, sql },
    output: () => output,
    async stop() {
      child.kill('SIGTERM');
      await ended;
      await sql.end();
      await server.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
