import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { z } from 'zod';

const Diagnostic = z.object({
  filename: z.string(),
  code: z.string(),
  message: z.string(),
  help: z.string().optional(),
});
const Report = z.object({ diagnostics: z.array(Diagnostic) });

/** One line in a file of its own; `forbidden` says which message it has to meet, undefined that it is fine. */
const lines: [file: string, line: string, forbidden?: RegExp][] = [
  ['app/a1.ts', "import '@/worker/main';", /app knows/],
  ['app/a2.ts', "import '@/scripts/serve';", /app knows/],
  ['app/a7.ts', "import '@/chaos/plan';", /app knows/],
  ['app/a3.ts', "import { mintSystemScope } from '@/lib/auth/scope'; mintSystemScope();", /system itself/],
  ['app/a4.ts', "import { mintScope } from '@/lib/auth/scope'; mintScope();", /scope of a member/],
  ['app/a5.ts', "import '@/lib/contacts/contacts'; import '@/components/page'; import 'next/link';"],
  ['app/a6.ts', "import type { Scope } from '@/lib/auth/scope'; export type A = Scope;"],
  ['components/c1.ts', "import { x } from '@/lib/db/client'; x();", /pure files/],
  ['components/c2.ts', "import { x } from '../lib/db/client'; x();", /pure files/],
  ['components/c3.ts', "import '@/app/page';", /know no pages/],
  ['components/deep/c4.ts', "import '../../app/page';", /know no pages/],
  ['components/c5.ts', "import type { X } from '@/lib/db/schema'; export type A = X;"],
  ['components/c6.ts', "import { x } from '@/lib/errors'; x();"],
  ['worker/w1.ts', "import '@/app/page';", /knows lib alone/],
  ['worker/handlers/w2.ts', "import '@/components/page';", /knows lib alone/],
  ['worker/w3.ts', "import { redirect } from 'next/navigation'; redirect();", /without Next/],
  ['worker/w4.ts', "import '@/lib/action';", /belong to the web app/],
  ['worker/w5.ts', "import '@/lib/auth/session';", /belong to the web app/],
  ['worker/w6.ts', "import { mintScope } from '@/lib/auth/scope'; mintScope();", /scope of a member/],
  ['worker/w7.ts', "import { mintSystemScope } from '@/lib/auth/scope'; mintSystemScope();"],
  ['lib/contacts/l1.ts', "import '../../app/page';", /lib imports nothing/],
  ['lib/contacts/l2.ts', "import '@/components/page';", /lib imports nothing/],
  ['lib/contacts/l3.ts', "import '../../worker/main';", /lib imports nothing/],
  ['lib/contacts/l4.ts', "import '@/lib/errors';", /lib imports nothing/],
  ['lib/contacts/l5.ts', "import 'server-only';", /without Next/],
  ['lib/contacts/l6.ts', "import { auth } from 'next-auth'; auth();", /without Next/],
  ['lib/contacts/l7.ts', "import '../auth/session';", /belong to the web app/],
  ['lib/contacts/l8.ts', "import '../action';", /belong to the web app/],
  [
    'lib/contacts/l9.ts',
    "import { mintSystemScope } from '../auth/scope'; mintSystemScope();",
    /system itself/,
  ],
  ['lib/contacts/l10.ts', "import { mintScope } from '../auth/scope'; mintScope();", /scope of a member/],
  [
    'lib/contacts/l11.ts',
    "import '../db/client'; import '../jobs/queue'; import '../providers/smtp'; import '../errors';",
  ],
  ['lib/contacts/l12.test.ts', "import { mintSystemScope } from '../auth/scope'; mintSystemScope();"],
  ['lib/l13.ts', "import '../app/page';", /lib imports nothing/],
  ['lib/db/d1.ts', "import '../auth/secrets';", /lib\/db may only/],
  ['lib/db/d2.ts', "import '../contacts/contacts';", /lib\/db may only/],
  ['lib/db/d3.ts', "import '../env'; import '../ids'; import './client';"],
  ['lib/auth/u1.ts', "import '../jobs/queue';", /lib\/auth may only/],
  ['lib/auth/u2.ts', "import './session';", /belong to the web app/],
  ['lib/auth/u3.ts', "import '../db/client'; import '../errors';"],
  ['lib/auth/session.ts', "import { memberScope } from './principals'; import 'next-auth'; memberScope();"],
  [
    'lib/auth/principals.ts',
    "import { mintScope, mintSystemScope } from './scope'; mintScope(mintSystemScope());",
  ],
  ['lib/jobs/j1.ts', "import '../contacts/contacts';", /lib\/jobs may only/],
  ['lib/jobs/j2.ts', "import '../db/scoped'; import '../env';"],
  ['lib/providers/p1.ts', "import '../db/client';", /lib\/providers may only/],
  ['lib/providers/p2.ts', "import '../db/scoped';", /lib\/providers may only/],
  ['lib/providers/p3.ts', "import '../campaigns/send';", /lib\/providers may only/],
  ['lib/providers/p4.ts', "import '../db/states'; import '../ids'; import './provider';"],
  ['lib/lists/r1.ts', "import { r2 } from './r2'; export const r1 = () => r2();", /cycle/i],
  ['lib/lists/r2.ts', "import { r1 } from './r1'; export const r2 = () => r1();", /cycle/i],
];

const directory = mkdtempSync(join(tmpdir(), 'posthaste-rules-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function lint(): Map<string, string> {
  for (const [file, line] of lines) {
    mkdirSync(join(directory, dirname(file)), { recursive: true });
    writeFileSync(join(directory, file), `${line}\n`);
  }
  writeFileSync(join(directory, 'tsconfig.json'), '{ "compilerOptions": { "paths": { "@/*": ["./*"] } } }');
  writeFileSync(
    join(directory, 'oxlint.config.ts'),
    `export { default } from '${resolve('oxlint.config.ts')}';\n`,
  );
  let output: string;
  try {
    output = execFileSync(resolve('node_modules/.bin/oxlint'), ['-f', 'json'], {
      cwd: directory,
      encoding: 'utf8',
    });
  } catch (error) {
    output = error instanceof Error && 'stdout' in error ? String(error.stdout) : '';
  }
  const found = new Map<string, string>();
  for (const { filename, code, help = '', message } of Report.parse(JSON.parse(output)).diagnostics)
    if (/no-restricted-imports|no-cycle/.test(code))
      found.set(filename, `${found.get(filename) ?? ''}${message} ${help}`);
  return found;
}

test('imports that point the wrong way are refused, and no others', () => {
  const found = lint();
  const wrong = lines.filter(([file, , forbidden]) => {
    const said = found.get(file);
    return forbidden ? !said || !forbidden.test(said) : said !== undefined;
  });
  expect(wrong.map(([file, line]) => `${file}: ${line} → ${found.get(file) ?? 'nothing said'}`)).toEqual([]);
});
