// npm run check: format, lint, import rules, types, unused code. The fast half of CI.
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { prepare } from './setup/prepare.mjs';
import { Stop } from './setup/stop.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
process.chdir(root);

/** @type {[what: string, command: string, ...args: string[]][]} */
const checks = [
  ['Format and lint', 'biome', 'ci', '.'],
  ['Lint, imports and cycles', 'oxlint', '--type-aware', '--deny-warnings'],
  ['Route types', 'next', 'typegen'],
  ['Types', 'tsc', '--noEmit'],
  ['Unused code', 'knip'],
];

try {
  const node = await prepare(root, { built: false });
  // The package's own Node comes first for whatever these start.
  const path = [dirname(node), join(root, 'node_modules', '.bin'), process.env.PATH].join(':');
  const failed = checks.filter(([what, command, ...args]) => {
    console.log(`\n${what}: ${command} ${args.join(' ')}`);
    return spawnSync(command, args, { stdio: 'inherit', env: { ...process.env, PATH: path } }).status !== 0;
  });
  console.log(
    failed.length === 0 ? '\nAll checks pass.' : `\nFailed: ${failed.map(([what]) => what).join(', ')}.`,
  );
  process.exit(failed.length === 0 ? 0 : 1);
} catch (error) {
  if (!(error instanceof Stop)) throw error;
  console.error(error.message);
  process.exit(1);
}
