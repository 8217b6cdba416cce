import { randomUUID } from 'node:crypto';
import { domainToASCII } from 'node:url';
import { fail, ok, type Result } from '../errors';
import type { CampaignId, DeliveryId, WorkspaceId } from '../ids';
import type { EmailMessage } from '../providers/provider';
import { toHeaderText } from './escape';
import { type MessageCompany, type MessageContact, type MessageLinks, mergeValuesOf } from './merge-values';
import type { PreparedMessage } from './prepare';

export type MessageSender = { fromName: string; fromEmail: string; replyTo: string | null };

export type MessageOrder = {
  prepared: PreparedMessage;
  workspaceId: WorkspaceId;
  campaignId: CampaignId;
  /** What inboxes show as the list's name. */
  listName: string;
  company: MessageCompany;
  sender: MessageSender;
  contact: MessageContact;
  /** Null for a test message, which the ledger does not know. */
  deliveryId: DeliveryId | null;
  /** `mailto`: a mailbox that takes requests; without it the sender's own is named. */
  urls: MessageLinks & { mailto?: string };
  test: boolean;
};

const address = /^[^\s@<>(),;:"[\]\\]+@[^\s@<>(),;:"[\]\\]+$/;
const isAddress = (text: string) => text.length <= 320 && address.test(text) && toHeaderText(text) === text;

/** A display phrase for a header that no MIME writer encodes: an encoded word (RFC 2047) of at most 75 characters if need be. */
function phrase(name: string): string {
  const clean = toHeaderText(name)
    .replace(/["\\<>]/g, '')
    .trim();
  if (clean === '') return '';
  if (/^[\x20-\x7e]*$/.test(clean)) return `"${clean.slice(0, 60)}" `;
  let cut = clean;
  while (Buffer.byteLength(cut) > 45) cut = Array.from(cut).slice(0, -1).join('');
  return `=?UTF-8?B?${Buffer.from(cut).toString('base64')}?= `;
}

/** RFC 8058 (one click), RFC 2369 and 2919 (lists), Google's Feedback-ID, and the delivery's id twice. */
function headersOf(order: MessageOrder): [string, string][] {
  const { deliveryId, sender, urls, workspaceId, campaignId, test } = order;
  const domain = domainToASCII(sender.fromEmail.slice(sender.fromEmail.lastIndexOf('@') + 1)) || 'localhost';
  const mailbox = urls.mailto ?? sender.replyTo ?? sender.fromEmail;
  const token = encodeURIComponent(urls.unsubscribe.split('/').at(-1) ?? '');
  const headers: [string, string][] = [
    ['Message-ID', `<${deliveryId ?? `test-${randomUUID()}`}@${domain}>`],
    ['List-Unsubscribe', `<${urls.unsubscribe}>, <mailto:${mailbox}?subject=unsubscribe-${token}>`],
    ['List-Unsubscribe-Post', 'List-Unsubscribe=One-Click'],
    ['List-Id', `${phrase(order.listName)}<${workspaceId}.${domain}>`],
    ['Feedback-ID', `${campaignId}:${workspaceId}:${test ? 'test' : 'campaign'}:posthaste`],
    ['Precedence', 'bulk'],
  ];
  if (deliveryId !== null) headers.push(['X-Posthaste-Delivery', deliveryId]);
  return headers;
}

/** One finished message for one contact. Nothing that a contact's data holds can become a header, markup or a link. */
export function composeEmail(order: MessageOrder): Result<EmailMessage> {
  const { prepared, contact, sender, urls, test } = order;
  if (!contact.email || !isAddress(contact.email))
    return fail('invalid', 'This contact has no valid e-mail address.');
  const mailboxes = [sender.fromEmail, sender.replyTo, urls.mailto].filter(
    (mailbox) => typeof mailbox === 'string',
  );
  if (!mailboxes.every(isAddress))
    return fail('invalid', 'An address of the sender is not valid. Correct it in Settings.');
  if (!URL.canParse(urls.unsubscribe))
    return fail('invalid', 'APP_URL does not make a valid unsubscribe link.');
  const rendered = prepared.render(mergeValuesOf(contact, urls, order.company));
  if (!rendered.ok) return rendered;
  const { subject, html, text } = rendered.value;
  return ok({
    deliveryId: order.deliveryId,
    from: { name: toHeaderText(sender.fromName), address: sender.fromEmail },
    // A test bears the values of somebody else than it goes to.
    to: {
      name: test ? '' : toHeaderText(`${contact.firstName} ${contact.lastName}`),
      address: contact.email,
    },
    replyTo: sender.replyTo,
    subject: test ? `[Test] ${subject}` : subject,
    headers: headersOf(order).map(([name, value]) => [name, toHeaderText(value)]),
    html,
    text,
  });
}
