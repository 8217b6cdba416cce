import { expect, test } from 'vitest';
import { readAddresses } from './pasted-addresses';

test('finds addresses among names, cells and marks, each once, and says what is none', () => {
  expect(
    readAddresses(
      'Ann Lee <Ann@Example.com>, "ben@example.com"; (cleo@example.com)\nx|ann@example.com|dan@|yes',
    ),
  ).toEqual({ addresses: ['ann@example.com', 'ben@example.com', 'cleo@example.com'], invalid: ['dan@'] });
});
