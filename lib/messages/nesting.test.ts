import { expect, test } from 'vitest';
import { compileMessage } from './compile';
import { isNestedDeeper } from './nesting';

const company = { name: 'Bakery', postalAddress: '1 Mill Lane' };

test.each<[string, boolean, string]>([
  ['divs that are never closed', true, '<div>'.repeat(1001)],
  ['as many as may be', false, '<div>'.repeat(1000)],
  ['divs that are closed', false, '<div></div>'.repeat(100_000)],
  ['paragraphs that end by themselves', false, '<p>Bread'.repeat(100_000)],
  ['rows that end by themselves', false, `<table>${'<tr><td>a<td>b'.repeat(100_000)}</table>`],
  ['a list that ends by itself', false, `<ul>${'<li>a'.repeat(100_000)}`],
  ['lists in lists', true, '<ul><li>'.repeat(1000)],
  ['line breaks and pictures', false, '<br><img src="a.png"><hr/>'.repeat(100_000)],
  ['a comment', false, `<!-- ${'<div>'.repeat(5000)} -->`],
  ['an attribute that looks like tags', false, `<a title="${'<div>'.repeat(5000)}">x</a>`],
  ['ends of what was never begun', false, '</div>'.repeat(100_000)],
  ['tags in capitals', true, '<DIV>'.repeat(1001)],
  ['pairs that do not end each other', true, '<td><li>'.repeat(1000)],
])('%s: deeper than may be: %s', (_what, deeper, html) => {
  expect(isNestedDeeper(html, 1000)).toBe(deeper);
});

test('a message that is nested too deeply is refused with a sentence, before anything parses it', async () => {
  for (const piece of ['<div>', '<b>', '<ul><li>', '<table><tr><td>']) {
    const body = piece.repeat(Math.floor(900_000 / piece.length));
    const compiled = await compileMessage({
      ...{ subject: 'Hi', preheader: '', content: { format: 'html', body }, company },
    });
    expect(compiled).toMatchObject({
      ok: false,
      problem: { code: 'invalid', fields: { body: expect.stringContaining('1,000 deep') } },
    });
  }
});
