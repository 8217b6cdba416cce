import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readAddress } from './address';
import {
  attributeName,
  readAttributes,
  readConsent,
  readCountry,
  readPhone,
  readTimeZone,
  splitName,
} from './values';

describe('addresses', () => {
  const good: [string, string][] = [
    ['  Ann@Example.COM ', 'ann@example.com'],
    ['\u200bann@example.com\ufeff', 'ann@example.com'],
    ['\u00a0ann+tag@mail.example.com', 'ann+tag@mail.example.com'],
    ['ann@müller.example.org', 'ann@xn--mller-kva.example.org'],
    [`${'a'.repeat(64)}@example.com`, `${'a'.repeat(64)}@example.com`],
  ];
  for (const [typed, address] of good) test(typed, () => expect(readAddress(typed)).toEqual({ address }));

  const bad: [string, string][] = [
    ['', 'no_address'],
    [' \u200b ', 'no_address'],
    ['n/a', 'no_at'],
    ['a@b', 'no_domain'],
    ['trailing@', 'no_domain'],
    ['@leading.example.com', 'bad_address'],
    ['two@@example.com', 'bad_address'],
    ['dot..dot@example.com', 'bad_address'],
    ['.dot@example.com', 'bad_address'],
    ['ann@example..com', 'no_domain'],
    ['ann@-example.com', 'no_domain'],
    ['ann@127.0.0.1', 'no_domain'],
    ['space in@example.com', 'spaces'],
    ['semi;colon@example.com', 'several_addresses'],
    ['a@example.com, b@example.com', 'several_addresses'],
    [`${'a'.repeat(65)}@example.com`, 'address_too_long'],
    [`ann@${'a'.repeat(64)}.example.com`, 'no_domain'],
    [`ann@${'abcdefgh.'.repeat(30)}example.com`, 'address_too_long'],
  ];
  for (const [typed, rejection] of bad)
    test(`${typed.slice(0, 40)} is refused`, () => expect(readAddress(typed)).toEqual({ rejection }));

  test('what is accepted stays as it is, and is one line of ASCII', () =>
    fc.assert(
      fc.property(
        fc.oneof(
          fc.emailAddress(),
          fc.string({ unit: 'binary' }),
          fc.string().map((text) => `${text}@example.com`),
        ),
        (typed) => {
          const read = readAddress(typed);
          if (!('address' in read)) return;
          expect(read.address).toMatch(/^[!-~]+@[a-z0-9.-]+\.[a-z0-9-]+$/);
          expect(readAddress(read.address)).toEqual(read);
        },
      ),
    ));
});

test('consent: only a clear yes is one', () => {
  for (const text of ['yes', 'JA', 'oui', 'Sí', 'x', '1', 'TRUE', 'enabled', '✓'])
    expect(readConsent(text)).toBe(true);
  for (const text of ['no', 'nein', '0', 'disabled', 'blocklisted', 'perhaps', '2024-01-01'])
    expect(readConsent(text)).toBe(false);
  expect(readConsent(' ')).toBeNull();
});

test('countries, zones, phones, names', () => {
  expect(
    ['de', 'Deutschland', 'Allemagne', 'Alemania', 'USA', 'Österreich', 'Atlantis'].map(readCountry),
  ).toEqual(['DE', 'DE', 'DE', 'DE', 'US', 'AT', undefined]);
  expect(['Europe/Berlin', 'europe/berlin', 'Mars/Base', '+01:00'].map(readTimeZone)).toEqual([
    'Europe/Berlin',
    'Europe/Berlin',
    undefined,
    undefined,
  ]);
  expect(readPhone('0151 59965595', 'DE')).toBe('+4915159965595');
  expect(readPhone('0049 (151) 59965595', 'US')).toBe('+4915159965595');
  expect(readPhone('12', 'DE')).toBeUndefined();
  expect(splitName('Siân van der Berg')).toEqual({ first: 'Siân', last: 'van der Berg' });
  expect(splitName('Berg, Siân')).toEqual({ first: 'Siân', last: 'Berg' });
  expect(['SMS erlaubt (neu)', 'Straße', '__proto__', '2nd', 'Город'].map(attributeName)).toEqual([
    'sms_erlaubt_neu',
    'strasse',
    'proto',
    'nd',
    '',
  ]);
});

test('attributes in JSON: objects that the database can hold', () => {
  expect(readAttributes('{"a": {"b": [1, null]}}')).toEqual({ a: { b: [1, null] } });
  expect(readAttributes('{"a": "\\ud83d\\ude00"}')).toEqual({ a: '😀' });
  for (const text of [
    '[1]',
    '{',
    'null',
    '{"a": "\\u0000"}',
    '{"a": "\\ud800"}',
    `${'{"a":'.repeat(900)}1${'}'.repeat(900)}`,
  ])
    expect(readAttributes(text)).toBeUndefined();
});
