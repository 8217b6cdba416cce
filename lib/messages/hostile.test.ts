import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CampaignId, DeliveryId, newId, WorkspaceId } from '../ids';
import { compileMessage } from './compile';
import { composeEmail, type MessageOrder } from './compose';
import { mergeValuesOf } from './merge-values';
import { prepareMessage } from './prepare';
import { company, contact, html, markdown, renderFor, source, unsubscribe } from './testing';

const spice = [
  '<script>alert(1)</script>',
  '"',
  "'",
  '<',
  '>',
  '&',
  '\r\nBcc: eve@example.com',
  '\r',
  '\n',
  '\u0000',
  '\u2028',
  '{{ email }}',
  '{% if x %}',
  '-->',
  '</style>',
  '" onclick="x',
  "' x='",
  'javascript:alert(1)',
  'java\tscript:',
  'data:text/html,x',
  ' https://evil.example.com',
  '//evil.example.com',
  '\u202e',
  '\ud800',
  ')](https://x',
  '`',
];
const hostile = fc
  .array(fc.oneof(fc.constantFrom(...spice), fc.string({ unit: 'binary', maxLength: 8 })), { maxLength: 6 })
  .map((parts) => parts.join(''));

/** The tags of a page and the names of their attributes, without values: what a value could change if it broke out. */
const skeleton = (page: string) =>
  [...page.matchAll(/<[^>]*>/g)]
    .map(([tag]) => tag.replace(/"[^"]*"|'[^']*'|=[^"'\s>]+/g, '""'))
    .filter((tag) => tag !== '<br />' && !tag.startsWith('<!--'));

const places = html(`
  <p>{{ x }}</p><p title="{{ x }}" data-a='{{ x }}' class={{ x }}>a</p>
  <a href="{{ x }}">a</a><a href='  {{ x }}/b'>b</a><a href="https://example.com/{{ x }}?q={{ x }}#{{ x }}">c</a>
  <img src="{{ x }}" alt="{{ x }}"><td background="{{ x }}" style="color:{{ x }}"></td>
  <!-- {{ x }} --><style>p{color:{{ x }}}</style><p data-{{ x }}="a" onclick="{{ x }}">
  <a {% if x %}href="{{ x }}"{% endif %}>d</a>{% assign y = x %}<a href="{{ y | append: x }}">{{ y | upcase }}</a>
  {% for i in list %}<a href="{{ i }}">{{ i | escape }}</a>{% endfor %}
  {% capture z %}<b>{{ x }}</b>{% endcapture %}{{ z }}{{ x | newline_to_br }}`);

describe('a hostile value', () => {
  it('never becomes markup, and no link gets another scheme', async () => {
    const compiled = await compileMessage(source(places, { subject: 'Re: {{ x }} {{ first_name }}' }));
    if (!compiled.ok) throw new Error(compiled.problem.message);
    const prepared = prepareMessage(compiled.value);
    const render = (x: string) => {
      const values = mergeValuesOf(
        contact({ firstName: x, lastName: x, attributes: { x, list: [x] } }),
        { unsubscribe },
        company,
      );
      const rendered = prepared.render(values);
      if (!rendered.ok) throw new Error(rendered.problem.message);
      return rendered.value;
    };
    const withoutName = (tag: string) => tag.replace(/data-x[^"\s>]*/, 'data-x');
    const calm = skeleton(render('x').html);
    fc.assert(
      fc.property(hostile, (text) => {
        const x = `x${text}`;
        const message = render(x);
        expect(skeleton(message.html).map(withoutName)).toEqual(calm.map(withoutName));
        for (const [, link = ''] of message.html.matchAll(/(?:href|src|background)=["']\s*([^"']*)/g))
          expect(link).toMatch(
            /^(?:https:\/\/(?:example\.com|mail\.example\.com)\/|#|(?!javascript|data|vbscript)[^:]*$|x)/i,
          );
        expect(message.subject).toMatch(/^[^\p{Cc}\u2028\u2029\u202e]*$/u);
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    'javascript:alert(1)',
    ' JaVaScRiPt:alert(1)',
    'java\nscript:alert(1)',
    '\u0001javascript:x',
    'data:text/html,<b>',
    'vbscript:x',
    'file:///etc/passwd',
    'javascript&colon;alert(1)',
    'view-source:x',
    'blob:x',
  ])('%j as a link leads nowhere', async (x) => {
    const out = await renderFor(html('<a href="{{ x }}">a</a>'), { attributes: { x } });
    const link = /href="([^"]*)">a</.exec(out.html)?.[1] ?? '';
    expect(link === '#' || !/^[^/?#]*(?::|&colon;)/i.test(link.replaceAll('&amp;', '&amp'))).toBe(true);
    expect(link).not.toContain('javascript:');
  });

  it('may be a web address, whole', async () => {
    const x = 'https://example.com/a?b=c&d="e"';
    const out = await renderFor(html('<a href="{{ x }}">a</a>'), { attributes: { x } });
    expect(out.html).toContain('href="https://example.com/a?b=c&amp;d=%22e%22"');
    expect(out.text).toContain('<https://example.com/a?b=c&d=%22e%22>');
  });

  it('cannot end a code span or link of Markdown', async () => {
    const out = await renderFor(markdown('`{{ x }}` **{{ x }}**'), {
      attributes: { x: '`](https://evil.example.com) <b>' },
    });
    expect(out.html).not.toContain('<b>');
    expect(out.html).not.toContain('href="https://evil');
  });

  it('is shown as typed in the text part, without control characters', async () => {
    const out = await renderFor(markdown('a {{ x }} b'), { attributes: { x: '<b>&"\u0000\u001b[2J' } });
    expect(out.text).toContain('a <b>&"[2J b');
  });
});

describe('a random template', () => {
  const bit = fc.oneof(
    fc.constantFrom(
      '{{',
      '}}',
      '{%',
      '%}',
      '{{ x }}',
      '{% if x %}',
      '{% endif %}',
      '{% for i in x %}',
      '{% endfor %}',
      '{% raw %}',
      '{% endraw %}',
      '{% comment %}',
      '{%- else -%}',
      '| default: "',
      "'",
      '"',
      '<a href="',
      '">',
      '<p',
      '>',
      '<!--',
      '{{ x | split: "" | join: x }}',
      '\n',
      '# ',
      '- ',
      '```',
      '(1..999999)',
      '<style>',
      '</body>',
      '<html>',
      '“',
      '&quot;',
    ),
    fc.string({ maxLength: 6 }),
  );
  const template = fc.array(bit, { maxLength: 14 }).map((bits) => bits.join(''));

  it('compiles or is refused with a sentence; it never throws, and what compiles renders', async () => {
    await fc.assert(
      fc.asyncProperty(template, fc.boolean(), hostile, async (body, asMarkdown, x) => {
        const content = asMarkdown ? markdown(body) : html(body);
        const compiled = await compileMessage(source(content, { subject: body.slice(0, 40) }));
        if (!compiled.ok) {
          expect(Object.values(compiled.problem.fields ?? {}).every((text) => text.length > 10)).toBe(true);
          return;
        }
        const values = mergeValuesOf(contact({ firstName: x, attributes: { x } }), { unsubscribe }, company);
        const rendered = prepareMessage(compiled.value).render(values);
        if (rendered.ok) expect(rendered.value.html).not.toMatch(/phtag\d+q\d+z/);
        else expect(rendered.problem.message.length).toBeGreaterThan(10);
      }),
      { numRuns: 400 },
    );
  });
});

describe('a composed e-mail', () => {
  const order = async (more: Partial<MessageOrder> = {}): Promise<MessageOrder> => {
    const compiled = await compileMessage(
      source(markdown('Hi {{ first_name }}'), { subject: 'For {{ first_name }}' }),
    );
    if (!compiled.ok) throw new Error(compiled.problem.message);
    return {
      prepared: prepareMessage(compiled.value),
      workspaceId: newId(WorkspaceId),
      campaignId: newId(CampaignId),
      listName: 'Rosewood',
      company,
      sender: { fromName: 'Ann', fromEmail: 'ann@example.com', replyTo: null },
      contact: contact(),
      deliveryId: newId(DeliveryId),
      urls: { unsubscribe },
      test: false,
      ...more,
    };
  };

  it('carries the headers that mailbox providers ask for', async () => {
    const wanted = await order();
    const composed = composeEmail(wanted);
    if (!composed.ok) throw new Error(composed.problem.message);
    const headers = new Map(composed.value.headers);
    expect(headers.get('Message-ID')).toBe(`<${wanted.deliveryId}@example.com>`);
    expect(headers.get('List-Unsubscribe')).toBe(
      `<${unsubscribe}>, <mailto:ann@example.com?subject=unsubscribe-token-1>`,
    );
    expect(headers.get('List-Unsubscribe-Post')).toBe('List-Unsubscribe=One-Click');
    expect(headers.get('List-Id')).toBe(`"Rosewood" <${wanted.workspaceId}.example.com>`);
    expect(headers.get('X-Posthaste-Delivery')).toBe(wanted.deliveryId);
    expect(composed.value.subject).toBe('For Zoë');
    expect(composed.value.to).toEqual({ name: 'Zoë Lee', address: 'zoe@example.com' });
  });

  it('is marked when it is a test, and stands in no ledger', async () => {
    const composed = composeEmail(await order({ test: true, deliveryId: null }));
    if (!composed.ok) throw new Error(composed.problem.message);
    expect(composed.value.subject).toBe('[Test] For Zoë');
    expect(composed.value.deliveryId).toBeNull();
    expect(composed.value.headers.map(([name]) => name)).not.toContain('X-Posthaste-Delivery');
  });

  it('has no line break in any header, whatever names say', async () => {
    const base = await order();
    fc.assert(
      fc.property(hostile, (x) => {
        const composed = composeEmail({
          ...base,
          listName: x,
          sender: { ...base.sender, fromName: x },
          contact: contact({ firstName: x, lastName: x }),
        });
        if (!composed.ok) throw new Error(composed.problem.message);
        const { from, to, subject, headers } = composed.value;
        for (const line of [from.name, to.name, subject, ...headers.flat()])
          expect(line).not.toMatch(/[\p{Cc}\u2028\u2029]/u);
        for (const [, value] of headers) expect(value).toMatch(/^[\x20-\x7e]*$/);
      }),
    );
  });

  it.each([
    '',
    'nobody',
    'a@b\r\nBcc: c@d',
    'a b@example.com',
    '<a@example.com>',
    'a@example.com,b@example.com',
  ])('is refused for the address %j', async (email) => {
    expect(composeEmail(await order({ contact: contact({ email }) })).ok).toBe(false);
    const sender = { fromName: 'Ann', fromEmail: email, replyTo: null };
    expect(composeEmail(await order({ sender })).ok).toBe(false);
  });
});
