import { sql } from 'drizzle-orm';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Scope } from '../auth/scope';
import { ListId, newId } from '../ids';
import { testWorkspace } from '../workspaces/testing';
import { unsafeDatabase } from './client';
import { inScope, inScopeOnce } from './scoped';

let mine: Scope;
let theirs: Scope;

beforeAll(async () => {
  ({ scope: mine } = await testWorkspace('Mine'));
  ({ scope: theirs } = await testWorkspace('Theirs'));
  for (const [scope, name] of [
    [mine, 'mine'],
    [theirs, 'theirs'],
  ] as const)
    await inScope(scope, (tx) =>
      tx.execute(
        sql`insert into lists (workspace_id, id, name) values (${scope.workspaceId}, ${newId(ListId)}, ${name})`,
      ),
    );
});

const names = (scope: Scope) => inScopeOnce<{ name: string }>(scope, sql`select name from lists`);
/** More than there are connections, so that one which was not given back is missed. */
const many = Array.from({ length: 60 }, (_, n) => n);

describe('one statement in a transaction of its own', () => {
  test('sees its own workspace, however many ask at once, and beside other transactions', async () => {
    const seen = await Promise.all(
      many.flatMap((n) => {
        const scope = n % 2 === 0 ? mine : theirs;
        return [
          names(scope),
          inScope(scope, (tx) => tx.execute<{ name: string }>(sql`select name from lists`)),
        ];
      }),
    );
    const expected = many.flatMap((n) => {
      const name = n % 2 === 0 ? 'mine' : 'theirs';
      return [[{ name }], [{ name }]];
    });
    expect(seen.map((rows) => [...rows])).toEqual(expected);
  });

  test('leaves no setting behind', async () => {
    await names(mine);
    const settings = await Promise.all(
      many.map(() =>
        unsafeDatabase().execute<{ id: string | null }>(
          sql`select nullif(current_setting('app.workspace_id', true), '') as id`,
        ),
      ),
    );
    expect(settings.flat().every(({ id }) => id === null)).toBe(true);
  });

  test('says what was refused, has done nothing then, and gives the connection back', async () => {
    const refused = await Promise.allSettled(
      many.map(() =>
        inScopeOnce(
          mine,
          sql`with renamed as (update lists set name = 'renamed' returning name)
            select 1 / (count(*) - 1) from renamed`,
        ),
      ),
    );
    for (const one of refused)
      expect(one).toMatchObject({ status: 'rejected', reason: { message: 'division by zero' } });
    expect(await names(mine)).toEqual([{ name: 'mine' }]);
  });

  test('says when its connection was lost, and others go on', async () => {
    await expect(
      inScopeOnce(mine, sql`select pg_terminate_backend(pg_backend_pid()), pg_sleep(10)`),
    ).rejects.toThrow();
    expect(await names(mine)).toEqual([{ name: 'mine' }]);
  });

  test('leaves nobody waiting when connections are lost while more wait for one than there are', async () => {
    const all = many.map((n) =>
      inScopeOnce(
        mine,
        n % 13 === 5
          ? sql`select pg_terminate_backend(pg_backend_pid()), pg_sleep(10)`
          : sql`select pg_sleep(0.05)`,
      ),
    );
    const { promise: late, resolve } = Promise.withResolvers<string>();
    const timer = setTimeout(resolve, 15_000, 'somebody waits still');
    expect(await Promise.race([Promise.allSettled(all), late])).not.toBe('somebody waits still');
    clearTimeout(timer);
    expect(await names(mine)).toEqual([{ name: 'mine' }]);
  }, 30_000);

  test('never takes for done what met an outdated plan', async () => {
    const rename = () =>
      inScopeOnce(mine, sql`update lists set name = name where name <> ${'nobody'} returning *`);
    await Promise.all(many.map(rename));
    await unsafeDatabase().execute(sql`alter table lists add column another integer`);
    const ends = await Promise.allSettled(many.map(rename));
    for (const end of ends) if (end.status === 'fulfilled') expect(end.value).toHaveLength(1);
    expect(ends.some(({ status }) => status === 'rejected')).toBe(true);
    expect(await rename()).toHaveLength(1);
  });
});
