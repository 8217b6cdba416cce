import { sql } from 'drizzle-orm';
import { beforeEach, expect, it } from 'vitest';
import type { Scope } from '../auth/scope';
import { inScope } from '../db/scoped';
import type { SenderId } from '../ids';
import { testWorkspace } from '../workspaces/testing';
import { openBreaker, releaseProbe, takeProbe } from './breaker';

let scope: Scope;
let senderId: SenderId;
beforeEach(async () => {
  ({ scope, senderId } = await testWorkspace());
  await openBreaker(scope, senderId, 'The provider cannot be reached.');
  await holdIsOver();
});

/** As if its time had come. */
const holdIsOver = () => inScope(scope, (tx) => tx.execute(sql`update breakers set open_until = now()`));

it('gives one the turn to try, and the next one when that one tried nobody', async () => {
  const turns = await Promise.all([1, 2, 3].map(() => takeProbe(scope, senderId)));
  const [turn, ...others] = turns.filter((one) => one !== undefined);
  if (!turn) throw new Error('one of them has the turn');
  expect(others).toEqual([]);
  await releaseProbe(scope, senderId, turn);
  expect(await takeProbe(scope, senderId)).toBeDefined();
});

it('is not given back by somebody who took so long that another has it now', async () => {
  const slow = await takeProbe(scope, senderId);
  if (!slow) throw new Error('nobody else tries');
  await holdIsOver();
  expect(await takeProbe(scope, senderId)).toBeDefined();
  await releaseProbe(scope, senderId, slow);
  expect(await takeProbe(scope, senderId)).toBeUndefined();
});
