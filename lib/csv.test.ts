import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { csvLine, csvResponse, safeCell } from './csv';

describe('cells for spreadsheets', () => {
  const cases: [string, string][] = [
    ['=1+1', "'=1+1"],
    ['+1+1', "'+1+1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['-5.20', '-5.20'],
    ['+4915159965595', '+4915159965595'],
    ['x;=HYPERLINK("a")', '"x;\'=HYPERLINK(""a"")"'],
    ['plain', 'plain'],
  ];
  for (const [text, safe] of cases) test(text, () => expect(safeCell(text)).toBe(safe));
});

test('no cell begins a formula, whatever delimiter a program cuts at; and a line reads back as its cells', () => {
  const hostile = fc.array(
    fc.constantFrom('=', '+', '-', '@', '"', "'", ',', ';', '|', '\t', '\r', '\n', ' ', 'A1', '1'),
  );
  const cell = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    hostile.map((parts) => parts.join('')),
  );
  fc.assert(
    fc.property(
      fc.array(cell, { minLength: 1, maxLength: 4 }),
      fc.constantFrom(',', ';'),
      (cells, delimiter) => {
        const line = csvLine(cells, delimiter);
        const [read = []] = parse(line, { delimiter, relax_column_count: true, record_delimiter: '\r\n' });
        expect(read).toHaveLength(cells.length);
        for (const [at, text] of read.entries()) {
          expect(text.replace(/'/g, '')).toBe(cells[at]?.replace(/'/g, ''));
          const isNumber = (part: string) => /^\s*"?\s*[+-]?\d[\d .()]*"?\s*$/.test(part);
          const [first = '', ...others] = text.split(/[,;|\t\r\n]/);
          if (!isNumber(first)) expect(first).not.toMatch(/^\s*[=+\-@]/);
          for (const part of others) expect(part).not.toMatch(/^[\s"]*[=+\-@]/);
        }
      },
    ),
    { numRuns: 500 },
  );
});

test('a line of other delimiters is quoted all the same', () => {
  expect(csvLine(['a', 'b,c', '=1'], ';')).toBe(`a;"b,c";'=1\r\n`);
});

test('a download names its file in both ways, and stops the reading when nobody listens', async () => {
  let ended = false;
  async function* pieces() {
    try {
      for (;;) yield 'a,b\r\n';
    } finally {
      ended = true;
    }
  }
  const response = csvResponse('Größe "1".csv', pieces());
  expect(response.headers.get('Content-Disposition')).toBe(
    `attachment; filename="Gr_e_1_.csv"; filename*=UTF-8''Gr%C3%B6%C3%9Fe%20%221%22.csv`,
  );
  await response.body?.cancel();

  ended = false;
  const reader = csvResponse('a.csv', pieces()).body?.getReader();
  expect(new TextDecoder().decode((await reader?.read())?.value)).toBe('a,b\r\n');
  await reader?.cancel();
  expect(ended).toBe(true);
});
