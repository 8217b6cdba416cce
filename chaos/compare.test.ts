import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DeliveryState } from '@/lib/db/states';
import { type Arrival, compare, type Entry, largestWindow } from './compare';

const entry = (id: string, state: DeliveryState, doubts = 0): Entry => ({
  id,
  address: `${id}@example.com`,
  state,
  doubts,
});
const arrival = (id: string, more: Partial<Arrival> = {}): Arrival => ({
  deliveryId: id,
  address: `${id}@example.com`,
  at: 0,
  ...more,
});
const held = (ledger: Entry[], arrivals: Arrival[], planned: number | null = ledger.length) =>
  compare(
    planned,
    ledger.flatMap(({ address }) => address ?? []),
    ledger,
    arrivals,
  );

describe('the comparison of ledger and arrivals', () => {
  it('finds nothing where all is well', () => {
    const ledger = [
      ...[entry('a', 'sent'), entry('b', 'failed'), entry('c', 'skipped'), entry('d', 'cancelled')],
      ...[entry('e', 'unconfirmed', 1), entry('f', 'unconfirmed', 1)],
    ];
    expect(held(ledger, [arrival('a'), arrival('e')])).toEqual({
      states: {
        queued: 0,
        sending: 0,
        retrying: 0,
        sent: 1,
        failed: 1,
        skipped: 1,
        unconfirmed: 2,
        cancelled: 1,
      },
      addsUp: true,
      arrived: 2,
      lost: [],
      doubled: [],
      doubledWithoutDoubt: [],
      unexpected: [],
      unconfirmedButArrived: 1,
    });
  });

  it('calls lost what is sent and did not arrive', () => {
    expect(held([entry('a', 'sent'), entry('b', 'sent')], [arrival('b')]).lost).toEqual(['a (sent)']);
  });

  it.each(['queued', 'sending', 'retrying'] as const)('calls lost who is %s at the end', (state) => {
    expect(held([entry('a', state)], [])).toMatchObject({ lost: [`a (${state})`], addsUp: false });
  });

  it('calls lost who is not in the ledger at all', () => {
    const found = compare(1, ['a@example.com', 'z@example.com'], [entry('a', 'sent')], [arrival('a')]);
    expect(found).toMatchObject({ lost: ['z@example.com (not in the ledger)'], addsUp: false });
  });

  it('counts each message too many', () => {
    const found = held([entry('a', 'sent')], [arrival('a'), arrival('a'), arrival('a')]);
    expect(found.doubled).toHaveLength(2);
    expect(found.doubledWithoutDoubt).toHaveLength(2);
  });

  it('counts a second delivery to one address', () => {
    const ledger = [entry('a', 'sent'), { ...entry('b', 'sent'), address: 'a@example.com' }];
    expect(held(ledger, [arrival('a'), arrival('b', { address: 'a@example.com' })]).doubled).toEqual([
      'b to a@example.com',
    ]);
  });

  it('lets a doubt explain one double, and no more', () => {
    const found = held([entry('a', 'sent', 1)], [arrival('a'), arrival('a'), arrival('a')]);
    expect(found.doubled).toHaveLength(2);
    expect(found.doubledWithoutDoubt).toHaveLength(1);
  });

  it.each(['failed', 'skipped', 'queued', 'retrying', 'cancelled'] as const)(
    'did not expect a message for who is %s',
    (state) => {
      expect(held([entry('a', state)], [arrival('a')]).unexpected).toEqual([`a to a@example.com (${state})`]);
    },
  );

  it('did not expect messages for nobody, or to another address', () => {
    const arrivals = [
      arrival('a', { address: 'b@example.com' }),
      arrival('z'),
      arrival('y', { deliveryId: null }),
    ];
    expect(held([entry('a', 'sent')], arrivals).unexpected).toHaveLength(3);
  });

  it('says when the end states are not what was planned', () => {
    expect(held([entry('a', 'sent')], [arrival('a')], 2).addsUp).toBe(false);
    expect(held([entry('a', 'sent')], [arrival('a')], null).addsUp).toBe(false);
  });
});

describe('the fullest window', () => {
  it('is half-open', () => {
    expect(largestWindow([0, 1000], 1)).toBe(1);
    expect(largestWindow([0, 999.9], 1)).toBe(2);
    expect(largestWindow([], 1)).toBe(0);
  });

  it('is found wherever it begins', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 5000 }), { maxLength: 40 }), (times) => {
        const counts = times.map((from) => times.filter((at) => at >= from && at < from + 1000).length);
        expect(largestWindow(times, 1)).toBe(Math.max(0, ...counts));
      }),
    );
  });
});
