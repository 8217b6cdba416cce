import { describe, expect, it } from 'vitest';
import { compileText } from './compile-text';
import { measureText } from './segments';
import { prepareText } from './text-message';

const company = { name: 'Bakery', postalAddress: '1 Main Street' };
const links = { own: 'https://m.example.com/s/0000000000', others: ['https://m.example.com/s/1111111111'] };

function textOf(body: string, firstName = 'Ann'): string {
  const compiled = compileText(body, company);
  if (!compiled.ok) throw new Error(compiled.problem.message);
  const text = prepareText(compiled.value).render(
    { email: null, firstName, lastName: '', attributes: { city: 'Bonn' } },
    links,
    company,
  );
  if (!text.ok) throw new Error(text.problem.message);
  return text.value;
}

const footer = 'Reply STOP to unsubscribe';

describe('a text message', () => {
  it('ends with the recipient’s own link and the footer', () => {
    expect(textOf('Hello {{ first_name }} of {{ city }}.\r\n')).toBe(
      `Hello Ann of Bonn.\n${links.own}\n${footer}`,
    );
  });

  it('has its link where the author puts it, and always somewhere', () => {
    expect(textOf('See {{ short_url }} now')).toBe(`See ${links.own} now\n${footer}`);
    expect(textOf('{% if city == "Rome" %}{{ short_url }}{% endif %}Hi')).toBe(`Hi\n${links.own}\n${footer}`);
  });

  it('shortens the links that stand in it, each once, without the mark behind it', () => {
    const compiled = compileText(
      'https://shop.example.com/a?b=1, (https://shop.example.com/a?b=1) https://shop.example.com/{{ city }}',
      company,
    );
    expect(compiled).toMatchObject({ value: { links: ['https://shop.example.com/a?b=1'] } });
    expect(textOf('Look: https://shop.example.com/very/long/path.')).toBe(
      `Look: ${links.others[0]}.\n${links.own}\n${footer}`,
    );
  });

  it('keeps what belongs to an address, and the line behind a tag that trims', () => {
    const wiki = 'https://en.example.org/wiki/Foo_(bar)';
    expect(compileText(`See (${wiki}).`, company)).toMatchObject({ value: { links: [wiki] } });
    expect(textOf('Hi {{ first_name -}}')).toBe(`Hi Ann\n${links.own}\n${footer}`);
  });

  it('takes nothing that a contact’s name holds for a tag, a link or a control character', () => {
    expect(textOf('Hi {{ first_name }}', '{{ city }}\u0007 & <b>')).toBe(
      `Hi {{ city }} & <b>\n${links.own}\n${footer}`,
    );
  });

  it.each([
    ['{{ unsubscribe_url }}', /no unsubscribe link/],
    ['{{ qr_image_url }}', /no pictures/],
    ['{{ "" | append: qr_image_url }}', /no pictures/],
    ['x'.repeat(2001), /far longer/],
    ['{% if x %}', /if/],
    ['{{ first name }}', /blank in its name/],
  ])('is refused with %s', (body, message) => {
    expect(compileText(body, company)).toMatchObject({
      problem: { code: 'invalid', fields: { body: expect.stringMatching(message) } },
    });
  });
});

it.each([
  ['a'.repeat(160), 160, 1, 'GSM-7'],
  [`${'a'.repeat(159)}€`, 160, 2, 'GSM-7'], // of the extension table: two places
  ['ž'.repeat(70), 70, 1, 'UCS-2'],
  ['ž'.repeat(71), 71, 2, 'UCS-2'],
  ['🥐', 1, 1, 'UCS-2'],
])('%s is measured', (text, characters, segments, encoding) => {
  expect(measureText(text)).toEqual({ characters, segments, encoding });
});
