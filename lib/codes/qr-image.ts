import { crc32, deflateSync } from 'node:zlib';
import encodeQR from 'qr';

/*
 * QR codes (ISO/IEC 18004) as images: black on white, because many scanners know no other, with the quiet zone of four modules
 * that the standard asks for (§6.3.8). Level M: 15 % may be dirty or torn.
 */

const quiet = 4;

const modulesOf = (text: string): boolean[][] => encodeQR(text, 'raw', { ecc: 'medium', border: quiet });

/** An SVG element without a size of its own. */
export function qrSvg(text: string, label: string): string {
  const rows = modulesOf(text);
  let path = '';
  rows.forEach((row, y) => {
    for (let x = 0; x < row.length; x++) {
      if (!row[x]) continue;
      const from = x;
      while (row[x + 1]) x++;
      path += `M${from} ${y}h${x + 1 - from}v1h-${x + 1 - from}z`;
    }
  });
  const size = rows.length;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size} ${size}" shape-rendering="crispEdges" role="img" aria-label="${label}"><path fill="#fff" d="M0 0h${size}v${size}H0z"/><path fill="#000" d="${path}"/></svg>`;
}

/** Pixels a module: sharp also on screens of three pixels a point. */
const scale = 14;

/** A PNG (W3C PNG, 3rd edition) of one bit a pixel. */
export function qrPng(text: string): Uint8Array<ArrayBuffer> {
  const rows = modulesOf(text);
  const size = rows.length * scale;
  const lineBytes = 1 + Math.ceil(size / 8); // each line begins with its filter: 0, none
  const pixels = new Uint8Array(lineBytes * size);
  rows.forEach((row, y) => {
    const line = new Uint8Array(lineBytes);
    for (let x = 0; x < size; x++) {
      const at = 1 + (x >> 3);
      if (!row[Math.floor(x / scale)]) line[at] = (line[at] ?? 0) | (0x80 >> (x & 7)); // 0 is black
    }
    for (let n = 0; n < scale; n++) pixels.set(line, (y * scale + n) * lineBytes);
  });
  const header = Buffer.alloc(13);
  header.writeUInt32BE(size, 0);
  header.writeUInt32BE(size, 4);
  header[8] = 1; // bits a pixel, of grey (colour type 0)
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const chunks = [chunk('IHDR', header), chunk('IDAT', deflateSync(pixels)), chunk('IEND', Buffer.alloc(0))];
  return new Uint8Array(Buffer.concat([signature, ...chunks]));
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const whole = Buffer.alloc(body.length + 8);
  whole.writeUInt32BE(data.length, 0);
  body.copy(whole, 4);
  whole.writeUInt32BE(crc32(body), body.length + 4);
  return whole;
}
