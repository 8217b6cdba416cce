import { inflateSync } from 'node:zlib';
import jsQR from 'jsqr';
import { expect, test } from 'vitest';
import { CampaignId, newId } from '../ids';
import { newCode, sampleCode } from './code';
import { campaignRef, codeUrl } from './code-links';
import { qrPng, qrSvg } from './qr-image';

/* Read by another implementation than the one that wrote them. */

type Picture = { pixels: Uint8ClampedArray; size: number };

/** Our own kind of PNG: one bit a pixel, no filters. */
function readPng(png: Uint8Array): Picture {
  const bytes = Buffer.from(png);
  const chunks = new Map<string, Buffer>();
  for (let at = 8; at < bytes.length; ) {
    const length = bytes.readUInt32BE(at);
    chunks.set(bytes.toString('latin1', at + 4, at + 8), bytes.subarray(at + 8, at + 8 + length));
    at += length + 12;
  }
  const size = chunks.get('IHDR')?.readUInt32BE(0) ?? expect.fail('it has no header');
  const lines = inflateSync(chunks.get('IDAT') ?? expect.fail('it has no pixels'));
  const lineBytes = 1 + Math.ceil(size / 8);
  return paint(size, (x, y) => ((lines[y * lineBytes + 1 + (x >> 3)] ?? 0) & (0x80 >> (x & 7))) === 0);
}

/** The black path of the SVG, five pixels a module. */
function readSvg(svg: string): Picture {
  const modules = Number(/viewBox="0 0 (\d+)/.exec(svg)?.[1]);
  const black = new Set<string>();
  for (const [, x, y, width] of svg.matchAll(/M(\d+) (\d+)h(\d+)v1h-\d+z/g))
    for (let step = 0; step < Number(width); step++) black.add(`${Number(x) + step} ${y}`);
  return paint(modules * 5, (x, y) => black.has(`${Math.floor(x / 5)} ${Math.floor(y / 5)}`));
}

function paint(size: number, isBlack: (x: number, y: number) => boolean): Picture {
  const pixels = new Uint8ClampedArray(size * size * 4).fill(255);
  for (let y = 0; y < size; y++)
    for (let x = 0; x < size; x++)
      if (isBlack(x, y)) pixels.fill(0, (y * size + x) * 4, (y * size + x) * 4 + 3);
  return { pixels, size };
}

const decode = ({ pixels, size }: Picture) => jsQR(pixels, size, size)?.data;

test('an image decodes back to the address of its page', () => {
  const urls = [codeUrl(sampleCode)];
  for (let n = 0; n < 20; n++) urls.push(codeUrl(newCode(), campaignRef(newId(CampaignId))));
  for (const url of urls) {
    expect(decode(readPng(qrPng(url)))).toBe(url);
    expect(decode(readSvg(qrSvg(url, 'QR code')))).toBe(url);
  }
});

test('an image is small, and is made in a few milliseconds', () => {
  const url = `https://a-rather-long-name.mail.example.com/q/${newCode()}?c=0123abcd`;
  expect(qrPng(url).length).toBeLessThan(3000);
  expect(qrSvg(url, 'QR code').length).toBeLessThan(20_000);
  const started = performance.now();
  for (let n = 0; n < 20; n++) qrPng(url);
  expect((performance.now() - started) / 20).toBeLessThan(50);
});
