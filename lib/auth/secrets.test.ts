import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decrypt, deriveKey, encrypt, sign, verify } from './secrets';

test('what is encrypted comes back, and every ciphertext differs', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (plain) => {
      const sealed = encrypt('provider-config', plain);
      expect(decrypt('provider-config', sealed)).toBe(plain);
      expect(encrypt('provider-config', plain)).not.toBe(sealed);
    }),
  );
});

test('a changed ciphertext, or one made for another purpose, opens to nothing', () => {
  const sealed = encrypt('provider-config', '{"password":"s3cret"}');
  expect(decrypt('session', sealed)).toBeUndefined();
  for (let at = 0; at < sealed.length; at++) {
    const swapped = sealed.charAt(at) === 'A' ? 'B' : 'A';
    const changed = sealed.slice(0, at) + swapped + sealed.slice(at + 1);
    // base64url has spare bits at an end of a part: a change there may decode to the same bytes.
    expect([undefined, '{"password":"s3cret"}']).toContain(decrypt('provider-config', changed));
  }
  expect(decrypt('provider-config', sealed.slice(0, -4))).toBeUndefined();
});

test('hostile text never throws', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(decrypt('provider-config', text)).toBeUndefined();
    }),
  );
});

test('signatures hold for their data and purpose only', () => {
  const data = Buffer.from('delivery');
  const signature = sign('unsubscribe', data);
  expect(signature).toHaveLength(16);
  expect(verify('unsubscribe', data, signature)).toBe(true);
  expect(verify('session', data, signature)).toBe(false);
  expect(verify('unsubscribe', Buffer.from('another'), signature)).toBe(false);
  expect(verify('unsubscribe', data, signature.subarray(0, 15))).toBe(false);
  expect(deriveKey('session').equals(deriveKey('unsubscribe'))).toBe(false);
});
