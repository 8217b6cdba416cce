import { expect, test } from 'vitest';
import { newCode, readCode, sampleCode, showCode } from './code';

test('a code is 12 characters without I, L, O and U, and no two are the same', () => {
  const codes = Array.from({ length: 10_000 }, newCode);
  for (const code of codes) expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{12}$/);
  expect(new Set(codes).size).toBe(codes.length);
  expect(new Set(codes.join('')).size).toBe(32);
});

test.each([
  ['as it is shown', '7K3M-9QXV-B2AT'],
  ['in small letters', '7k3m9qxvb2at'],
  ['with blanks', ' 7K3 M9Q XVB 2AT '],
  ['with other dashes', '7K3M–9QXV—B2AT'],
])('is read %s', (_, typed) => {
  expect(readCode(typed)).toBe('7K3M9QXVB2AT');
});

test('letters that look like digits are taken for them', () => {
  expect(readCode('oO-iI-lL-0011-AB')).toBe('0011110011AB');
  expect(readCode(showCode(sampleCode).replaceAll('0', 'o'))).toBe(sampleCode);
});

test.each([
  '',
  '7K3M-9QXV-B2A',
  '7K3M-9QXV-B2ATX',
  '7K3M-9QXV-B2AU',
  '7K3M/9QXVB2A',
  'É7K3M9QXVB2A',
  '0'.repeat(1_000_000),
])('is not made of what can be none', (typed) => {
  expect(readCode(typed)).toBeUndefined();
});

test('is shown in groups that can be read aloud', () => {
  const code = newCode();
  expect(showCode(code)).toMatch(/^\w{4}-\w{4}-\w{4}$/);
  expect(readCode(showCode(code))).toBe(code);
});
