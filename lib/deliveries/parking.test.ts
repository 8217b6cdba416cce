import { expect, test } from 'vitest';
import { CampaignId, newId, SenderId } from '../ids';
import { Parking } from './parking';

const signal = new AbortController().signal;

const place = (senderId = newId(SenderId)) => ({ senderId, campaignId: newId(CampaignId), left: 7 });

test('those who wait leave at least half of all places, and one of a sender’s, to others', async () => {
  const slow = place();
  const [second, other, another] = [place(slow.senderId), place(), place()];
  const parking = new Parking(4, 2);
  const stay = (at: typeof slow) => parking.wait(at, 20, signal);
  const all = [slow, second, other, another];
  expect(await Promise.all(all.map(stay))).toEqual(['stays', 'no room', 'stays', 'no room']);
  expect(await stay(second)).toBe('stays');
});

test('one of a campaign stays, so that others of its sender can', async () => {
  const large = place();
  const small = place(large.senderId);
  const parking = new Parking(8, 4);
  const stay = (at: typeof large) => parking.wait(at, 20, signal);
  expect(await Promise.all([large, large, small].map(stay))).toEqual(['stays', { coveredBy: 7 }, 'stays']);
});

test('the only place is kept by nobody', async () => {
  for (const [places, perSender] of [
    [1, 1],
    [2, 1],
  ] as const)
    expect(await new Parking(places, perSender).wait(place(), 1, signal)).toBe('no room');
});
