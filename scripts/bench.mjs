// npm run bench -- [NAME…] [--json]: the benchmarks of bench/, from the sources as they are.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { prepare } from './setup/prepare.mjs';
import { Stop } from './setup/stop.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
process.chdir(root);

// Standard output is the measurements' alone.
if (process.argv.includes('--json')) console.log = console.error;

try {
  const node = await prepare(root, { built: false });
  const args = ['--import', import.meta.resolve('tsx'), join('bench', 'main.ts'), ...process.argv.slice(2)];
  const child = spawn(node, args, { stdio: 'inherit' });
  // A Ctrl-C is heard by the benchmarks too, which still have a database to end.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => child.kill());
  const [status] = await once(child, 'exit');
  process.exit(status ?? 1);
} catch (error) {
  if (!(error instanceof Stop)) throw error;
  console.error(error.message);
  process.exit(1);
}
