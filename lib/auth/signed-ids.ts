import { type Purpose, sign, signingKeys, verify } from './secrets';

const idBytes = 16;
const signatureBytes = 16;
const length = ((2 * idBytes + signatureBytes) * 4) / 3;

const keys = new Map<Purpose, ReturnType<typeof signingKeys>>();

function keysOf(purpose: Purpose) {
  const known = keys.get(purpose) ?? signingKeys(purpose);
  keys.set(purpose, known);
  return known;
}

const bytesOf = (id: string) => Buffer.from(id.replaceAll('-', ''), 'hex');

function idOf(bytes: Buffer): string {
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** Two ids and a MAC of 128 bits over both, base64url: 64 characters of an address that nobody can guess. */
export function writeSignedIds(purpose: Purpose, first: string, second: string): string {
  const data = Buffer.concat([bytesOf(first), bytesOf(second)]);
  return Buffer.concat([data, sign(purpose, data, keysOf(purpose))]).toString('base64url');
}

/** Undefined for anything that was not written by `writeSignedIds` under this APP_SECRET or the one before. */
export function readSignedIds(purpose: Purpose, token: string): [first: string, second: string] | undefined {
  if (token.length !== length || !/^[\w-]+$/.test(token)) return undefined;
  const bytes = Buffer.from(token, 'base64url');
  const data = bytes.subarray(0, 2 * idBytes);
  if (!verify(purpose, data, bytes.subarray(2 * idBytes), keysOf(purpose))) return undefined;
  return [idOf(data.subarray(0, idBytes)), idOf(data.subarray(idBytes))];
}
