// What the test runners wrote about their run. Needs node_modules: import it after the set-up.
import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */

const count = z.int().nonnegative();

export const vitestReport = z
  .object({
    numPassedTests: count,
    numFailedTests: count,
    numPendingTests: count,
    numTodoTests: count,
  })
  .transform((report) => ({
    passed: report.numPassedTests,
    failed: report.numFailedTests,
    skipped: report.numPendingTests + report.numTodoTests,
  }));

export const playwrightReport = z
  .object({ stats: z.object({ expected: count, flaky: count, unexpected: count, skipped: count }) })
  .transform(({ stats }) => ({
    passed: stats.expected + stats.flaky,
    failed: stats.unexpected,
    skipped: stats.skipped,
  }));

/**
 * A runner that failed as a whole (a broken file, a crash), or left no report that can be read, must not look like success.
 * @param {string} file @param {z.ZodType<Counts>} report @param {boolean} ended without a failure @returns {Counts}
 */
export function readReport(file, report, ended) {
  try {
    const counts = report.parse(JSON.parse(readFileSync(file, 'utf8')));
    return !ended && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  }
}
