import { mkdir, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { env } from '../env';
import { removeAbandonedParts } from './import-file';

const directory = () => join(env().DATA_DIR, 'imports');

async function put(name: string, hoursAgo: number): Promise<void> {
  await mkdir(directory(), { recursive: true });
  const path = join(directory(), name);
  await writeFile(path, 'email');
  const written = new Date(Date.now() - hoursAgo * 3_600_000);
  await utimes(path, written, written);
}

it('forgets what a killed upload left, and neither a running one nor a whole file', async () => {
  await put('killed.csv.part', 25);
  await put('running.csv.part', 23);
  await put('whole.csv', 25);
  await removeAbandonedParts();
  expect((await readdir(directory())).sort()).toEqual(['running.csv.part', 'whole.csv']);
});

it('has nothing to forget before the first upload', async () => {
  await rm(directory(), { recursive: true, force: true });
  await expect(removeAbandonedParts()).resolves.toBeUndefined();
});
