import { describe, expect, it } from 'vitest';
import { compileMessage } from './compile';
import { mergeValuesOf } from './merge-values';
import { prepareMessage } from './prepare';
import { company, contact, html, markdown, source, unsubscribe, visual } from './testing';

const tracking = 'https://mail.example.com/t/TOKEN';

async function compiled(content: Parameters<typeof source>[0]) {
  const result = await compileMessage(source(content));
  if (!result.ok) throw new Error(result.problem.message);
  return result.value;
}

/** Where the links of the message lead to somebody whose message is tracked. */
async function tracked(content: Parameters<typeof source>[0], attributes = {}) {
  const message = await compiled(content);
  const values = mergeValuesOf(contact({ attributes }), { unsubscribe, tracking }, company);
  const rendered = prepareMessage(message).render(values);
  if (!rendered.ok) throw new Error(rendered.problem.message);
  const hrefs = [...rendered.value.html.matchAll(/href="?([^">]*)/g)].map(([, href]) => href);
  return { links: message.links, hrefs, ...rendered.value };
}

describe('a tracked message', () => {
  it('leads through the product by a number for each address, and keeps the addresses apart', async () => {
    for (const content of [
      html('<a href="https://example.com/a?x=1&amp;y=2">a</a> <a href=https://example.com/b>b</a>'),
      markdown('[a](https://example.com/a?x=1&y=2) [b](https://example.com/b)'),
      visual(
        '<p><a href="https://example.com/a?x=1&amp;y=2">a</a> <a href="https://example.com/b">b</a></p>',
      ),
    ]) {
      const { links, hrefs } = await tracked(content);
      expect(links).toEqual(['https://example.com/a?x=1&y=2', 'https://example.com/b']);
      expect(hrefs.slice(0, 2)).toEqual([`${tracking}/1`, `${tracking}/2`]);
    }
  });

  it('has one number for an address that comes again, and a pixel at the end of its body', async () => {
    const {
      links,
      hrefs,
      html: out,
    } = await tracked(
      html(
        '<html><body><a href="https://example.com">a</a><a href="HTTPS://example.com/">b</a></body></html>',
      ),
    );
    expect(links).toEqual(['https://example.com/']);
    expect(hrefs.slice(0, 2)).toEqual([`${tracking}/1`, `${tracking}/1`]);
    expect(out).toMatch(/<img src="https:\/\/mail\.example\.com\/t\/TOKEN\/o\.gif"[^>]*><\/body><\/html>$/);
  });

  it('counts a link that differs by person as one, as long as it says by itself where to', async () => {
    const body =
      '<a href="https://example.com/{{ city | downcase }}?n={{ first_name }}&amp;x=1">a</a><a href="https://{{ city }}.example.com/">b</a><a href="https://example.com{{ city }}/">c</a>';
    const { links, hrefs } = await tracked(html(body), { city: 'Rome' });
    expect(links).toEqual([
      'https://example.com/{{ city | downcase | link_part }}?n={{ first_name | link_part }}&x=1',
    ]);
    expect(hrefs.slice(0, 3)).toEqual([
      `${tracking}/1`,
      'https://Rome.example.com/',
      'https://example.comRome/',
    ]);
    const braces = await tracked(html('<a href="https://example.com/?q=&#123;&#123; x }}">a</a>'));
    expect(braces.links).toEqual(['https://example.com/?q=%7B%7B%20x%20}}']);
    const local = await tracked(html('{% assign c = city %}<a href="https://example.com/{{ c }}">a</a>'), {
      city: 'Rome',
    });
    expect([local.links, local.hrefs[0]]).toEqual([[], 'https://example.com/Rome']);
  });

  it('leaves alone what unsubscribes, what is whole from a contact, and what is no address of the web', async () => {
    const body =
      '<a href="{{ unsubscribe_url }}">out</a><a href="{{ site }}">city</a><a href="mailto:a@example.com">mail</a><a href="#top">top</a><img src="https://example.com/a.png">';
    const { links, hrefs, html: out } = await tracked(html(body), { site: 'https://example.com/Rome' });
    expect(links).toEqual([]);
    expect(hrefs.slice(0, 4)).toEqual([
      unsubscribe,
      'https://example.com/Rome',
      'mailto:a@example.com',
      '#top',
    ]);
    expect(out).toContain('src="https://example.com/a.png"');
  });

  it('leaves the text part readable', async () => {
    const { text } = await tracked(markdown('[a](https://example.com/a)'));
    expect(text).toContain('a <https://example.com/a>');
    expect(text).not.toContain('/t/');
  });

  it('never shows a tag where tags are only letters', async () => {
    const { html: out } = await tracked(
      html('{% raw %}<a href="https://example.com">{{ x }}</a>{% endraw %}'),
    );
    expect(out).toContain('<a href="https://example.com">{{ x }}</a>');
  });
});

it('a message to somebody who is not tracked is as it was written, without a pixel', async () => {
  const message = await compiled(html('<a href="https://example.com/a">a</a>'));
  const rendered = prepareMessage(message).render(mergeValuesOf(contact(), { unsubscribe }, company));
  if (!rendered.ok) throw new Error(rendered.problem.message);
  expect(rendered.value.html).toContain('<a href="https://example.com/a">');
  expect(rendered.value.html).not.toContain('o.gif');
});

describe('a link that no message may have', () => {
  it.each([
    'javascript:alert(1)',
    ' JaVaScRiPt:alert(1)',
    'java&#10;script:alert(1)',
    'javascript&colon;alert(1)',
    '&#106;avascript:x',
    'java{{ x }}script:alert(1)',
    'javascript{{ x }}:alert(1)',
    'data:text/html,<b>',
    'vbscript:x',
    'file:///etc/passwd',
    'view-source:x',
  ])('%s is refused with a sentence', async (href) => {
    const refused = await compileMessage(source(html(`<p>a</p><a class="b" href="${href}">a</a>`)));
    expect(refused.ok ? '' : refused.problem.fields?.body).toMatch(
      /^A link leads to “.*”, which no message may\. Give a complete address that begins with https:\/\/\.$/,
    );
  });

  it.each([
    '[a](javascript:alert(1))',
    '[a](JaVaScRiPt&colon;alert(1))',
    '![a](x) [a][b]\n\n[b]: data:text/html,x',
    '<vbscript:x>',
    '[a](file:///etc/passwd)',
  ])('%s in Markdown is refused as well, rather than sent as the letters that were typed', async (body) => {
    const refused = await compileMessage(source(markdown(body)));
    expect(refused.ok ? '' : refused.problem.fields?.body).toContain(', which no message may.');
  });

  it('is one that gets its scheme from a contact', async () => {
    const refused = await compileMessage(source(html('<a href="{{ a }}:{{ b }}">a</a>')));
    expect(refused.ok ? '' : refused.problem.message).toContain('merge tag and goes on with a colon');
  });
});
