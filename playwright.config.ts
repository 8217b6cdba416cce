import { defineConfig, devices } from '@playwright/test';

const { CHROMIUM_PATH, CHROMIUM_LIBRARIES } = process.env;

export default defineConfig({
  testDir: 'e2e',
  outputDir: 'test-results/e2e',
  // The app, its database and the browser share the machine's cores with each other.
  workers: 1,
  timeout: 300_000,
  expect: { timeout: 15_000 },
  forbidOnly: process.env.CI !== undefined,
  use: {
    ...devices['Desktop Chrome'],
    viewport: { width: 1440, height: 900 },
    screenshot: 'only-on-failure',
    trace: 'retain-on-failure',
    launchOptions: {
      ...(CHROMIUM_PATH ? { executablePath: CHROMIUM_PATH } : {}),
      args: ['--no-sandbox', '--disable-dev-shm-usage'], // root and small containers
      env: {
        ...process.env,
        ...(CHROMIUM_LIBRARIES ? { LD_LIBRARY_PATH: CHROMIUM_LIBRARIES } : {}),
      },
    },
  },
});
