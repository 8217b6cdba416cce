import { build } from 'esbuild';

/** The processes other than what Next.js bundles itself, each as one file. @type {import('esbuild').BuildOptions} */
export const bundleOptions = {
  entryPoints: { serve: 'scripts/serve.ts', web: 'scripts/web.ts', worker: 'worker/main.ts' },
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  packages: 'external',
  jsx: 'automatic',
  sourcemap: true,
  logLevel: 'warning',
};

/** @param {string} outdir */
export async function bundle(outdir) {
  await build({ ...bundleOptions, outdir });
}
