import { describe, expect, it } from 'vitest';
import { compileMessage } from './compile';
import { company, html, markdown, renderFor, source, unsubscribe, visual } from './testing';

async function problemsOf(content: Parameters<typeof source>[0], more = {}) {
  const compiled = await compileMessage(source(content, more));
  return compiled.ok ? undefined : compiled.problem.fields;
}

describe('each format', () => {
  it('becomes a message in the layout, with company, address and one unsubscribe link', async () => {
    for (const content of [
      visual('<html><body><p>Good <b>news</b></p></body></html>'),
      markdown('Good **news**'),
      html('<p>Good <b>news</b></p>'),
      html(
        '<!doctype html><html><head><style>p{color:red}</style></head><body class="x"><p>Good <b>news</b></p></body></html>',
      ),
    ]) {
      const message = await renderFor(content);
      expect(message.html).toMatch(/Good <(b|strong)>news<\/(b|strong)>/);
      expect(message.html).toContain('Rosewood &amp; Sons');
      expect(message.html).toContain(company.postalAddress);
      expect(message.html.split(`href="${unsubscribe}"`)).toHaveLength(2);
      expect(message.html.match(/<body/g)).toHaveLength(1);
      expect(message.text).toContain('Good news');
      expect(message.text).toContain(`Unsubscribe <${unsubscribe}>`);
      expect(message.text).toContain('Rosewood & Sons');
      expect(message.html + message.text).not.toMatch(/\{\{|\{%|phtag|phbody/);
    }
  });

  it('keeps head and body of a whole document', async () => {
    const { html: out } = await renderFor(
      html('<html><head><style>p{color:red}</style></head><body bgcolor="#eee"><p>Hi</p></body></html>'),
      {},
      { preheader: 'Read me' },
    );
    expect(out).toContain('<head><style>p{color:red}</style></head><body bgcolor="#eee"><div');
    expect(out.indexOf('Read me')).toBeLessThan(out.indexOf('<p>Hi'));
    expect(out.indexOf(unsubscribe)).toBeGreaterThan(out.indexOf('<p>Hi'));
    expect(out.endsWith('</body></html>')).toBe(true);
  });

  it('has no second link where the author has placed one for everybody', async () => {
    const own = await renderFor(html('<a href="{{ unsubscribe_url }}">leave</a>'));
    expect(own.html.split(unsubscribe)).toHaveLength(2);
    expect(own.html).toContain(company.postalAddress);
    const conditional = await renderFor(
      html('{% if vip %}<a href="{{ unsubscribe_url }}">leave</a>{% endif %}'),
    );
    expect(conditional.html.split(unsubscribe)).toHaveLength(2);
  });

  it('is the same message with the same hash when compiled again, and another when a letter changes', async () => {
    const [first, again, other] = await Promise.all(
      ['a', 'a', 'b'].map((text) => compileMessage(source(markdown(text)))),
    );
    if (!first?.ok || !again?.ok || !other?.ok) throw new Error('all of them compile');
    expect(first.value).toEqual(again.value);
    expect(first.value.hash).not.toBe(other.value.hash);
    expect(first.value.hash).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe('merge tags', () => {
  it.each([
    ['straight quotes', '{{ nickname | default: "there" }}'],
    ['single quotes', "{{ nickname | default: 'there' }}"],
    ['typographer’s quotes', '{{ nickname | default: “there” }}'],
    ['escaped quotes', '{{ nickname | default: &quot;there&quot; }}'],
    ['no-break spaces', '{{\u00a0nickname&nbsp;| default:\u00a0"there"\u00a0}}'],
    ['whitespace control', '{{- nickname | default: "there" -}}'],
  ])('survive %s', async (_, tag) => {
    for (const content of [visual(`<p>Hi:${tag}</p>`), markdown(`Hi:${tag}`), html(`<p>Hi:${tag}</p>`)]) {
      expect((await renderFor(content)).html).toContain('Hi:there');
      expect((await renderFor(content, { attributes: { nickname: 'Zo' } })).text).toContain('Hi:Zo');
    }
  });

  it('survive formatting that somebody laid over a part of them in the visual editor', async () => {
    const out = await renderFor(visual('<p>Hi {{ first_<strong>name</strong> }}! {<em>{ city }</em>}</p>'), {
      attributes: { city: 'Rome' },
    });
    expect(out.text).toContain('Hi Zoë! Rome');
  });

  it('survive a link that encoded them, in every format', async () => {
    for (const content of [
      visual('<a href="https://example.com/%7B%7B%20city%20%7D%7D">go</a>'),
      html('<a href="https://example.com/{{ city }}">go</a>'),
      markdown('[go](https://example.com/{{ city }})'),
    ])
      expect((await renderFor(content, { attributes: { city: 'Bad Ems' } })).html).toContain(
        'href="https://example.com/Bad%20Ems"',
      );
  });

  it('are empty when the value is missing, and reach attributes by both names', async () => {
    const out = await renderFor(
      markdown('[{{ nothing }}] {{ city }} {{ attributes.city }} {{ attributes["Shoe size"] }}'),
      { attributes: { city: 'Rome', 'Shoe size': 42 } },
    );
    expect(out.text).toContain('[] Rome Rome 42');
  });

  it('of a contact’s attributes never replace what the product itself says', async () => {
    const out = await renderFor(html('<p>{{ first_name }}</p>'), {
      attributes: { unsubscribe_url: 'https://evil.example.com', first_name: 'Eve', company_name: 'Evil' },
    });
    expect(out.html).toContain('<p>Zoë</p>');
    expect(out.html).not.toContain('evil');
  });

  it('make conditions and loops, without gaps in Markdown', async () => {
    const body =
      'One\n\n{% if city %}\nIn {{ city }}.\n{% else %}\nNowhere.\n{% endif %}\n\n{% for x in tags %}\n- {{ x }}\n{% endfor %}';
    const there = await renderFor(markdown(body), { attributes: { city: 'Rome', tags: ['a', 'b'] } });
    expect(there.text).toContain('One\n\nIn Rome.\n\n * a\n\n * b\n\nRosewood');
    expect((await renderFor(markdown(body))).text).toContain('One\n\nNowhere.\n\nRosewood');
    expect(there.html.match(/<p[^>]*>/g)?.length).toBe(there.html.match(/<\/p>/g)?.length);
    expect(there.html).not.toMatch(/<p[^>]*>\s*<\/p>/);
  });

  it('stand in the preheader and the subject too', async () => {
    const out = await renderFor(
      markdown('x'),
      {},
      {
        subject: 'Hi {{ first_name | default: "you" }}',
        preheader: 'For {{ first_name }} & "friends"',
      },
    );
    expect(out.subject).toBe('Hi Zoë');
    expect(out.html).toContain('For Zoë &amp; &quot;friends&quot;');
    expect(out.text).not.toContain('For Zoë');
  });

  it('in {% raw %} stay as they are', async () => {
    const out = await renderFor(markdown('Write {% raw %}{{ first_name }}{% endraw %} here'));
    expect(out.text).toContain('Write {{ first_name }} here');
  });

  it('of the company’s own name are only letters', async () => {
    const compiled = await compileMessage({
      ...source(markdown('x')),
      company: { name: '{{ email }}', postalAddress: '{% if %}' },
    });
    expect(compiled.ok).toBe(true);
  });
});

describe('the text part', () => {
  it('shows links, alternative texts and headings as written', async () => {
    const { text } = await renderFor(
      html(
        '<h1>Big news</h1><p><a href="https://example.com/a">Read</a> <a href="https://example.com/">https://example.com/</a></p><img src="https://example.com/x.png" alt="A cat">',
      ),
    );
    expect(text).toContain('Big news');
    expect(text).toContain('Read <https://example.com/a>');
    expect(text).not.toContain('https://example.com/ <');
    expect(text).toContain('A cat');
  });
});

describe('an error in a template', () => {
  it.each([
    ['{{ x | defualt: "a" }}', 'Line 3: There is no filter “defualt”. Did you mean “default”?'],
    ['{{ x | raw }}', 'Line 3: There is no filter “raw”.'],
    ['{% include "secrets" %}', 'Line 3: The tag {% include %} cannot be used in a message.'],
    ['{% render "secrets" %}', 'Line 3: The tag {% render %}'],
    ['{% layout "secrets" %}', 'Line 3: The tag {% layout %}'],
    ['{% if x %}', 'Line 3: {% if x %} is never closed. Add {% endif %}'],
    ['{% endif %}', 'Line 3: {% endif %} has nothing to belong to.'],
    ['{{ x', 'Line 3: “{{ x” is never closed.'],
    ['{{ }}', 'Line 3: This tag cannot be read'],
    ['{{ first name }}', 'Did you mean {{ first_name }}?'],
  ])('%s is told with its line', async (tag, message) => {
    expect((await problemsOf(html(`<p>\n\n${tag}`)))?.body).toContain(message);
    expect((await problemsOf(markdown(`# x\n\n${tag}`)))?.body).toContain(message);
  });

  it('is told at its field', async () => {
    expect(await problemsOf(html('{% x %}'), { subject: '{{ a | b }}', preheader: '{{ a | c }}' })).toEqual({
      subject: expect.stringContaining('“b”'),
      preheader: expect.stringContaining('“c”'),
      body: expect.stringContaining('{% x %}'),
    });
    expect((await problemsOf(visual('<p>{{ a | b }}</p>')))?.body).not.toContain('Line');
  });

  it.each([
    '{% for i in (1..1000000000) %}x{% endfor %}',
    '{% assign a = (1..1000) %}{% for i in a %}{% for j in a %}{% for k in a %}x{% endfor %}{% endfor %}{% endfor %}',
    '{% assign s = "aaaaaaaa" %}{% for i in (1..40) %}{% assign s = s | append: s %}{% endfor %}{{ s }}',
    '{% assign s = "aaaaaaaa" %}{% for i in (1..40) %}{% capture s %}{{ s }}{{ s }}{% endcapture %}{% endfor %}',
    `{{ "now" | date: "%${'9'.repeat(9)}d" }}`,
  ])('that would keep a worker busy is refused soon: %s', async (body) => {
    const started = performance.now();
    expect((await problemsOf(html(body)))?.body).toContain('takes too long or becomes too large');
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  it('is a text beyond the limit', async () => {
    expect((await problemsOf(html('x'.repeat(1_000_001))))?.body).toContain('million');
  });
});
