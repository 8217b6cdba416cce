import { uuidv7 } from '../ids';
import { wireAddress } from './address';
import { headerLine, headerText, mailbox } from './header';
import type { EmailMessage } from './provider';
import { forgetLargeTexts, quotedPrintableLimit, writeQuotedPrintable } from './quoted-printable';

/* Writes a message as the bytes that go on the wire (RFC 5322, 2045–2047). */

let scratch = Buffer.allocUnsafe(256 * 1024);
let boundaries = 0;

/** "=_" cannot occur in quoted-printable, so that no part can contain its boundary (RFC 2045 §6.7). */
const newBoundary = (): string => `=_posthaste_${(boundaries++ % 0x7fffffff).toString(36)}`;

const written = new Set(['from', 'to', 'reply-to', 'subject', 'date', 'mime-version']);
const ourOwn = (name: string): boolean => {
  const lower = name.toLowerCase();
  return written.has(lower) || lower.startsWith('content-') || lower === 'bcc';
};

/** Address-like headers hold ASCII already; free text that does not is encoded. */
const isAscii = /^[\t\x20-\x7e]*$/;

/** The fields of a message in the order in which they go out, not yet folded. Addresses that are none stay as given. */
export function headersOf(message: EmailMessage, now = new Date()): [name: string, value: string][] {
  const wire = (address: string): string => wireAddress(address) ?? address;
  const fields: [string, string][] = [
    ['From', mailbox(message.from.name, wire(message.from.address))],
    ['To', mailbox(message.to.name, wire(message.to.address))],
  ];
  if (message.replyTo) fields.push(['Reply-To', wire(message.replyTo)]);
  fields.push(['Subject', headerText(message.subject)]);
  fields.push(['Date', now.toUTCString().replace('GMT', '+0000')]);
  let named = false;
  for (const [name, value] of message.headers) {
    if (ourOwn(name)) continue;
    if (name.toLowerCase() === 'message-id') named = true;
    fields.push([name, isAscii.test(value) ? value : headerText(value)]);
  }
  if (!named) fields.push(['Message-ID', `<${uuidv7()}@${wire(message.from.address).split('@').pop()}>`]);
  fields.push(['MIME-Version', '1.0']);
  return fields;
}

const partHead = (type: string): string =>
  `Content-Type: text/${type}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n`;

/**
 * The whole message: text and HTML as alternatives, or the one that is there. Addresses must have passed `wireAddress`.
 */
export function writeMime(message: EmailMessage, now = new Date()): Buffer {
  let head = '';
  for (const [name, value] of headersOf(message, now)) head += headerLine(name, value);
  const parts: [type: 'plain' | 'html', body: string][] = [];
  if (message.text !== '' || message.html === '') parts.push(['plain', message.text]);
  if (message.html !== '') parts.push(['html', message.html]);
  const single = parts.length === 1;
  const boundary = newBoundary();
  if (!single) head += `Content-Type: multipart/alternative;\r\n boundary="${boundary}"\r\n\r\n`;

  const most = parts.reduce(
    (sum, [, body]) => sum + quotedPrintableLimit(body.length) + 256,
    head.length * 3 + 256,
  );
  if (scratch.length < most) scratch = Buffer.allocUnsafe(most * 2);
  let at = scratch.write(head, 0, 'utf8');
  for (const [type, body] of parts) {
    if (!single) at += scratch.write(`--${boundary}\r\n`, at, 'latin1');
    at += scratch.write(partHead(type), at, 'latin1');
    at = writeQuotedPrintable(body, scratch, at);
    at += scratch.write('\r\n', at, 'latin1');
  }
  if (!single) at += scratch.write(`--${boundary}--\r\n`, at, 'latin1');
  const bytes = Buffer.from(scratch.subarray(0, at));
  if (scratch.length > 4 * 1024 * 1024) scratch = Buffer.allocUnsafe(256 * 1024);
  forgetLargeTexts();
  return bytes;
}
