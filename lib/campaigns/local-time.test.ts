import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeMoment, localParts, resolveLocalTime, whichOfTwo } from './local-time';

const iso = (text: string) => new Date(text);

describe('a local time', () => {
  it.each([
    ['2026-03-27', '09:00', 'Europe/Berlin', '2026-03-27T08:00:00Z'],
    ['2026-03-29', '01:59:59', 'Europe/Berlin', '2026-03-29T00:59:59Z'],
    ['2026-03-29', '03:00', 'Europe/Berlin', '2026-03-29T01:00:00Z'],
    ['2026-10-25', '01:59', 'Europe/Berlin', '2026-10-24T23:59:00Z'],
    ['2026-10-25', '03:00', 'Europe/Berlin', '2026-10-25T02:00:00Z'],
    ['2026-03-08', '03:00', 'America/New_York', '2026-03-08T07:00:00Z'],
    ['2026-07-01', '09:15', 'Asia/Kathmandu', '2026-07-01T03:30:00Z'],
    ['2026-07-01', '00:00', 'Pacific/Kiritimati', '2026-06-30T10:00:00Z'],
    ['2028-02-29', '12:00', 'UTC', '2028-02-29T12:00:00Z'],
  ])('%s %s in %s comes once', (date, time, zone, at) => {
    expect(resolveLocalTime(date, time, zone)).toEqual({ kind: 'once', at: iso(at) });
  });

  it.each([
    ['2026-03-29', '02:00', 'Europe/Berlin', '02:00', '03:00'],
    ['2026-03-29', '02:59:59', 'Europe/Berlin', '02:00', '03:00'],
    ['2026-03-08', '02:30', 'America/New_York', '02:00', '03:00'],
    ['2026-10-04', '02:15', 'Australia/Lord_Howe', '02:00', '02:30'],
    ['2027-10-03', '02:15', 'Australia/Lord_Howe', '02:00', '02:30'],
    ['2011-12-30', '12:00', 'Pacific/Apia', '00:00', '00:00'],
  ])('%s %s in %s never comes', (date, time, zone, from, to) => {
    expect(resolveLocalTime(date, time, zone)).toEqual({ kind: 'never', from, to });
  });

  it.each([
    [
      '2026-10-25',
      '02:00',
      'Europe/Berlin',
      '2026-10-25T00:00:00Z',
      '2026-10-25T01:00:00Z',
      '03:00',
      '02:00',
    ],
    [
      '2026-10-25',
      '02:59',
      'Europe/Berlin',
      '2026-10-25T00:59:00Z',
      '2026-10-25T01:59:00Z',
      '03:00',
      '02:00',
    ],
    [
      '2026-11-01',
      '01:30',
      'America/New_York',
      '2026-11-01T05:30:00Z',
      '2026-11-01T06:30:00Z',
      '02:00',
      '01:00',
    ],
  ])('%s %s in %s comes twice', (date, time, zone, first, second, from, to) => {
    const found = resolveLocalTime(date, time, zone);
    expect(found).toEqual({ kind: 'twice', first: iso(first), second: iso(second), from, to });
  });

  it.each([
    ['2026-02-29', '09:00'],
    ['2026-13-01', '09:00'],
    ['2026-01-01', '24:00'],
    ['2026-01-01', '9:00'],
    ['', ''],
  ])('%s %s is in no calendar', (date, time) => {
    expect(resolveLocalTime(date, time, 'UTC')).toBeUndefined();
  });

  it('leads from any moment to its clock and back, around the whole year and world', () => {
    const zones = fc.constantFrom(...Intl.supportedValuesOf('timeZone'));
    const moments = fc.integer({ min: Date.UTC(2025, 0) / 60_000, max: Date.UTC(2030, 0) / 60_000 });
    fc.assert(
      fc.property(zones, moments, (zone, minute) => {
        const at = new Date(minute * 60_000);
        const { date, time } = localParts(at, zone);
        const found = resolveLocalTime(date, time, zone);
        if (found?.kind === 'once') expect(found.at).toEqual(at);
        else if (found?.kind === 'twice') expect([found.first, found.second]).toContainEqual(at);
        else expect.fail(`${date} ${time} in ${zone} was shown by a clock`);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['2027-10-31T00:30:00Z', 'Europe/Berlin', 'first'],
    ['2027-10-31T01:30:30Z', 'Europe/Berlin', 'second'],
    ['2027-10-31T02:30:00Z', 'Europe/Berlin', null],
    ['2027-04-03T14:45:00Z', 'Australia/Lord_Howe', 'first'],
    ['2027-04-03T14:45:59Z', 'Australia/Lord_Howe', 'first'],
    ['2027-04-03T15:15:00Z', 'Australia/Lord_Howe', 'second'],
    ['2027-04-03T14:15:00Z', 'Australia/Lord_Howe', null],
  ])('%s in %s is the %s of its two', (at, zone, which) => {
    expect(whichOfTwo(iso(at), zone)).toBe(which);
  });

  it('is said with its zone and offset', () => {
    const at = iso('2026-03-27T08:00:00Z');
    expect(describeMoment(at, 'Europe/Berlin')).toBe('Friday 27 March 2026, 09:00 (Europe/Berlin, GMT+1)');
    expect(describeMoment(at, 'America/New_York')).toContain('04:00 (America/New York, GMT-4)');
    expect(describeMoment(at, 'UTC')).toBe('Friday 27 March 2026, 08:00 (UTC)');
  });
});
