import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { playwrightReport, readReport, vitestReport } from './reports.mjs';

const directory = await mkdtemp(join(tmpdir(), 'posthaste-reports-'));
afterAll(() => rm(directory, { recursive: true, force: true }));
const file = join(directory, 'report.json');

const unit = { numPassedTests: 5, numFailedTests: 0, numPendingTests: 1, numTodoTests: 2, success: true };
const browser = { stats: { expected: 3, flaky: 1, unexpected: 2, skipped: 0, duration: 7.5 }, suites: [] };

it('counts the tests of both runners', async () => {
  await writeFile(file, JSON.stringify(unit));
  expect(readReport(file, vitestReport, true)).toEqual({ passed: 5, failed: 0, skipped: 3 });
  await writeFile(file, JSON.stringify(browser));
  expect(readReport(file, playwrightReport, false)).toEqual({ passed: 4, failed: 2, skipped: 0 });
});

it('counts a runner that failed without a failed test as one failure', async () => {
  await writeFile(file, JSON.stringify(unit));
  expect(readReport(file, vitestReport, false)).toEqual({ passed: 5, failed: 1, skipped: 3 });
});

it.each(['', '{', '{}', '{"stats":{"expected":3}}', JSON.stringify({ ...unit, numFailedTests: null })])(
  'counts the report %j as one failure',
  async (report) => {
    await writeFile(file, report);
    for (const shape of [vitestReport, playwrightReport])
      expect(readReport(file, shape, true)).toEqual({ passed: 0, failed: 1, skipped: 0 });
    expect(readReport(join(directory, 'none.json'), vitestReport, true).failed).toBe(1);
  },
);
