import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './run.mjs';
import { say } from './stop.mjs';

const inputs = ['app', 'components', 'lib', 'worker', 'scripts', 'public'];
const files = ['package-lock.json', 'package.json', 'next.config.ts', 'tsconfig.json'];
const isSource = (/** @type {string} */ name) => !/\.test\.tsx?$/.test(name);

/** @param {string} root @param {string} path @returns {string[]} */
function filesBelow(root, path) {
  const directory = join(root, path);
  if (!existsSync(directory)) return [];
  return readdirSync(directory, { withFileTypes: true })
    .flatMap((entry) =>
      entry.isDirectory()
        ? filesBelow(root, `${path}/${entry.name}`)
        : isSource(entry.name)
          ? [`${path}/${entry.name}`]
          : [],
    )
    .sort();
}

/** Changes when, and only when, a build would give something else. @param {string} root */
export function fingerprint(root) {
  const hash = createHash('sha256').update(`${process.platform}-${process.arch}`);
  for (const file of [...files, ...inputs.flatMap((path) => filesBelow(root, path))]) {
    const full = join(root, file);
    if (existsSync(full)) hash.update(`\0${file}\0`).update(readFileSync(full));
  }
  return hash.digest('hex');
}

const markOf = (/** @type {string} */ root) => join(root, 'dist', 'built');

/** @param {string} root */
export function isBuilt(root) {
  const mark = markOf(root);
  return (
    existsSync(mark) &&
    existsSync(join(root, '.next', 'BUILD_ID')) &&
    readFileSync(mark, 'utf8') === fingerprint(root)
  );
}

/**
 * Bundles the processes and builds the web app. The mark that says so is taken away first and written last: a build
 * that was killed does not count.
 * @param {string} root @param {string} node
 * @param {(child: import('../processes.mjs').ProcessIdentity) => void} onStart
 */
export async function build(root, node, onStart) {
  const before = fingerprint(root);
  mkdirSync(join(root, 'dist'), { recursive: true });
  rmSync(markOf(root), { force: true });
  await run('Bundling', node, [join(root, 'scripts', 'bundle-all.mjs')], { onStart });
  // A wrong setting is told now, not after the minute that a build takes.
  await run('Reading the environment', node, [join(root, 'dist', 'serve.js'), '--check'], {
    onStart,
    speaksForItself: true,
  });
  say('Build: building; this takes half a minute …');
  // Nothing of this machine's settings may get into the build, and no page may be able to ask a database meanwhile.
  const {
    DATABASE_URL: _database,
    APP_SECRET: _secret,
    APP_URL: _url,
    SMTP_URL: _smtp,
    RESEND_API_KEY: _resend,
    ...rest
  } = process.env;
  /** @type {NodeJS.ProcessEnv} */
  const env = { ...rest, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' };
  const next = join(root, 'node_modules', 'next', 'dist', 'bin', 'next');
  await run('Building the web app (next build)', node, [next, 'build'], { env, onStart });
  writeFileSync(markOf(root), before);
}
