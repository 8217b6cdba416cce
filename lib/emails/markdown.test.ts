import { expect, it } from 'vitest';
import { markdownToHtml } from './markdown';

/** The elements without what only styles them. */
const plain = (markdown: string) =>
  markdownToHtml(markdown)
    .replace(/ style="[^"]*"/g, '')
    .trim();

it('gives every element the style that mail programs need', () => {
  const out = markdownToHtml(
    '# A\n\nb `c` [d](https://example.com)\n\n- e\n\n> f\n\n```js\ng<\n```\n\n    h\n\n---\n\n![i](/j.png)',
  );
  const bare = [...out.matchAll(/<(?!\/)([a-z0-9]+)(?![^>]* style=)[^>]*>/g)].map((match) => match[1]);
  expect(bare).toEqual(['code', 'code']); // inside of pre, which has the style
  expect(out.match(/<pre style="[^"]*white-space:pre-wrap[^"]*"><code>/g)).toHaveLength(2);
  expect(out).toContain('g&lt;');
});

it('writes tables whose columns are aligned as the author said', () => {
  const out = markdownToHtml('a | b\n--|-:\n1 | 2');
  expect(out).toContain('<table width="100%" cellpadding="0" cellspacing="0" style="');
  expect(out).toMatch(/text-align:left">1<\/td>\s*<td style="[^"]*text-align:right">2</);
});

it('makes links of bare addresses, and only of those that are surely meant as one', () => {
  expect(plain('https://example.com/a?b=c. www.example.com/d, ann@example.com')).toBe(
    '<p><a href="https://example.com/a?b=c">https://example.com/a?b=c</a>. <a href="http://www.example.com/d">www.example.com/d</a>, <a href="mailto:ann@example.com">ann@example.com</a></p>',
  );
  expect(plain('Rest.in //peace Node.is www.')).toBe('<p>Rest.in //peace Node.is www.</p>');
});

it('keeps HTML as it is', () => {
  expect(plain('<center>\n<b>a</b>\n</center>\n\nx <i class="y">z</i>')).toBe(
    '<center>\n<b>a</b>\n</center>\n<p>x <i class="y">z</i></p>',
  );
});
