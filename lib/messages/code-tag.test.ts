import { describe, expect, it } from 'vitest';
import { compileMessage } from './compile';
import { mergeValuesOf } from './merge-values';
import { mentionsCode, prepareMessage } from './prepare';
import { code, contact, html, markdown, renderFor, source, unsubscribe, visual } from './testing';

const image = `<img src="${code.imageUrl}" alt="Your code: ${code.letters}" width="200" height="200"`;

describe('{{ qr }}', () => {
  it.each([
    ['HTML', html('<table><tr><td>{{ qr }}</td></tr></table>')],
    ['HTML without blanks', html('<p>{{qr}}</p>')],
    ['a whole document', html('<!doctype html><html><body><p>{{- qr -}}</p></body></html>')],
    ['Markdown', markdown('Show this:\n\n{{ qr }}')],
    ['the visual editor', visual('<html><body><p>{{ <b>qr</b> }}</p></body></html>')],
  ])('is an image with an alternative text in %s, and an address in the text part', async (_, content) => {
    const message = await renderFor(content);
    expect(message.html.split(image)).toHaveLength(2);
    expect(message.text).toContain(code.url);
    expect(message.text).not.toContain('.png');
  });

  it('is an address where no image can stand', async () => {
    const { html: body, subject } = await renderFor(
      html('<a href="{{ qr }}" title="{{ qr }}">Your code</a> {{ qr | upcase }}'),
      {},
      { subject: 'At {{ qr }}', preheader: 'Show {{qr}}' },
    );
    expect(subject).toBe(`At ${code.url}`);
    expect(body).toContain(`<a href="${code.url}" title="${code.url}">`);
    expect(body).toContain(`<title>At ${code.url}</title>`);
    expect(body).toContain(`Show ${code.url}`);
    expect(body).not.toContain('<img');
  });

  it('has its parts by themselves', async () => {
    const { html: body, text } = await renderFor(
      html('<p>{{ qr_code }}</p><a href="{{ qr_url }}">Show it</a><img src="{{ qr_image_url }}" alt="">'),
    );
    expect(body).toContain(`<p>${code.letters}</p><a href="${code.url}">`);
    expect(body).toContain(`src="${code.imageUrl}"`);
    expect(text).toContain(`Show it <${code.url}>`);
  });

  it('stands before an attribute of the same name, and can be asked for', async () => {
    const { text } = await renderFor(markdown('{% if qr %}yes{% endif %} {{ attributes.qr }}'), {
      attributes: { qr: 'own' },
    });
    expect(text).toContain('yes own');
  });

  it('is empty where there is no code', async () => {
    const compiled = await compileMessage(source(html('<p>{{ qr_url }}|{{ qr_code }}</p>')));
    if (!compiled.ok) throw new Error(compiled.problem.message);
    const rendered = prepareMessage(compiled.value).render(mergeValuesOf(contact(), { unsubscribe }));
    expect(rendered).toMatchObject({ ok: true, value: { html: expect.stringContaining('<p>|</p>') } });
  });
});

it.each([
  ['{{ qr }}', true],
  ['{{ qr_url }}', true],
  ['{% if qr_code %}x{% endif %}', true],
  ['qr {{ first_name }} {{ qrs }}', false],
])('codes are looked up for %s alone', async (body, uses) => {
  const compiled = await compileMessage(source(html(`<p>${body}</p>`)));
  expect(compiled.ok && mentionsCode(compiled.value)).toBe(uses);
});
