import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CsvReader, type Delimiter, delimiters } from './csv-reader';
import { type Encoding, encodings, Utf8Check } from './encoding';
import { recognise } from './recognise';

const table = 'E-Mail;Vorname;Straße\r\nzoë@example.com;Zoë;Große Gasse 1\r\nann@example.com;Ann;\r\n';

function encode(text: string, encoding: Encoding, mark: boolean): Buffer {
  if (encoding === 'windows-1252') return Buffer.from(text, 'latin1');
  const marked = mark ? `\ufeff${text}` : text;
  if (encoding === 'utf-8') return Buffer.from(marked);
  const little = Buffer.from(marked, 'utf16le');
  return encoding === 'utf-16le' ? little : little.swap16();
}

function look(bytes: Buffer, choice = {}) {
  const check = new Utf8Check();
  check.add(bytes);
  return recognise({ bytes, whole: true, isUtf8: check.isValid() }, choice);
}

describe('encodings', () => {
  for (const encoding of encodings)
    for (const mark of encoding === 'windows-1252' ? [false] : [true, false])
      test(`${encoding}, ${mark ? 'with' : 'without'} a mark`, () => {
        const found = look(encode(table, encoding, mark));
        expect(found).toMatchObject({
          value: {
            settings: {
              encoding,
              delimiter: ';',
              header: true,
              names: ['E-Mail', 'Vorname', 'Straße'],
              columns: ['email', 'first_name', { attribute: 'strasse' }],
            },
            rows: [
              ['zoë@example.com', 'Zoë', 'Große Gasse 1'],
              ['ann@example.com', 'Ann', ''],
            ],
          },
        });
      });

  test('a check of pieces is the check of the whole', () =>
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array(),
          fc.string({ unit: 'binary' }).map((text) => Buffer.from(text)),
        ),
        fc.nat(20),
        (bytes, cut) => {
          const whole = new Utf8Check();
          whole.add(Buffer.from(bytes));
          const parts = new Utf8Check();
          parts.add(Buffer.from(bytes.subarray(0, cut)));
          parts.add(Buffer.from(bytes.subarray(cut)));
          expect(parts.isValid()).toBe(whole.isValid());
        },
      ),
    ));
});

describe('delimiters, headers and columns', () => {
  for (const delimiter of delimiters)
    test(`cells parted by ${JSON.stringify(delimiter)}`, () => {
      const text = table.replaceAll(';', delimiter);
      expect(look(Buffer.from(text))).toMatchObject({ value: { settings: { delimiter } } });
    });

  const columns = (text: string) => {
    const found = look(Buffer.from(text));
    return found.ok ? found.value.settings.columns : found.problem;
  };

  test('the delimiter that Excel names', () =>
    expect(columns('sep=|\nemail|a,b,c\nx@example.com|1,2,3\n')).toEqual(['email', { attribute: 'a_b_c' }]));

  test('a first line that is a contact already', () =>
    expect(
      look(Buffer.from('Ann,ann@example.com,+49 151 59965595\nBob,bob@example.com,+49 151 59965596\n')),
    ).toMatchObject({
      value: {
        settings: {
          header: false,
          names: ['Column 1', 'Column 2', 'Column 3'],
          columns: [{ attribute: 'column_1' }, 'email', 'phone'],
        },
        rows: [
          ['Ann', 'ann@example.com', '+49 151 59965595'],
          ['Bob', 'bob@example.com', '+49 151 59965596'],
        ],
      },
    }));

  test('French and Spanish headers', () => {
    expect(columns('Prénom;Nom;Adresse e-mail;Téléphone;Pays\n')).toEqual([
      'first_name',
      'last_name',
      'email',
      'phone',
      'country',
    ]);
    expect(columns('Nombre;Apellidos;Correo electrónico;Teléfono móvil;País\n')).toEqual([
      'first_name',
      'last_name',
      'email',
      'phone',
      'country',
    ]);
  });

  test('Mailchimp: a postal address is no e-mail address, and nothing is given twice', () => {
    const header =
      'Email Address,First Name,Last Name,Address,Phone Number,Birthday,MEMBER_RATING,TIMEZONE,CC,TAGS,Email';
    expect(
      columns(
        `${header}\na@example.com,A,B,1 Main St,+14155550128,01/02,2,Europe/Berlin,DE,VIP,b@example.com\n`,
      ),
    ).toEqual([
      'email',
      'first_name',
      'last_name',
      { attribute: 'address' },
      'phone',
      { attribute: 'birthday' },
      { attribute: 'member_rating' },
      'time_zone',
      'country',
      { attribute: 'tags' },
      { attribute: 'email' },
    ]);
  });

  test('a person can choose otherwise', () =>
    expect(look(Buffer.from(table), { delimiter: ',', header: false })).toMatchObject({
      value: { settings: { delimiter: ',', header: false, names: ['Column 1'] } },
    }));
});

describe('the reader', () => {
  const read = (text: string, delimiter: Delimiter, piece: number) => {
    const reader = new CsvReader(delimiter);
    const records = [];
    for (let at = 0; at < text.length; at += piece) records.push(...reader.push(text.slice(at, at + piece)));
    return [...records, ...reader.end()];
  };
  const cell = fc.string({ unit: fc.constantFrom('a', 'é', '"', ',', ';', '\n', '\r\n', ' ', '東', '=') });

  test('reads what was written, as csv-parse does, however it is cut', () =>
    fc.assert(
      fc.property(
        fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { maxLength: 8 }),
        fc.constantFrom(...delimiters),
        fc.integer({ min: 1, max: 40 }),
        (rows, delimiter, piece) => {
          const text = rows
            .map((row) => row.map((value) => `"${value.replaceAll('"', '""')}"`).join(delimiter))
            .join('\r\n');
          const filled = (fields: string[]) => fields.some((field) => field.trim() !== '');
          const right: string[][] = parse(text, { delimiter, relax_column_count: true });
          expect(read(text, delimiter, piece)).toEqual(right.filter(filled).map((fields) => ({ fields })));
        },
      ),
    ));

  test('random text: the same records however it is cut, and never an error', () =>
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r', ' ', '\0') }),
        fc.integer({ min: 1, max: 9 }),
        (text, piece) => {
          expect(read(text, ',', piece)).toEqual(read(text, ',', 1e9));
        },
      ),
      { numRuns: 500 },
    ));

  test('an unclosed quote costs its own line', () =>
    expect(read('a,b\n"c,d\ne,f', ',', 3)).toEqual([
      { fields: ['a', 'b'] },
      { fields: ['"c', 'd'], problem: 'unclosed_quote' },
      { fields: ['e', 'f'] },
    ]));

  test('lines of old Macs', () =>
    expect(read('a,b\rc,d\r', ',', 100)).toEqual([{ fields: ['a', 'b'] }, { fields: ['c', 'd'] }]));
});

test('random bytes never crash the recognition', () =>
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 500 }),
      fc.constantFrom(undefined, ...encodings),
      fc.constantFrom(undefined, ...delimiters),
      (bytes, encoding, delimiter) => {
        const found = look(Buffer.from(bytes), { encoding, delimiter });
        if (found.ok) expect(found.value.settings.columns).toHaveLength(found.value.settings.names.length);
        else expect(found.problem.message).toMatch(/[.]$/);
      },
    ),
    { numRuns: 500 },
  ));
