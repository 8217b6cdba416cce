import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hkdfSync,
  type KeyObject,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';
import { env, required } from '../env';

/** What a key derived from APP_SECRET is for. A token or ciphertext made for one purpose is worthless for another. */
export type Purpose =
  | 'session'
  | 'provider-config'
  | 'mailbox-config'
  | 'webhook-secret'
  | 'unsubscribe'
  | 'tracking'
  | 'reports'
  | 'attempt-key'
  | 'database-role';

/** A 256-bit key for one purpose, by HKDF-SHA-256 (RFC 5869). */
export function deriveKey(purpose: Purpose, secret = required('APP_SECRET')): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', `posthaste/${purpose}`, 32));
}

/** The secret that makes what is new, then the one before, if it is named: what that made holds on until nothing needs it. */
function secrets(): string[] {
  const { APP_SECRET_PREVIOUS: previous } = env();
  return [required('APP_SECRET'), ...(previous === undefined ? [] : [previous])];
}

/** A key of each secret, for one purpose. */
export const deriveKeys = (purpose: Purpose): Buffer[] =>
  secrets().map((secret) => deriveKey(purpose, secret));

/** AES-256-GCM: "v1.iv.tag.ciphertext", each base64url. */
export function encrypt(purpose: Purpose, plain: string, key = deriveKey(purpose)): string {
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, iv);
  const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
  return ['v1', ...[iv, cipher.getAuthTag(), body].map((part) => part.toString('base64url'))].join('.');
}

/** Undefined when it was made under another APP_SECRET than this one or the one before, for another purpose, or was changed. */
export function decrypt(purpose: Purpose, sealed: string): string | undefined {
  for (const key of deriveKeys(purpose)) {
    const plain = decryptWith(key, sealed);
    if (plain !== undefined) return plain;
  }
  return undefined;
}

/** The same, sealed under the present secret; undefined when it is already, or cannot be read. */
export function reseal(purpose: Purpose, sealed: string): string | undefined {
  if (decryptWith(deriveKey(purpose), sealed) !== undefined) return undefined;
  const plain = decrypt(purpose, sealed);
  return plain === undefined ? undefined : encrypt(purpose, plain);
}

function decryptWith(key: Buffer, sealed: string): string | undefined {
  const [version, iv, tag, body] = sealed.split('.');
  if (version !== 'v1' || !iv || !tag || body === undefined) return undefined;
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(iv, 'base64url'));
    decipher.setAuthTag(Buffer.from(tag, 'base64url'));
    return Buffer.concat([decipher.update(Buffer.from(body, 'base64url')), decipher.final()]).toString(
      'utf8',
    );
  } catch {
    return undefined;
  }
}

/**
 * For whoever signs often, the first of them, and verifies, any: as a key object it is taken up in a tenth of the time that
 * its bytes take.
 */
export const signingKeys = (purpose: Purpose): KeyObject[] =>
  deriveKeys(purpose).map((key) => createSecretKey(key));

/** HMAC-SHA-256 cut to 128 bits. */
export function sign(purpose: Purpose, data: Uint8Array, [key] = signingKeys(purpose)): Buffer {
  if (!key) throw new Error('there is a secret');
  return createHmac('sha256', key).update(data).digest().subarray(0, 16);
}

export function verify(
  purpose: Purpose,
  data: Uint8Array,
  signature: Uint8Array,
  keys = signingKeys(purpose),
): boolean {
  return (
    signature.length === 16 && keys.some((key) => timingSafeEqual(sign(purpose, data, [key]), signature))
  );
}
