import { describe, expect, it } from 'vitest';
import { compileMessage } from './compile';
import { findContexts } from './html-context';
import { inspectMessage } from './inspect';
import { htmlToText } from './plain-text';
import { decodeTagsInUrls, freeTagsOfMarkup, splitTags } from './template-tags';
import { html, markdown, renderFor, source, visual } from './testing';

/** Linear code needs a fraction of a second for these; what reads the rest again at each step needs minutes. */
const patience = 5_000;
const fill = (unit: string, length = 400_000) => unit.repeat(Math.floor(length / unit.length));
const compile = (content: Parameters<typeof source>[0]) => compileMessage(source(content));

describe('a long body', { timeout: patience }, () => {
  it('of merge tags in one link is refused with a sentence', async () => {
    const compiled = await compile(html(`<a href="${fill('{{a}}')}">x</a>`));
    expect(compiled.ok ? undefined : compiled.problem.fields?.body).toBe(
      'It has more than 5,000 merge tags. Use fewer, or a loop.',
    );
  });

  it('with as many merge tags as are allowed compiles', async () => {
    const compiled = await compile(html(`<a href="${fill('{{a}}', 20_000)}">x</a>`));
    expect(compiled.ok && compiled.value.html.split('{{a | link_part }}').length).toBe(4_000);
  });

  it.each([
    ['encoded braces', html(fill('%7B'))],
    ['encoded openings', html(fill('%7B%7B'))],
    ['percent signs before tags', visual(fill('%<'))],
    ['percent signs before tags and quotes', visual(fill('%<%<‹'))],
    ['braces before tags', visual(fill('{<'))],
  ])('of %s compiles', async (_, content) => {
    expect((await compile(content)).ok).toBe(true);
  });

  it('of blanks in a tag of a link, or in preformatted text, compiles', async () => {
    const blanks = fill(' ', 100_000);
    const compiled = await compile(
      html(`<a href="x{{ a | append: '${blanks}' }}">x</a><pre>${blanks}x</pre>`),
    );
    expect(compiled.ok).toBe(true);
  });

  it.each([
    '[a](',
    '[a](<b',
    '![',
    '[![a](b)](',
    '*a_ ',
    '*a **a ',
    '*[a](',
    '[',
    '](a)',
    '> - ',
    '>',
    '<a "',
    '<!--',
    '`a',
    '[a]: b "c\n',
    'a_b.c-',
    'http://',
    'www.',
    'www.a',
    '<body',
    '<body>',
    '<p',
    'a|',
    '\\',
  ])('of %j in Markdown is compiled and inspected, or refused', async (unit) => {
    const compiled = await compile(markdown(fill(unit, 200_000)));
    expect([true, 'It is longer than a million characters. Shorten it.']).toContain(
      compiled.ok ? inspectMessage(compiled.value).bytes > 1_000 : compiled.problem.fields?.body,
    );
  });

  it.each(['<body', '<body>', '<body "', '<body>\n</html', '<html>'])(
    'of %j in HTML is completed',
    async (unit) => {
      const compiled = await compile(html(fill(unit, 200_000)));
      expect(compiled.ok && compiled.value.html).toContain('1 Main Street');
    },
  );

  it('with one condition of many words is inspected', async () => {
    const compiled = await compile(html(`{% if a${fill(' and a', 100_000)} %}b{% endif %}`));
    if (!compiled.ok) throw new Error(compiled.problem.message);
    expect(inspectMessage(compiled.value).links).toEqual(['{{ unsubscribe_url }}']);
  });

  it('of openings in {% raw %} is text up to its end', () => {
    for (const unit of ['{{ ', '{% ', '{%endraw ']) {
      const text = fill(unit);
      const pieces = splitTags(`{% raw %}${text}}}%}{%-\u00a0endraw&nbsp;-%}{{ a }}`);
      expect(pieces.map((piece) => (typeof piece === 'string' ? piece.length : piece.inner))).toEqual([
        'raw',
        text.length + 4,
        'endraw',
        'a',
      ]);
    }
  });
});

describe('the parts that read a body', { timeout: patience }, () => {
  it('find the place of each of many words in one link', () => {
    const words = Array.from({ length: 50_000 }, (_, index) => `tag${index}z`);
    const contexts = findContexts(`<a href=" ${words.join('')}">`, /tag(\d+)z/g, (index) => index < 49_990);
    expect([contexts.get(0), contexts.get(49_990), contexts.get(49_991)]).toEqual(['url', 'url', 'url-part']);
    expect(contexts.size).toBe(50_000);
  });

  it('decode each tag of an address, and leave what is none', () => {
    expect(decodeTagsInUrls('/%7B%7Ba%7D%7D/%7b%25 b %7B%7B%7D%7D-%7B%7B%FF%7D%7D%7B%7B')).toBe(
      '/{{a}}/%7b%25 b {{}}-%7B%7B%FF%7D%7D%7B%7B',
    );
  });

  it('free tags of markup that stands in them', () => {
    expect(freeTagsOfMarkup('{<b>{ a }</b>} {{ x_<i>y</i> }} {<b>% if %</b>}')).toBe(
      '<b>{{ a }}</b> {{ x_y }}<i></i> <b>{% if %}</b>',
    );
  });

  it('cut text that is nested deeper than any reader would see, instead of failing', () => {
    expect(htmlToText(`a${fill('<div>', 100_000)}b`)).toBe('a\n…\n');
  });
});

describe('a link without quotes', () => {
  it.each(['javascript:alert(1)', ' java\nscript:alert(1)', 'data:text/html,x'])(
    'leads nowhere for the value %j, in both parts',
    async (site) => {
      const out = await renderFor(html('<a href={{ site }}>go</a>'), { attributes: { site } });
      expect(out.html).toContain('<a href=#>go</a>');
      expect(out.text).toContain('go <#>');
      expect(out.html + out.text).not.toContain('alert(1)');
    },
  );

  it('may be a web address, which can end neither the value nor the tag', async () => {
    const out = await renderFor(html('<a href={{ site }} class={{ site }}>go</a><a href=/{{ site }}>b</a>'), {
      attributes: { site: 'https://example.com/a b?c=d&e=>"\'`' },
    });
    expect(out.html).toContain('<a href=https://example.com/a%20b?c=d&amp;e=%3E%22%27%60 class=');
    expect(out.text).toContain('go <https://example.com/a%20b?c=d&e=%3E%22%27%60>');
    expect(out.html).toContain('<a href=/https%3A%2F%2Fexample.com%2Fa%20b%3F');
  });

  it('is not ended by a quote in it', async () => {
    const out = await renderFor(html('<p class=a"title="{{ x }}">b</p>'), {
      attributes: { x: 'x onclick=alert(1)' },
    });
    expect(out.html).toContain('<p class=a"title="xonclickalert1">b</p>');
  });
});
