// npm run cli -- COMMAND: what scripts and administrators do without a browser. Its commands are in scripts/cli.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isBuilt } from './setup/build.mjs';
import { prepare } from './setup/prepare.mjs';
import { run } from './setup/run.mjs';
import { Stop } from './setup/stop.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
process.chdir(root);

// Standard output is the results' alone.
console.log = console.error;

/** @param {string} node @param {string} file */
async function runCommand(node, file) {
  const child = spawn(node, ['--enable-source-maps', file, ...process.argv.slice(2)], { stdio: 'inherit' });
  // A Ctrl-C is heard by the command too, which may have a database to end.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => child.kill());
  const [status] = await once(child, 'exit');
  return status ?? 1;
}

/** The command as it was built, else bundled from the sources for this once. @param {string} node */
async function runBundled(node) {
  if (isBuilt(root)) return runCommand(node, join(root, 'dist', 'cli.js'));
  const directory = join(root, 'node_modules', '.cache', `cli-${process.pid}`);
  try {
    await run('Bundling', node, [join(root, 'scripts', 'bundle-all.mjs'), directory]);
    return await runCommand(node, join(directory, 'cli.js'));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

try {
  process.exit(await runBundled(await prepare(root, { built: false, quiet: true })));
} catch (error) {
  if (!(error instanceof Stop)) throw error;
  console.error(error.message);
  process.exit(1);
}
