import { expect, it } from 'vitest';
import { isReadable } from './target';

it.each(['/', '/a%20b?c=d', '/%C3%BC', '/u/%00', '/contacts?search=100%', '/?a=%ff', '//a'])(
  '%j can be read',
  (target) => expect(isReadable(target)).toBe(true),
);

it.each(['/u/%00%ff', '/%', '/a/%c0%ae', '/%zz?a', '*', 'http://[', ''])('%j cannot', (target) =>
  expect(isReadable(target)).toBe(false),
);
