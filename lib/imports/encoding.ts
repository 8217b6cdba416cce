import { isUtf8 } from 'node:buffer';
import type { ImportSettings } from '../db/schema/imports';

export type Encoding = ImportSettings['encoding'];
export const encodings = ['utf-8', 'utf-16le', 'utf-16be', 'windows-1252'] as const satisfies Encoding[];

/** Bytes at the end of `bytes` that begin a UTF-8 character which goes on behind it: 0 to 3. */
function unfinished(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) {
      const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return length > back ? back : 0;
    }
  }
  return 0;
}

/** Tells whether a stream of bytes is UTF-8 from its beginning to its end, without keeping it. */
export class Utf8Check {
  private rest: Buffer = Buffer.alloc(0);
  private broken = false;

  add(bytes: Buffer): void {
    if (this.broken) return;
    const joined = this.rest.length > 0 ? Buffer.concat([this.rest, bytes]) : bytes;
    const cut = joined.length - unfinished(joined);
    this.broken = !isUtf8(joined.subarray(0, cut));
    this.rest = Buffer.from(joined.subarray(cut));
  }

  isValid(): boolean {
    return !this.broken && this.rest.length === 0;
  }
}

/** Text in UTF-16 has its zero bytes on one side: the high halves of delimiters, line ends and Latin letters. */
function utf16WithoutMark(sample: Uint8Array): Encoding | undefined {
  const zeros: [even: number, odd: number] = [0, 0];
  const length = Math.min(sample.length, 4096) & ~1;
  for (let i = 0; i < length; i++) if (sample[i] === 0) zeros[i % 2 === 0 ? 0 : 1]++;
  const enough = Math.max(2, length / 100);
  if (zeros[1] >= enough && zeros[0] <= zeros[1] / 20) return 'utf-16le';
  if (zeros[0] >= enough && zeros[1] <= zeros[0] / 20) return 'utf-16be';
  return undefined;
}

/** The encoding of a text file, from its first bytes and whether all of it is UTF-8. */
export function recogniseEncoding(sample: Uint8Array, wholeIsUtf8: boolean): Encoding {
  if (sample[0] === 0xef && sample[1] === 0xbb && sample[2] === 0xbf) return 'utf-8';
  if (sample[0] === 0xff && sample[1] === 0xfe) return 'utf-16le';
  if (sample[0] === 0xfe && sample[1] === 0xff) return 'utf-16be';
  const wide = utf16WithoutMark(sample);
  if (wide) return wide;
  if (wholeIsUtf8) return 'utf-8';
  // A few broken bytes far below do not unmake a beginning that holds real UTF-8 letters.
  const head = sample.subarray(0, sample.length - unfinished(sample));
  return isUtf8(head) && head.some((byte) => byte >= 0x80) ? 'utf-8' : 'windows-1252';
}

const signatures: [name: string, bytes: number[], offset?: number][] = [
  ['an Excel workbook or a ZIP archive', [0x50, 0x4b, 0x03, 0x04]],
  ['an old Excel workbook', [0xd0, 0xcf, 0x11, 0xe0]],
  ['a PNG image', [0x89, 0x50, 0x4e, 0x47]],
  ['a JPEG image', [0xff, 0xd8, 0xff]],
  ['a GIF image', [0x47, 0x49, 0x46, 0x38]],
  ['a WebP image', [0x57, 0x45, 0x42, 0x50], 8],
  ['a PDF document', [0x25, 0x50, 0x44, 0x46, 0x2d]],
  ['a gzip archive', [0x1f, 0x8b]],
];

/** What a file is when it is no text at all: "an Excel workbook …"; undefined for text. */
export function recogniseBinary(sample: Uint8Array): string | undefined {
  const known = signatures.find(([, bytes, offset = 0]) =>
    bytes.every((byte, i) => sample[offset + i] === byte),
  );
  if (known) return known[0];
  if (
    utf16WithoutMark(sample) ||
    (sample[0] === 0xff && sample[1] === 0xfe) ||
    (sample[0] === 0xfe && sample[1] === 0xff)
  )
    return undefined;
  const head = sample.subarray(0, 65_536);
  let controls = 0;
  for (const byte of head) if (byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d) controls++;
  return controls > head.length / 20 ? 'not a text file' : undefined;
}
