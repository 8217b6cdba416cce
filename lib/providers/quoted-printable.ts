/*
 * Quoted-printable (RFC 2045 §6.7) of a text's UTF-8 by one pass over its code units: this and the socket are where the
 * time of a large campaign goes, so it writes into a buffer that the caller gives it, and plain text takes the inner loop.
 */

const hex = Buffer.from('0123456789ABCDEF');
const [tab, lf, cr, space, dot, equals] = [0x09, 0x0a, 0x0d, 0x20, 0x2e, 0x3d];
const longestLine = 75;

/** 1 for bytes that stand for themselves within a line; white space must not stand at its end. */
const plain = new Uint8Array(0x10000);
plain.fill(1, 32, 127);
plain[equals] = 0;
plain[tab] = 1;

/** The most bytes that text of this length can take: three for each of three, and a soft break for every 72. */
export const quotedPrintableLimit = (length: number): number => length * 9 + Math.ceil(length / 8) * 3 + 4;

/** A text's code units; a copy of them is far quicker to read than the text itself, and than its UTF-8 to make. */
let units = new Uint16Array(64 * 1024);
function unitsOf(text: string): Uint16Array {
  if (units.length < text.length) units = new Uint16Array(text.length * 2);
  Buffer.from(units.buffer).write(text, 'utf16le');
  return units;
}

/** Gives back what one exceptionally large text took. */
export function forgetLargeTexts(): void {
  if (units.length > 1024 * 1024) units = new Uint16Array(64 * 1024);
}

/** Where in `out` the writer is, and where the line begins there. */
let at = 0;
let start = 0;

function breakLine(out: Uint8Array, soft: boolean): void {
  if (soft) out[at++] = equals;
  out[at++] = cr;
  out[at++] = lf;
  start = at;
}

function escapeByte(byte: number, out: Uint8Array): void {
  if (at - start + 3 > longestLine) breakLine(out, true);
  out[at++] = equals;
  out[at++] = hex[byte >> 4] ?? 0;
  out[at++] = hex[byte & 15] ?? 0;
}

/** White space must not end a line: it is written again, escaped. */
function endLine(out: Uint8Array): void {
  const last = out[at - 1] ?? 0;
  if (at === start || (last !== space && last !== tab)) return;
  at--;
  escapeByte(last, out);
}

/** A character as UTF-8; what is half of none as U+FFFD, like everywhere else. */
function escapeCharacter(code: number, out: Uint8Array): void {
  if (code < 0x80) {
    escapeByte(code, out);
    return;
  }
  if (code < 0x800) escapeByte(0xc0 | (code >> 6), out);
  else {
    if (code < 0x10000) escapeByte(0xe0 | (code >> 12), out);
    else {
      escapeByte(0xf0 | (code >> 18), out);
      escapeByte(0x80 | ((code >> 12) & 63), out);
    }
    escapeByte(0x80 | ((code >> 6) & 63), out);
  }
  escapeByte(0x80 | (code & 63), out);
}

/**
 * Writes `text` into `out` from `offset`; answers where it ended. Every kind of line end becomes CRLF, no line is longer
 * than 76, no white space stands at the end of one, and none begins with a dot, which SMTP would have to double.
 */
export function writeQuotedPrintable(text: string, out: Uint8Array, offset: number): number {
  const input = unitsOf(text);
  const length = text.length;
  at = offset;
  start = offset;
  let i = 0;
  while (i < length) {
    const unit = input[i] ?? 0;
    if (unit === lf || unit === cr) {
      i += unit === cr && i + 1 < length && input[i + 1] === lf ? 2 : 1;
      endLine(out);
      breakLine(out, false);
      continue;
    }
    if (at - start >= longestLine) breakLine(out, true);
    if (plain[unit] === 1 && !(unit === dot && at === start)) {
      const shift = at - i;
      const stop = Math.min(length, i + longestLine - (at - start));
      for (; i < stop; i++) {
        const next = input[i] ?? 0;
        if (plain[next] !== 1) break;
        out[i + shift] = next;
      }
      at = i + shift;
      continue;
    }
    i++;
    if (unit < 0xd800 || unit > 0xdfff) escapeCharacter(unit, out);
    else {
      const next = i < length ? (input[i] ?? 0) : 0;
      const isPair = unit < 0xdc00 && next >= 0xdc00 && next <= 0xdfff;
      if (isPair) i++;
      escapeCharacter(isPair ? 0x10000 + ((unit - 0xd800) << 10) + (next - 0xdc00) : 0xfffd, out);
    }
  }
  endLine(out);
  return at;
}
