import { expect, test } from 'vitest';
import { newId, SenderId } from '../ids';
import { Parking } from './parking';

const signal = new AbortController().signal;

test('those who wait leave at least half of all places, and of a sender’s, to others', async () => {
  const [slow, other] = [newId(SenderId), newId(SenderId)];
  const parking = new Parking(4, 2);
  const stay = (sender: SenderId) => parking.wait(sender, 20, signal);
  expect(await Promise.all([stay(slow), stay(slow), stay(other)])).toEqual([true, false, true]);
  expect(await stay(slow)).toBe(true);
});

test('the only place is kept by nobody', async () => {
  const sender = newId(SenderId);
  for (const [places, perSender] of [
    [1, 1],
    [2, 1],
  ] as const)
    expect(await new Parking(places, perSender).wait(sender, 1, signal)).toBe(false);
});
