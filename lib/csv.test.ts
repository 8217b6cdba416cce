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
