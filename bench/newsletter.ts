import type { CompiledMessage } from '@/lib/db/schema/campaigns';
import { uuidv7 } from '@/lib/ids';
import { compileMessage } from '@/lib/messages/compile';
import { mergeValuesOf } from '@/lib/messages/merge-values';
import { prepareMessage } from '@/lib/messages/prepare';

const paragraph =
  '<p>Dear {{ first_name | default: "friend" }}, the ovens have been on since four, and this is what came out of them: rye with caraway, a braided loaf with poppy seeds, and the first plum cake of the year. <a href="https://shop.example.com/bread?from=newsletter">See the shop</a>.</p>\n';

/** A personal newsletter that takes about 10 kB on the wire, HTML and text and headers. */
export const newsletter = {
  subject: 'News for {{ first_name | default: "you" }} from the bakery',
  preheader: 'Plum cake is back',
  content: { format: 'html' as const, body: `<h1>Hello {{ first_name }}</h1>\n${paragraph.repeat(7)}` },
};

const company = { name: 'Bench Bakery', postalAddress: '1 Main Street, Springfield' };

/** The newsletter as it is rendered for `count` people, with the headers that a campaign gives it. */
export async function renderNewsletters(count: number) {
  const compiled = await compileMessage({ ...newsletter, company });
  if (!compiled.ok) throw new Error(compiled.problem.message);
  return Array.from({ length: count }, (_, n) => render(compiled.value, n));
}

function render(compiled: CompiledMessage, n: number) {
  const contact = {
    email: `person-${n}@example.com`,
    firstName: `Ann${n}`,
    lastName: 'Baker',
    attributes: {},
  };
  const token = `${uuidv7()}${'x'.repeat(28)}`;
  const unsubscribe = `https://mail.example.com/u/${token}`;
  const rendered = prepareMessage(compiled).render(mergeValuesOf(contact, { unsubscribe }, company));
  if (!rendered.ok) throw new Error(rendered.problem.message);
  return {
    from: { name: 'Bench Bakery', address: 'news@example.com' },
    to: { name: `Ann${n} Baker`, address: contact.email },
    ...rendered.value,
    headers: {
      'List-Unsubscribe': `<${unsubscribe}>, <mailto:news@example.com?subject=unsubscribe-${token}>`,
      'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
      'List-Id': `"Bench Bakery" <${uuidv7()}.example.com>`,
      'Feedback-ID': `${uuidv7()}:${uuidv7()}:campaign:posthaste`,
      Precedence: 'bulk',
    },
  };
}
export type Newsletter = ReturnType<typeof render>;
