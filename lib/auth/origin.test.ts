import { expect, test } from 'vitest';
import { env } from '../env';
import { isOwnOrigin } from './origin';

const from = (origin: string | undefined, host: string) =>
  isOwnOrigin(new Headers({ host, ...(origin !== undefined && { origin }) }));

test('takes the host that was asked and the public one, also where a proxy passes another Host', () => {
  expect(from('http://192.0.2.1:3000', '192.0.2.1:3000')).toBe(true);
  expect(from(env().APP_URL, '127.0.0.1:3000')).toBe(true);
});

test.each([
  undefined,
  '',
  'null',
  'not an address',
  'file:///',
  'http://other.example.com',
  'http://localhost:4000',
])('refuses the origin %s', (origin) => {
  expect(from(origin, '127.0.0.1:3000')).toBe(false);
  expect(from(origin, '')).toBe(false);
});
