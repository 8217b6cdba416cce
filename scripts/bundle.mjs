import { readFileSync } from 'node:fs';
import { build } from 'esbuild';

const { dependencies, devDependencies } = JSON.parse(
  readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
);

/** drizzle-orm as a package costs each process 130 MB, and a tenth of that when only what is used is bundled. */
const bundled = new Set(['drizzle-orm']);
const external = Object.keys({ ...dependencies, ...devDependencies })
  .filter((name) => !bundled.has(name))
  .flatMap((name) => [name, `${name}/*`]);

/** The processes other than what Next.js bundles itself, each as one file. @type {import('esbuild').BuildOptions} */
export const bundleOptions = {
  entryPoints: {
    serve: 'scripts/serve.ts',
    web: 'scripts/web.ts',
    worker: 'worker/main.ts',
    cli: 'scripts/cli/main.ts',
  },
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  external,
  jsx: 'automatic',
  sourcemap: true,
  // Nobody is shown them: an error names file and line.
  sourcesContent: false,
  logLevel: 'warning',
};

/** @param {string} outdir */
export async function bundle(outdir) {
  await build({ ...bundleOptions, outdir });
}
