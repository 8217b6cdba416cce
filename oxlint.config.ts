import { defineConfig, type OxlintOverride } from 'oxlint';

/*
 * Which way imports may point (CONTRIBUTING.md): app → components, lib; worker → lib; components → types and pure files
 * of lib; inside lib: env, errors, ids → db → auth → providers, jobs → subjects.
 */

type Pattern = { group: string[]; importNames?: string[]; allowTypeImports?: boolean; message: string };

/** Everything outside of a folder that may not be reached from it, by alias or by climbing out. */
const top = (...folders: string[]) =>
  folders.flatMap((folder) => [`@/${folder}`, `@/${folder}/**`, `**/../${folder}/**`]);

const memberScope: Pattern = {
  group: ['**/auth/scope', './scope'],
  importNames: ['mintScope'],
  message:
    'Only lib/auth/principals.ts makes the scope of a member or an API key, after it has read their rights.',
};
const systemScope: Pattern = {
  group: ['**/auth/scope', './scope'],
  importNames: ['mintSystemScope'],
  message:
    'Only the worker, a checked public link, the making of a workspace and the command line act as the system itself.',
};
const noFramework: Pattern = {
  group: ['next', 'next/**', 'next-auth', 'next-auth/**', 'server-only', 'client-only'],
  message: 'The worker runs without Next.js: only lib/action.ts and lib/auth/session.ts may know it.',
};
const sessionDoors: Pattern = {
  group: ['**/lib/action', '**/action', '**/auth/session', './session'],
  message:
    'lib/action.ts and lib/auth/session.ts belong to the web app: nothing else of lib, and no worker, may need them.',
};
const libOutwards: Pattern = {
  group: [...top('app', 'components', 'worker', 'scripts', 'bench', 'chaos', 'e2e'), '@/lib/**'],
  message: 'lib imports nothing of app, components, worker or scripts, and its own files relatively.',
};
const within = (layer: string, ...allowed: string[]): Pattern => ({
  group: ['../**', ...allowed.flatMap((name) => [`!../${name}`, `!../${name}/**`])],
  message: `lib/${layer} may only know: ${allowed.join(', ')}.`,
});

const base = ['env', 'errors', 'ids', 'log', 'text'];
const lib = [libOutwards, noFramework, sessionDoors, memberScope, systemScope];

const restrict = (files: string[], patterns: Pattern[]): OxlintOverride => ({
  files,
  rules: { 'typescript/no-restricted-imports': ['error', { patterns }] },
});

const tests = ['**/*.test.ts', '**/*.test.tsx', '**/testing.ts', '**/testing-server.ts'];

export default defineConfig({
  plugins: ['typescript', 'import', 'react', 'jsx-a11y', 'nextjs'],
  categories: { correctness: 'error' },
  ignorePatterns: ['.next', 'dist', 'data', 'next-env.d.ts'],
  rules: {
    'import/no-cycle': 'error',
    'typescript/no-floating-promises': 'error',
    'typescript/no-misused-promises': ['error', { checksVoidReturn: { attributes: false } }],
    'typescript/await-thenable': 'error',
    'jsx-a11y/prefer-tag-over-role': 'off', // a drawn bar is no <img>, and a line that tells of progress no <output>
  },
  // For one file the last that matches holds.
  overrides: [
    restrict(
      ['app/**'],
      [
        {
          group: top('worker', 'scripts', 'bench', 'chaos', 'e2e'),
          message: 'The app knows components and lib.',
        },
        memberScope,
        systemScope,
      ],
    ),
    restrict(
      ['components/**'],
      [
        {
          group: top('app', 'worker', 'scripts', 'bench', 'chaos', 'e2e'),
          message: 'Components know no pages and no processes.',
        },
        {
          group: [
            '@/lib/**',
            '**/../lib/**',
            ...[
              'errors',
              'campaigns/local-time',
              'db/states',
              'db/domain-report',
              'deliveries/reasons',
              'messages/merge-tags',
              'providers/sandbox-fates',
              'throttle/pace',
            ].map((file) => `!@/lib/${file}`),
          ],
          allowTypeImports: true,
          message:
            'Components take types of lib and its pure files (named in oxlint.config.ts), nothing that acts.',
        },
      ],
    ),
    restrict(
      ['worker/**'],
      [
        {
          group: top('app', 'components', 'scripts', 'bench', 'chaos', 'e2e'),
          message: 'The worker knows lib alone.',
        },
        noFramework,
        sessionDoors,
        memberScope,
      ],
    ),
    restrict(['lib/**'], lib),
    restrict(['lib/db/**'], [...lib, within('db', ...base)]),
    restrict(
      ['lib/db/schema/*.ts'],
      [
        ...lib,
        {
          group: ['../**', '!../../ids', '!../states', '!../domain-report'],
          message: 'The schema may only know: ids, states, domain-report.',
        },
      ],
    ),
    restrict(['lib/auth/**'], [...lib, within('auth', ...base, 'db')]),
    restrict(['lib/jobs/**'], [...lib, within('jobs', ...base, 'db', 'auth')]),
    restrict(['lib/providers/**'], [...lib, within('providers', ...base, 'db/states')]),
    // The doors, each with what it alone may do.
    restrict(['lib/action.ts'], [libOutwards, memberScope, systemScope]),
    restrict(['lib/auth/session.ts'], [libOutwards, memberScope, systemScope, within('auth', ...base, 'db')]),
    restrict(
      ['lib/auth/principals.ts'],
      [libOutwards, noFramework, sessionDoors, within('auth', ...base, 'db')],
    ),
    restrict(
      [
        'lib/workspaces/create-workspace.ts',
        'lib/members/join.ts',
        'lib/workspaces/replace-password.ts',
        'lib/senders/all-senders.ts',
        'lib/alerts/evaluate.ts',
        'lib/bounces/piped-bounce.ts',
        'lib/bounces/read-mailboxes.ts',
        'lib/bounces/reseal-mailboxes.ts',
        'lib/campaigns/due.ts',
        'lib/monitoring/metrics.ts',
        'lib/campaigns/restored.ts',
        'lib/codes/code-page.ts',
        'lib/codes/short-links.ts',
        'lib/deliveries/reports.ts',
        'lib/deliveries/unsubscribe.ts',
        'lib/senders/open-sender.ts',
        'lib/deliveries/sweep.ts',
        'lib/tracking/count.ts',
        'lib/tracking/record.ts',
        'lib/analytics/fold-counts.ts',
        'lib/analytics/recount-deliveries.ts',
        'lib/tracking/recount.ts',
        'lib/webhooks/queue-messages.ts',
        'lib/webhooks/reseal.ts',
      ],
      [libOutwards, noFramework, sessionDoors, memberScope],
    ),
    { files: tests, rules: { 'typescript/no-restricted-imports': 'off' } },
  ],
});
