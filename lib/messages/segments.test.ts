import fc from 'fast-check';
import { expect, test } from 'vitest';
import { measureText, segmentsOf } from './segments';

test('how many are charged is the same, counted quickly', () => {
  const letters = fc.constantFrom(...Array.from('abc XYZ09?@_äßÅ€[]{}\nžç`😀'));
  const text = fc.array(letters, { minLength: 60, maxLength: 165 }).map((all) => all.join(''));
  const plain = fc
    .array(fc.constantFrom(...Array.from('ab c€')), { minLength: 1, maxLength: 165 })
    .map((all) => all.join(''));
  fc.assert(
    fc.property(fc.oneof(text, plain), (body) => segmentsOf(body) === measureText(body).segments),
    { numRuns: 200 },
  );
});

test('every letter is in the alphabet that the services count by', () => {
  for (let code = 0x20; code < 0x400; code++) {
    const body = String.fromCharCode(code) + 'a'.repeat(100);
    expect([code, segmentsOf(body)]).toEqual([code, measureText(body).segments]);
  }
});
