import { sql } from 'drizzle-orm';
import { beforeAll, expect, test } from 'vitest';
import type { Scope } from '../auth/scope';
import { testWorkspace } from '../workspaces/testing';
import { inScope, inScopeOnce, type ScopedTx } from './scoped';

let scope: Scope;
const ids = { a: '00000000-0000-7000-8000-00000000000a', b: '00000000-0000-7000-8000-00000000000b' };

beforeAll(async () => {
  ({ scope } = await testWorkspace());
  await inScope(scope, (tx) =>
    tx.execute(sql`insert into lists (workspace_id, id, name)
      values (${scope.workspaceId}, ${ids.a}, 'a'), (${scope.workspaceId}, ${ids.b}, 'b')`),
  );
});

const rename = (tx: ScopedTx, id: string, by: string) =>
  tx.execute(sql`update lists set name = name || ${by} where id = ${id}`);

const namesOf = () =>
  inScopeOnce<{ name: string }>(
    scope,
    sql`select name from lists where id in (${ids.a}, ${ids.b}) order by id`,
  );

/** Resolves when it was called as often as there are parties. */
function meeting(parties: number): () => Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let missing = parties;
  return () => {
    if (--missing <= 0) resolve();
    return promise;
  };
}

test('two transactions that wait for each other are both done, each once', async () => {
  const met = meeting(2);
  let begun = 0;
  const crossing = (first: string, second: string, by: string) =>
    inScope(scope, async (tx) => {
      begun++;
      await rename(tx, first, by);
      await met();
      await rename(tx, second, by);
      return by;
    });
  expect(await Promise.all([crossing(ids.a, ids.b, 'x'), crossing(ids.b, ids.a, 'y')])).toEqual(['x', 'y']);
  expect(begun).toBe(3);
  const names = await namesOf();
  expect(names.map(({ name }) => name.split('').sort().join(''))).toEqual(['axy', 'bxy']);
}, 20_000);

test('a statement of its own begins anew as well', async () => {
  await inScope(scope, (tx) => tx.execute(sql`update lists set name = left(name, 1)`));
  const { promise: held, resolve: holds } = Promise.withResolvers<void>();
  const behind = inScope(scope, async (tx) => {
    await rename(tx, ids.b, 'x');
    holds();
    for (let waits = false; !waits; ) {
      const found = await tx.execute(
        sql`select from pg_locks where not granted and locktype = 'transactionid'`,
      );
      waits = found.length > 0;
    }
    await rename(tx, ids.a, 'x');
  });
  await held;
  // In this order: the first holds a row until the second can be had.
  const once = inScopeOnce(
    scope,
    sql`with a as materialized (update lists set name = name || 'y' where id = ${ids.a} returning 1 as one)
      update lists set name = name || 'y' from a where id = ${ids.b} and one = 1`,
  );
  await Promise.all([behind, once]);
  const names = await namesOf();
  expect(names.map(({ name }) => name.split('').sort().join(''))).toEqual(['axy', 'bxy']);
}, 20_000);

test('a transaction that says something it cannot say twice gives way for good', async () => {
  const met = meeting(2);
  const crossing = (first: string, second: string) =>
    inScope(
      scope,
      async (tx) => {
        await rename(tx, first, 'z');
        await met();
        await rename(tx, second, 'z');
      },
      { tries: 1 },
    );
  const ends = await Promise.allSettled([crossing(ids.a, ids.b), crossing(ids.b, ids.a)]);
  expect(ends.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
}, 20_000);
