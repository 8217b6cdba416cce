import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { unsafeDatabase } from './db/client';
import { withoutValues } from './log';

const failure = async (work: () => PromiseLike<unknown>): Promise<unknown> => {
  try {
    await work();
  } catch (error) {
    return error;
  }
  throw new Error('it was to fail');
};

test('what an error of the database tells holds no values of its statement, wrapped or not', async () => {
  const wrapped = await failure(() =>
    unsafeDatabase().execute(sql`select 1 / 0, ${'ann@example.com'}::text`),
  );
  const bare = await failure(
    () => unsafeDatabase().$client`insert into users (id, email, name, password_hash)
      select gen_random_uuid(), ${'ann@example.com'}, '', '' from generate_series(1, 2)`,
  );
  const outer = new Error('a page failed', { cause: wrapped });
  for (const error of [wrapped, bare, outer]) {
    const told = JSON.stringify(withoutValues(error));
    expect(told).toMatch(/division by zero|duplicate key/);
    expect(told).not.toContain('ann@example.com');
  }
  expect(JSON.stringify(withoutValues(new Error('plain')))).toContain('plain');
});
