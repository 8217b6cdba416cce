import type { Scope } from '../auth/scope';
import { sampleLinks } from '../codes/code-links';
import { sampleSlug, shortUrl } from '../codes/short-links';
import { ok, type Result } from '../errors';
import type { ContactId } from '../ids';
import { compileText } from './compile-text';
import type { MessageContact } from './merge-values';
import { findPreviewReader, type WantedReader } from './preview-reader';
import { measureText, type TextSize } from './segments';
import { prepareText } from './text-message';

export type PreviewedText = {
  /** Whose message this is; null: an example person, because there is no contact yet. */
  contact: { id: ContactId; name: string; email: string } | null;
  text: string;
  size: TextSize;
};

const example: MessageContact = { email: null, firstName: 'Alex', lastName: 'Example', attributes: {} };

/**
 * A text message as one contact would get it, saved or not: the chosen contact, else any of the lists, else an example. A
 * template error is `invalid` with a sentence for the body.
 */
export async function previewText(
  scope: Scope,
  body: string,
  reader: WantedReader,
): Promise<Result<PreviewedText>> {
  const found = await findPreviewReader(scope, 'sms', reader);
  if (!found.ok) return found;
  const { company, contact } = found.value;
  const compiled = compileText(body, company);
  if (!compiled.ok) return compiled;
  const own = shortUrl(sampleSlug);
  const links = { own, others: compiled.value.links.map(() => own), code: sampleLinks() };
  const text = prepareText(compiled.value).render(contact ?? example, links, company);
  if (!text.ok) return text;
  const name = contact ? `${contact.firstName} ${contact.lastName}`.trim() : '';
  return ok({
    contact: contact ? { id: contact.id, name, email: contact.email ?? contact.phone ?? '' } : null,
    text: text.value,
    size: measureText(text.value),
  });
}
