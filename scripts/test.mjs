// npm test: all set-up, then every test of every runner, a browser included; the last line counts them all.
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findBrowser } from './setup/browser.mjs';
import { prepare } from './setup/prepare.mjs';
import { Stop, say } from './setup/stop.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
process.chdir(root);
const reports = join(root, 'test-results', 'reports');

/** @param {string} node @param {import('./setup/browser.mjs').Browser} browser */
async function runAll(node, browser) {
  const { playwrightReport, readReport, vitestReport } = await import('./reports.mjs');
  const path = [dirname(node), join(root, 'node_modules', '.bin'), process.env.PATH].join(':');
  const env = {
    ...process.env,
    PATH: path,
    CHROMIUM_PATH: browser.path,
    CHROMIUM_LIBRARIES: browser.libraries,
    PLAYWRIGHT_JSON_OUTPUT_NAME: join(reports, 'e2e.json'),
    NODE_ENV: 'test',
  };
  /** @param {string} title @param {string} script @param {string[]} args */
  const run = (title, script, args) => {
    console.log(`\n${title}`);
    return spawnSync(node, [join(root, script), ...args], { stdio: 'inherit', env }).status === 0;
  };
  const unitFile = join(reports, 'unit.json');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${unitFile}`];
  const unitEnded = run('Unit tests', 'node_modules/vitest/vitest.mjs', ['run', ...reporters]);
  const journeys = ['test', '--reporter=list,json'];
  const e2eEnded = run('Browser tests', 'node_modules/@playwright/test/cli.js', journeys);
  const survived = run('Crash test', 'scripts/chaos.mjs', []);
  return [
    readReport(unitFile, vitestReport, unitEnded),
    readReport(join(reports, 'e2e.json'), playwrightReport, e2eEnded),
    { passed: survived ? 1 : 0, failed: survived ? 0 : 1, skipped: 0 },
  ];
}

try {
  const node = await prepare(root, { built: true });
  rmSync(reports, { recursive: true, force: true });
  mkdirSync(reports, { recursive: true });
  const browser = await findBrowser(root);
  say(`Browser: ${browser.path}`);
  const all = await runAll(node, browser);
  const sum = (/** @type {'passed' | 'failed' | 'skipped'} */ what) =>
    all.reduce((total, counts) => total + counts[what], 0);
  const skipped = sum('skipped') > 0 ? `, ${sum('skipped')} skipped` : '';
  console.log(`\n${sum('passed')} passed, ${sum('failed')} failed${skipped}`);
  process.exit(sum('failed') === 0 && sum('passed') > 0 ? 0 : 1);
} catch (error) {
  if (!(error instanceof Stop)) throw error;
  console.error(error.message);
  process.exit(1);
}
