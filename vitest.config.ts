import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { alias: { '@': import.meta.dirname } },
  test: {
    include: ['{app,lib,worker,scripts,components,chaos}/**/*.test.{ts,tsx}'],
    globalSetup: './lib/db/testing-server.ts',
    setupFiles: './lib/db/testing.ts',
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
