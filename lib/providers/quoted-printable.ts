/*
 * Quoted-printable (RFC 2045 §6.7) by one pass over the bytes: this and the socket are where the time of a large
 * campaign goes, so it writes into a buffer that the caller gives it.
 */

const hex = Buffer.from('0123456789ABCDEF');
const [tab, lf, cr, space, equals] = [0x09, 0x0a, 0x0d, 0x20, 0x3d];

/** 1 for bytes that stand for themselves anywhere in a line. */
const plain = new Uint8Array(256);
for (let byte = 33; byte <= 126; byte++) plain[byte] = byte === equals ? 0 : 1;

/** The most bytes that encoding `length` bytes can take: three for each, and a soft break for every 73. */
export const quotedPrintableLimit = (length: number): number =>
  length * 3 + Math.ceil((length * 3) / 73) * 3 + 4;

/**
 * Writes `input` (UTF-8) into `out` from `offset`; answers where it ended. Every kind of line end becomes CRLF, no line
 * is longer than 76, and no white space stands at the end of one.
 */
export function writeQuotedPrintable(input: Uint8Array, out: Uint8Array, offset: number): number {
  const length = input.length;
  let at = offset;
  let column = 0;
  for (let i = 0; i < length; i++) {
    const byte = input[i] ?? 0;
    if (byte === lf || byte === cr) {
      if (byte === cr && input[i + 1] === lf) i++;
      out[at++] = cr;
      out[at++] = lf;
      column = 0;
      continue;
    }
    const next = input[i + 1];
    const stands =
      plain[byte] === 1 ||
      ((byte === space || byte === tab) && next !== undefined && next !== lf && next !== cr);
    if (column + (stands ? 1 : 3) > 75) {
      out[at++] = equals;
      out[at++] = cr;
      out[at++] = lf;
      column = 0;
    }
    if (stands) {
      out[at++] = byte;
      column += 1;
    } else {
      out[at++] = equals;
      out[at++] = hex[byte >> 4] ?? 0;
      out[at++] = hex[byte & 15] ?? 0;
      column += 3;
    }
  }
  return at;
}
