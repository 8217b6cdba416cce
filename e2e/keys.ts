import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** API keys of two new workspaces of a product that runs on this data directory, made as a person makes them: by command. */
export async function makeKeys(dataDir: string): Promise<{ mine: string; foreign: string }> {
  const cli = async (...args: string[]) => {
    const { stdout } = await promisify(execFile)(process.execPath, ['scripts/cli.mjs', ...args], {
      env: { ...process.env, DATA_DIR: dataDir },
    });
    return stdout.trim();
  };
  const email = 'rose@example.com';
  await cli('setup', '--email', email, '--password', 'a long password', '--workspace', 'Rosewood Bakery');
  const other = await cli('workspace', 'create', '--name', 'Another Bakery', '--owner', email);
  return {
    mine: await cli('api-key', 'create', '--name', 'Shop'),
    foreign: await cli('api-key', 'create', '--name', 'Another shop', '--workspace', other),
  };
}
