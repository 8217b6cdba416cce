import { sql } from 'drizzle-orm';
import { beforeEach, expect, it } from 'vitest';
import type { Scope } from '../auth/scope';
import { inScope } from '../db/scoped';
import { DeliveryId, newId, type SenderId } from '../ids';
import type { SendResult } from '../providers/provider';
import { testWorkspace } from '../workspaces/testing';
import { FailureRun, openBreaker, releaseProbe, takeProbe } from './breaker';
import { sentResult } from './testing';
import { temporary } from './testing-batch';

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

const refusedSender: SendResult = {
  outcome: 'misconfigured',
  reason: 'sender_refused',
  detail: '550 5.7.1 no',
  ofRecipient: true,
};

it.each([
  ['most of them', [...Array(9).fill(temporary), refusedSender], temporary],
  ['most of them', [...Array(9).fill(refusedSender), temporary], refusedSender],
  ['nobody, as long as some are sent', [...Array(9).fill(temporary), sentResult, refusedSender], undefined],
] satisfies [string, SendResult[], SendResult | undefined][])(
  'a run of failures is judged by %s, not by the one that makes it too long',
  (_, results, said) => {
    const run = new FailureRun();
    const notes = results.map((result) => run.note({ id: newId(DeliveryId), fence: 1, attempt: 1 }, result));
    expect(notes.at(-1)).toEqual(said);
    expect(notes.slice(0, 9)).toEqual(Array(9).fill(undefined));
  },
);
