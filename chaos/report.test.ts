import { describe, expect, it } from 'vitest';
import { compare, type Entry } from './compare';
import { chooseLimits } from './limits';
import { planFaults } from './plan';
import { findProblems } from './report';
import type { Outcome } from './run';

const options = { seed: 7, recipients: 1, kills: 2, workers: 1 };
const asked = planFaults(options);
const good: Entry = { id: 'a', address: 'a@example.com', state: 'sent', doubts: 0 };
const arrival = { deliveryId: 'a', address: 'a@example.com', at: 0 };
const outcome = (changes: Partial<Outcome> = {}, arrivals = [arrival], entry = good) => ({
  comparison: compare(1, ['a@example.com'], [entry], arrivals),
  planned: 1,
  ended: null,
  faults: { asked, struck: asked },
  windows: [{ seconds: 1, limit: 5, largest: 5 }],
  ...changes,
});
const limits = chooseLimits(3000);
const leave = { policy: 'leave' as const, kills: 2, limits };
const sendAgain = { ...leave, policy: 'send_again' as const };

describe('the verdict', () => {
  it('finds no fault with a good run', () => {
    expect(findProblems(leave, outcome())).toEqual([]);
  });

  it.each<[string, Partial<Outcome>, RegExp]>([
    [
      'did not complete',
      { ended: 'the campaign is paused: no sender' },
      /did not end well: the campaign is paused/,
    ],
    ['was too fast', { windows: [{ seconds: 1, limit: 5, largest: 6 }] }, /6 messages arrived within 1 s/],
    ['was over too soon', { faults: { asked, struck: asked.slice(1) } }, /of 2 kills struck/],
    ['does not add up', { comparison: compare(2, ['a@example.com'], [good], [arrival]) }, /do not add up/],
  ])('says that a run %s', (_, changes, problem) => {
    const struck = { faults: { asked, struck: [] } };
    const all = findProblems(leave, outcome(changes.faults ? struck : changes));
    expect(all).toEqual([expect.stringMatching(problem)]);
  });

  it('says that more is unconfirmed than was on the wire', () => {
    const ledger = Array.from({ length: 100 }, (_, n): Entry => {
      return { id: String(n), address: `${n}@example.com`, state: 'unconfirmed', doubts: 1 };
    });
    const audience = ledger.map(({ id }) => `${id}@example.com`);
    const one = { deliveryId: '1', address: '1@example.com', at: 0 };
    const comparison = compare(100, audience, ledger, [one]);
    expect(findProblems(leave, outcome({ comparison, planned: 100 }))).toEqual([
      expect.stringMatching(/100 are unconfirmed/),
    ]);
  });

  it('says what was lost, doubled and unexpected', () => {
    expect(findProblems(leave, outcome({}, []))[0]).toMatch(/^1 lost: a \(sent\)/);
    expect(findProblems(leave, outcome({}, [arrival, arrival]))).toEqual([
      expect.stringMatching(/^1 doubled: a/),
    ]);
    expect(findProblems(leave, outcome({}, [arrival], { ...good, state: 'failed' }))).toEqual([
      expect.stringMatching(/^1 unexpected: a/),
    ]);
  });

  it('allows a second message for a doubt to those who chose it', () => {
    const doubtful = { ...good, doubts: 1 };
    expect(findProblems(sendAgain, outcome({}, [arrival, arrival], doubtful))).toEqual([]);
    expect(findProblems(leave, outcome({}, [arrival, arrival], doubtful))).toHaveLength(1);
    expect(findProblems(sendAgain, outcome({}, [arrival, arrival]))).toHaveLength(1);
  });
});

describe('the plan', () => {
  it('is the same for the same seed, and another for another', () => {
    expect(planFaults(options)).toEqual(asked);
    expect(planFaults({ ...options, recipients: 1000 })).not.toEqual(
      planFaults({ ...options, recipients: 1000, seed: 8 }),
    );
  });

  it('has every kill that was asked for, and every other fault at least once', () => {
    const plan = planFaults({ seed: 1, recipients: 1000, kills: 10, workers: 3 });
    expect(plan.filter(({ kind }) => kind === 'kill')).toHaveLength(10);
    expect(new Set(plan.map(({ kind }) => kind))).toEqual(
      new Set(['kill', 'sleep', 'drop', 'disconnect', 'database']),
    );
  });
});
