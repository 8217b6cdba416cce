import fc from 'fast-check';
import PostalMime from 'postal-mime';
import { describe, expect, it } from 'vitest';
import { wireAddress } from './address';
import { writeMime } from './mime';
import { quotedPrintableLimit, writeQuotedPrintable } from './quoted-printable';
import { testMessage } from './testing-message';

const parse = (bytes: Buffer) => PostalMime.parse(bytes);
const lines = (bytes: Buffer): string[] => bytes.toString('utf8').split('\r\n');
const unified = (text: string): string => text.toWellFormed().replace(/\r\n|\r/g, '\n');
const asOneLine = (text: string): string => text.toWellFormed().replace(/\p{Cc}+/gu, ' ');

/** Text with everything that has broken mail before. */
const hostile = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary', maxLength: 30 }),
      fc.constantFrom(
        '\r\n',
        '\n',
        '\r',
        '.',
        '..',
        '=',
        '=3D',
        ' ',
        '\t',
        '"',
        '\\',
        '<',
        '>',
        ',',
        '=?UTF-8?Q?x?=',
        'é',
        '日本',
        '👩‍👩‍👧',
        'From ',
        '\0',
        '--=_posthaste_0',
        'x'.repeat(200),
      ),
    ),
    { maxLength: 25 },
  )
  .map((parts) => parts.join(''));

describe('a written message', () => {
  it('reads back as it was meant', async () => {
    const message = testMessage('jürgen@münchen.example', {
      from: { name: 'Bäckerei "Korn", Müller & Söhne', address: 'news@bäckerei.example' },
      to: { name: 'Jürgen O’Neil', address: 'juergen@münchen.example' },
      replyTo: 'answers@example.com',
      subject: 'Frische Brötchen für dich – und nur für dich, denn du bist unser bester Kunde aus München 🥐',
      html: '<p>Grüße\nund = und .\n.\n..</p>',
      text: 'Grüße   \n.\nFrom here on\n',
      headers: [
        [
          'Message-ID',
          '<a-very-long-identifier-0123456789-0123456789-0123456789-0123456789-0123456789@example.com>',
        ],
        ['List-Unsubscribe', '<https://example.com/u/x>, <mailto:u@example.com?subject=x>'],
      ],
    });
    const bytes = writeMime(message, new Date(Date.UTC(2026, 10, 22, 8, 5, 9)));
    const mail = await parse(bytes);
    expect(mail.from).toMatchObject({ name: message.from.name, address: 'news@xn--bckerei-5wa.example' });
    expect(mail.to).toMatchObject([{ name: 'Jürgen O’Neil', address: 'juergen@xn--mnchen-3ya.example' }]);
    expect(mail.replyTo).toMatchObject([{ address: 'answers@example.com' }]);
    expect(mail.subject).toBe(message.subject);
    expect(mail.messageId).toBe(message.headers[0]?.[1]);
    expect(mail.html).toBe(`${message.html}\n`);
    expect(mail.text?.trimEnd()).toBe(message.text.trimEnd());
    expect(bytes.toString('latin1')).toContain('\r\nDate: Sun, 22 Nov 2026 08:05:09 +0000\r\n');
  });

  it('holds no line over 76 but where a value cannot be folded, and nothing but ASCII', async () => {
    await fc.assert(
      fc.asyncProperty(hostile, hostile, hostile, async (subject, name, body) => {
        const bytes = writeMime(
          testMessage('bob@example.net', {
            subject,
            from: { name, address: 'ann@example.com' },
            text: body,
            html: body,
          }),
        );
        for (const line of lines(bytes)) {
          expect(line).toMatch(/^[\t\x20-\x7e]*$/);
          expect(line.length).toBeLessThanOrEqual(998);
        }
        const [, ...parts] = bytes.toString('latin1').split('quoted-printable\r\n\r\n');
        for (const line of parts.flatMap((part) => part.split('\r\n')))
          expect(line.length).toBeLessThanOrEqual(76);
      }),
    );
  });

  it('reads back whatever people typed, and nothing of it becomes a header, a part or an address', async () => {
    await fc.assert(
      fc.asyncProperty(hostile, hostile, hostile, hostile, async (subject, name, text, html) => {
        const message = testMessage('bob@example.net', {
          subject,
          from: { name, address: 'ann@example.com' },
          to: { name, address: 'bob@example.net' },
          text: `${text}|`,
          html: `${html}|`,
        });
        const mail = await parse(writeMime(message));
        expect(mail.headers.map((header) => header.key)).toEqual([
          'from',
          'to',
          'subject',
          'date',
          'message-id',
          'mime-version',
          'content-type',
        ]);
        expect(mail.from?.address).toBe('ann@example.com');
        expect(mail.to?.map((to) => to.address)).toEqual(['bob@example.net']);
        expect((mail.subject ?? '').trim()).toBe(asOneLine(subject).trim());
        expect(mail.attachments).toEqual([]);
        expect(mail.text).toBe(`${unified(text)}|\n`);
        expect(mail.html).toBe(`${unified(html)}|\n`);
      }),
    );
  });

  it('lets no header of a caller double, forge or break one of ours', async () => {
    const bytes = writeMime(
      testMessage('bob@example.net', {
        headers: [
          ['Bcc', 'eve@example.org'],
          ['Content-Type', 'text/plain'],
          ['X-Note', 'a\r\nBcc: eve@example.org'],
        ],
      }),
    );
    const mail = await parse(bytes);
    expect(mail.bcc ?? []).toEqual([]);
    expect(mail.headers.find((header) => header.key === 'x-note')?.value).toBe('a Bcc: eve@example.org');
    expect(mail.headers.filter((header) => header.key === 'content-type')).toHaveLength(1);
    expect(() => writeMime(testMessage('bob@example.net', { headers: [['X: Y\r\nBcc', 'x']] }))).toThrow(
      'no header name',
    );
  });

  it('is one part when there is only one', async () => {
    const mail = await parse(writeMime(testMessage('bob@example.net', { html: '', text: 'Only text' })));
    expect(mail.text).toBe('Only text\n');
    expect(mail.html).toBeUndefined();
  });
});

describe('quoted-printable', () => {
  it('never needs more room than it says', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 600 }), (input) => {
        const out = new Uint8Array(quotedPrintableLimit(input.length));
        const end = writeQuotedPrintable(input, out, 0);
        expect(end).toBeLessThanOrEqual(out.length);
      }),
    );
  });
});

describe('an address on the wire', () => {
  it.each([
    ['bob@example.net', 'bob@example.net'],
    ['Bob.O+tag@Example.NET', 'Bob.O+tag@Example.NET'],
    ['bob@münchen.example', 'bob@xn--mnchen-3ya.example'],
    ['bücher@example.net', 'bücher@example.net'],
  ])('%s → %s', (address, wire) => expect(wireAddress(address)).toBe(wire));

  it.each([
    '',
    'bob',
    '@example.net',
    'bob@',
    'a b@example.net',
    'a@b@example.net',
    'bob@example.net\r\nRCPT TO:<x@y>',
    'bob@exa mple.net',
    'bob@[127.0.0.1]',
    '"a"@example.net',
    'a<b@example.net',
    'a,b@example.net',
    'bob@-example.net',
    'bob@example.net>',
  ])('%j is none', (address) => expect(wireAddress(address)).toBeNull());
});
