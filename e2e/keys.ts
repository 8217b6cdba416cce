import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** Who sets the product up by command. */
export const rose = { email: 'rose@example.com', password: 'a long password' };

/** The command line of a product that runs on this data directory. */
const cliOf =
  (dataDir: string) =>
  async (...args: string[]): Promise<string> => {
    const { stdout } = await promisify(execFile)(process.execPath, ['scripts/cli.mjs', ...args], {
      env: { ...process.env, DATA_DIR: dataDir },
    });
    return stdout.trim();
  };

/** An API key of a new workspace, made as a person makes it. */
export async function makeKey(dataDir: string): Promise<string> {
  const cli = cliOf(dataDir);
  await cli('setup', '--email', rose.email, '--password', rose.password, '--workspace', 'Rosewood Bakery');
  return cli('api-key', 'create', '--name', 'Shop');
}

/** The same, and one of another workspace. */
export async function makeKeys(dataDir: string): Promise<{ mine: string; foreign: string }> {
  const cli = cliOf(dataDir);
  const mine = await makeKey(dataDir);
  const other = await cli('workspace', 'create', '--name', 'Another Bakery', '--owner', rose.email);
  const foreign = await cli('api-key', 'create', '--name', 'Another shop', '--workspace', other);
  return { mine, foreign };
}
