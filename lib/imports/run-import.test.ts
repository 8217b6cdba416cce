import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { and, asc, eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { Scope } from '../auth/scope';
import { contacts, imports, lists } from '../db/schema';
import { inScope } from '../db/scoped';
import type { ImportId } from '../ids';
import { testWorkspace } from '../workspaces/testing';
import { cancelImport, findImport } from './imports';
import { listRejections } from './rejections';
import { runImport } from './run-import';
import { started } from './testing';

const running = () => new AbortController().signal;

async function counts(scope: Scope, id: ImportId) {
  const found = await findImport(scope, id);
  if (!found.ok) throw new Error(found.problem.message);
  const { status, rows, created, updated, duplicates, invalid } = found.value;
  return { status, rows, created, updated, duplicates, invalid };
}

async function imported(
  scope: Scope,
  content: string | Uint8Array,
  changes: Parameters<typeof started>[2] = {},
) {
  const id = await started(scope, content, changes);
  expect(await runImport(scope, id, running())).toBe('ended');
  return { id, ...(await counts(scope, id)) };
}

const contactsOf = (scope: Scope) =>
  inScope(scope, (tx) =>
    tx
      .select()
      .from(contacts)
      .where(eq(contacts.workspaceId, scope.workspaceId))
      .orderBy(asc(contacts.email)),
  );

const contactOf = async (scope: Scope, email: string) =>
  (await contactsOf(scope)).find((contact) => contact.email === email);

const sharedData = resolve(import.meta.dirname, '../../../shared/data');
const Expected = z.record(
  z.string(),
  z.object({ rows: z.number(), contacts: z.number(), duplicates: z.number(), invalid: z.number() }),
);

describe.skipIf(!existsSync(sharedData))('the sample files beside the checkout', () => {
  const expected = existsSync(sharedData)
    ? Expected.parse(JSON.parse(readFileSync(join(sharedData, 'expected.json'), 'utf8')))
    : {};
  for (const [file, right] of Object.entries(expected))
    test(file, async () => {
      const { scope } = await testWorkspace();
      const content = readFileSync(join(sharedData, file));
      const { rows, contacts: people, duplicates, invalid } = right;
      expect(await imported(scope, content)).toMatchObject({
        status: 'completed',
        rows,
        created: people,
        updated: 0,
        duplicates,
        invalid,
      });
      expect(await imported(scope, content)).toMatchObject({
        rows,
        created: 0,
        updated: people,
        duplicates,
        invalid,
      });
      expect(await contactsOf(scope)).toHaveLength(people);
    });
});
