/** Bundles the worker anew whenever its sources change, and tells when there is a new one. Answers how to end that. */
export async function watchWorker(onChange: () => void): Promise<() => Promise<void>> {
  const { context } = await import('esbuild');
  const { bundleOptions } = await import('./bundle.mjs');
  let isFirst = true;
  const watcher = await context({
    ...bundleOptions,
    entryPoints: { worker: 'worker/main.ts' },
    outdir: 'dist/dev',
    plugins: [
      {
        name: 'tell',
        setup(build) {
          build.onEnd((result) => {
            if (!isFirst && result.errors.length === 0) onChange();
            isFirst = false;
          });
        },
      },
    ],
  });
  await watcher.watch();
  return () => watcher.dispose();
}
