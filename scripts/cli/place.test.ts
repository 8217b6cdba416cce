import { expect, test } from 'vitest';
import { nameFromAddress, systemCountry, systemTimeZone } from './place';

test.each([
  ['ann.owner@example.com', 'Ann Owner'],
  ['ann+news@example.com', 'Ann'],
  ['MARY_jane-o@example.com', 'MARY Jane O'],
  ['...@example.com', 'Owner'],
])('%s is probably %s', (email, name) => expect(nameFromAddress(email)).toBe(name));

test.each([
  [{ LANG: 'de_AT.UTF-8' }, 'AT'],
  [{ LANG: 'de_AT.UTF-8', LC_ALL: 'fr_CH' }, 'CH'],
  [{ LANG: 'C.UTF-8' }, 'US'],
  [{}, 'US'],
])('a machine of %j stands in %s', (environment, country) => {
  expect(systemCountry({ NODE_ENV: 'test', ...environment })).toBe(country);
});

test('a time zone that no workspace can have becomes UTC', () => {
  expect(systemTimeZone('Europe/Berlin')).toBe('Europe/Berlin');
  expect(systemTimeZone('Etc/Unknown')).toBe('UTC');
});
