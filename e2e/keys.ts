import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { startPostgres } from '@/scripts/embedded-postgres';
import { prepareEmbedded } from '@/scripts/prepare-database';

/** API keys of two new workspaces of a product that runs on this data directory. Their senders have no limit. */
export async function makeKeys(dataDir: string): Promise<{ mine: string; foreign: string }> {
  const secret = (await readFile(join(dataDir, 'secret'), 'utf8')).trim();
  const { url } = await startPostgres(join(dataDir, 'postgres')); // finds the one that runs
  const address = await prepareEmbedded(url, secret);
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', 'e2e/make-keys.ts'], {
    env: { ...process.env, DATA_DIR: dataDir, APP_SECRET: secret, DATABASE_URL: address },
  });
  const [mine, foreign] = z.tuple([z.string(), z.string()]).parse(JSON.parse(stdout));
  return { mine, foreign };
}
