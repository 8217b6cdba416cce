import type { EmailContent } from '../db/schema/campaigns';
import { compileMessage } from './compile';
import { type MessageContact, mergeValuesOf } from './merge-values';
import { prepareMessage, type RenderedMessage } from './prepare';

export const company = { name: 'Rosewood & Sons', postalAddress: '1 Main Street, Springfield' };

export const source = (content: EmailContent, more: { subject?: string; preheader?: string } = {}) => ({
  subject: 'Hello',
  preheader: '',
  ...more,
  content,
  company,
});

export const html = (body: string): EmailContent => ({ format: 'html', body });
export const markdown = (body: string): EmailContent => ({ format: 'markdown', body });
export const visual = (body: string): EmailContent => ({ format: 'visual', document: null, html: body });

export const contact = (more: Partial<MessageContact> = {}): MessageContact => ({
  email: 'zoe@example.com',
  firstName: 'Zoë',
  lastName: 'Lee',
  attributes: {},
  ...more,
});

/** As a message to somebody in a campaign has them. */
export const code = {
  letters: '7K3M-9QXV-B2AT',
  url: 'https://mail.example.com/q/7K3M9QXVB2AT?c=0123abcd',
  imageUrl: 'https://mail.example.com/q/7K3M9QXVB2AT.png?c=0123abcd',
};

export const unsubscribe = 'https://mail.example.com/u/token-1';

/** The message that one contact gets, for tests that expect no problem. */
export async function renderFor(
  content: EmailContent,
  to: Partial<MessageContact> = {},
  more: { subject?: string; preheader?: string } = {},
): Promise<RenderedMessage> {
  const compiled = await compileMessage(source(content, more));
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.problem));
  const rendered = prepareMessage(compiled.value).render(
    mergeValuesOf(contact(to), { unsubscribe, code }, company),
  );
  if (!rendered.ok) throw new Error(rendered.problem.message);
  return rendered.value;
}
