// npm start and npm run dev. Plain JavaScript for the Node of the host: nothing may be installed yet.
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ancestorsUpToNpm, isAlive } from './processes.mjs';
import { prepare } from './setup/prepare.mjs';
import { run } from './setup/run.mjs';
import { Stop } from './setup/stop.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
process.chdir(root);
const isDev = process.argv.includes('--dev');

/** @param {string} node */
function serve(node) {
  const args = isDev ? [join(root, 'dist', 'dev', 'serve.js'), '--dev'] : [join(root, 'dist', 'serve.js')];
  // The channel tells it when we are gone, however we went.
  const child = spawn(node, ['--enable-source-maps', ...args], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  // Ctrl-C reaches it as well, and it takes care of all the rest: we only pass on and wait.
  for (const name of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']))
    process.on(name, () => child.kill(name));
  child.once('error', (error) => {
    console.error(`Posthaste could not be started: ${error.message}.`);
    process.exit(1);
  });
  child.once('exit', (code) => process.exit(code ?? 1));
}

// An npm that is killed tells nobody, and what it started would go on for ever.
const ancestors = ancestorsUpToNpm();
const watch = setInterval(() => {
  if (ancestors.every(isAlive)) return;
  clearInterval(watch);
  process.kill(process.pid, 'SIGTERM'); // to whatever is listening now: the set-up, or the one who passes it on
}, 1000);
watch.unref();

try {
  const node = await prepare(root, { built: !isDev });
  if (isDev) await run('Bundling', node, [join(root, 'scripts', 'bundle-all.mjs'), 'dist/dev']);
  serve(node);
} catch (error) {
  if (!(error instanceof Stop)) throw error;
  console.error(error.message);
  process.exit(1);
}
