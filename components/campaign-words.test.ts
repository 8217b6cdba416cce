import { describe, expect, test } from 'vitest';
import { chargedWords, duration, elapsed, people, share } from './campaign-words';

describe('duration', () => {
  test.each([
    [0, 'under a minute'],
    [44, 'under a minute'],
    [45, 'about 1 minute'],
    [1180, 'about 20 minutes'],
    [3570, 'about 1 hour'],
    [9000, 'about 2 hours 30 minutes'],
    [2 * 3600 + 58 * 60, 'about 3 hours'],
    [26 * 3600, 'about 1 day'],
  ])('%i seconds are %s', (seconds, words) => expect(duration(seconds)).toBe(words));
});

test.each([
  [8, '8 s'],
  [200, '3 min 20 s'],
  [180, '3 min'],
  [7500, '2 h 5 min'],
])('%i seconds elapsed are %s', (seconds, words) =>
  expect(elapsed(new Date(0), new Date(seconds * 1000))).toBe(words),
);

test('one person is not one people', () => {
  expect([people(0), people(1), people(1966)]).toEqual(['0 people', '1 person', '1,966 people']);
});

test('what text messages are charged for is said as a sum', () => {
  expect(chargedWords(1240, 1, { segments: 1240, exact: true })).toBe(
    '1,240 people × 1 segment = 1,240 segments',
  );
  expect(chargedWords(3, 2, { segments: 4, exact: true })).toBe('3 people × up to 2 segments = 4 segments');
  expect(chargedWords(3, 2, { segments: 6, exact: false })).toBe('3 people × 2 segments = about 6 segments');
});

test('a share is rounded as on paper, and nobody is never somebody', () => {
  expect(share(417, 2000)).toBe('20.9 %');
  expect([share(0, 9), share(1, 90_000), share(89_999, 90_000), share(9, 9), share(0, 0)]).toEqual([
    ...['0 %', '0.1 %', '99.9 %', '100 %', '0 %'],
  ]);
});
