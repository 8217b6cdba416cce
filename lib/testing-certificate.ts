import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { isIPv4 } from 'node:net';

/* X.509 (RFC 5280) by hand, as far as a TLS server needs it: Node can read certificates, but make none. */

const der = (tag: number, ...parts: Buffer[]): Buffer => {
  const content = Buffer.concat(parts);
  const size = content.length;
  const length = size < 128 ? [size] : size < 256 ? [0x81, size] : [0x82, size >> 8, size & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), content]);
};
const sequence = (...parts: Buffer[]) => der(0x30, ...parts);
const identifier = (hex: string) => der(0x06, Buffer.from(hex, 'hex'));
const utf8 = (value: string) => der(0x0c, Buffer.from(value));
const time = (date: Date) => der(0x18, Buffer.from(`${date.toISOString().replace(/[-:T]|\..*/g, '')}Z`));
const nameOf = (name: string) => sequence(der(0x31, sequence(identifier('550403'), utf8(name))));
const ecdsaWithSha256 = sequence(identifier('2a8648ce3d040302'));

/** Lines of 64 characters (RFC 7468): after a full last one no empty one may follow, which OpenSSL refuses. */
const pem = (label: string, content: Buffer) =>
  [
    `-----BEGIN ${label}-----`,
    ...(content.toString('base64').match(/.{1,64}/g) ?? []),
    `-----END ${label}-----`,
    '',
  ].join('\n');

type Options = { name: string; issuer?: string; until?: Date };

/** A certificate for a host and its key, in PEM: signed by itself, or by an issuer whom nobody has heard of. */
export function makeCertificate({ name, issuer = name, until }: Options): { key: string; cert: string } {
  const own = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const signer = issuer === name ? own : generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const host = isIPv4(name)
    ? der(0x87, Buffer.from(name.split('.').map(Number)))
    : der(0x82, Buffer.from(name));
  const content = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    ecdsaWithSha256,
    nameOf(issuer),
    sequence(time(new Date('2020-01-01')), time(until ?? new Date('2120-01-01'))),
    nameOf(name),
    own.publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(sequence(identifier('551d11'), der(0x04, sequence(host))))),
  );
  const signature = der(0x03, Buffer.from([0]), sign('sha256', content, signer.privateKey));
  return {
    key: own.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: pem('CERTIFICATE', sequence(content, ecdsaWithSha256, signature)),
  };
}
