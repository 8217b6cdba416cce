import fc from 'fast-check';
import { expect, test } from 'vitest';
import { env, required } from '../env';
import { decrypt, deriveKey, encrypt, reseal, sign, verify } from './secrets';

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

test('what the former secret made holds on, and the new one makes what is new', () => {
  const first = required('APP_SECRET');
  const data = Buffer.from('delivery');
  const old = { sealed: encrypt('provider-config', 'x'), signature: sign('unsubscribe', data) };
  try {
    const next = 'another secret of more than 32 characters';
    Object.assign(env(), { APP_SECRET: next, APP_SECRET_PREVIOUS: first });
    expect(decrypt('provider-config', old.sealed)).toBe('x');
    expect(verify('unsubscribe', data, old.signature)).toBe(true);
    const resealed = reseal('provider-config', old.sealed) ?? '';
    expect(reseal('provider-config', resealed)).toBeUndefined();
    const signature = sign('unsubscribe', data);
    Object.assign(env(), { APP_SECRET_PREVIOUS: undefined });
    expect(decrypt('provider-config', resealed)).toBe('x');
    expect(verify('unsubscribe', data, signature)).toBe(true);
    expect(decrypt('provider-config', old.sealed)).toBeUndefined();
    expect(verify('unsubscribe', data, old.signature)).toBe(false);
  } finally {
    Object.assign(env(), { APP_SECRET: first, APP_SECRET_PREVIOUS: undefined });
  }
});
