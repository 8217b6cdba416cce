import { expect, it } from 'vitest';
import { piecesOf } from './breakable';

it('breaks domains and addresses between their parts, and only what has none within them', () => {
  expect(piecesOf('example.com')).toEqual(['example.com']);
  expect(piecesOf('students.university-of-somewhere.example.org')).toEqual([
    ...['students', '.university-', 'of-', 'somewhere', '.example', '.org'],
  ]);
  expect(piecesOf('https://shop.example.com/bread?utm_source=july-bread')).toEqual([
    ...['https://shop', '.example', '.com/', 'bread?', 'utm_source=', 'july-bread'],
  ]);
  expect(piecesOf('x'.repeat(50)).map((piece) => piece.length)).toEqual([20, 20, 10]);
});
