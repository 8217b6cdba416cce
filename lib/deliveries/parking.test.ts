import { expect, test } from 'vitest';
import { CampaignId, newId, SenderId } from '../ids';
import { Parking } from './parking';

const signal = new AbortController().signal;

const place = (senderId = newId(SenderId)) => ({ senderId, campaignId: newId(CampaignId) });

test('those who wait leave at least half of all places, and of a sender’s, to others', async () => {
  const [slow, other] = [place(), place()];
  const parking = new Parking(4, 2);
  const stay = (at: typeof slow) => parking.wait(at, 20, signal);
  expect(await Promise.all([stay(slow), stay(slow), stay(other)])).toEqual([true, false, true]);
  expect(await stay(slow)).toBe(true);
});

test('a campaign leaves a place to others of its sender, and one stays free', async () => {
  const large = place();
  const [small, third] = [place(large.senderId), place(large.senderId)];
  const parking = new Parking(8, 4);
  const stay = (at: typeof large) => parking.wait(at, 20, signal);
  const all = [large, large, large, small, third];
  expect(await Promise.all(all.map(stay))).toEqual([true, true, false, true, false]);
});

test('the only place is kept by nobody', async () => {
  for (const [places, perSender] of [
    [1, 1],
    [2, 1],
  ] as const)
    expect(await new Parking(places, perSender).wait(place(), 1, signal)).toBe(false);
});
