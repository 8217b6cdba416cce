import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { expect, it, onTestFinished } from 'vitest';
import { bundleOptions } from './bundle.mjs';
import { nodeFlags } from './node-flags';

it('an error of the worker names the source that it comes from', async () => {
  await mkdir('dist', { recursive: true });
  const directory = await mkdtemp('dist/fails-');
  onTestFinished(() => rm(directory, { recursive: true }));
  const source = join(directory, 'fails.ts');
  await writeFile(
    source,
    "type Nothing = never;\n\nconsole.log(new Error('on purpose').stack);\nexport {};\n",
  );
  const outfile = join(directory, 'fails.js');
  await build({ ...bundleOptions, entryPoints: [source], outfile });
  const { stdout } = await promisify(execFile)(process.execPath, [...nodeFlags('worker'), outfile]);
  expect(stdout).toContain('fails.ts:3:');
});

it('the worker does not load what lays out messages before it lays one out', async () => {
  const { metafile } = await build({
    ...bundleOptions,
    entryPoints: ['worker/main.ts'],
    outfile: 'worker.js',
    write: false,
    metafile: true,
  });
  const imports = metafile.outputs['worker.js']?.imports ?? [];
  const kinds = new Set(imports.filter(({ path }) => path === 'react-email').map(({ kind }) => kind));
  expect([...kinds]).toEqual(['dynamic-import']);
});
