import type { Scope } from '../auth/scope';
import { sampleCode } from '../codes/code';
import { codeLinks } from '../codes/code-links';
import { env } from '../env';
import { ok, type Result } from '../errors';
import type { ContactId } from '../ids';
import { compileMessage, type MessageSource } from './compile';
import { type MessageContact, mergeValuesOf } from './merge-values';
import { prepareMessage } from './prepare';
import { findPreviewReader, type WantedReader } from './preview-reader';

export type PreviewedMessage = {
  /** Whose message this is; null: an example person, because there is no contact yet. */
  contact: { id: ContactId; name: string; email: string } | null;
  subject: string;
  preheader: string;
  html: string;
  text: string;
  /** Size of the HTML part as it would be sent, in bytes. */
  bytes: number;
};

const example: MessageContact = {
  email: 'alex@example.com',
  firstName: 'Alex',
  lastName: 'Example',
  attributes: {},
};

/**
 * A message as one contact would get it, saved or not: the chosen contact, else any of the lists, else an example. A
 * template error is `invalid` with a sentence per field.
 */
export async function previewMessage(
  scope: Scope,
  source: Omit<MessageSource, 'company'>,
  reader: WantedReader,
): Promise<Result<PreviewedMessage>> {
  const found = await findPreviewReader(scope, 'email', reader);
  if (!found.ok) return found;
  const { company, contact } = found.value;
  const compiled = await compileMessage({ ...source, company });
  if (!compiled.ok) return compiled;
  const links = { unsubscribe: `${env().APP_URL}/u/preview`, code: codeLinks(sampleCode) };
  const values = mergeValuesOf(contact ?? example, links, company);
  const prepared = prepareMessage(compiled.value);
  const message = prepared.render(values);
  if (!message.ok) return message;
  return ok({
    contact: contact ? { id: contact.id, name: String(values.full_name), email: contact.email ?? '' } : null,
    ...message.value,
    preheader: prepared.renderPreheader(values),
    bytes: Buffer.byteLength(message.value.html),
  });
}
