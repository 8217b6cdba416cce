import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cursorId, decodeCursor, encodeCursor } from './page';

test('a cursor comes back as it was, and whatever else stands there is the first page', () => {
  const key = fc.array(fc.stringMatching(/^[\x20-\x7e]*$/), { maxLength: 4 });
  fc.assert(
    fc.property(fc.constantFrom('after', 'before'), key, (direction, parts) => {
      expect(decodeCursor(encodeCursor({ direction, key: parts }))).toEqual({ direction, key: parts });
    }),
  );
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.json()), (text) => {
      expect(decodeCursor(text)).toBeUndefined();
      const packed = Buffer.from(text).toString('base64url');
      expect(cursorId(packed)).toBeUndefined();
    }),
  );
});
