import type { CodeLinks } from '../codes/code-links';
import { toHeaderText, toPlainLines } from './escape';

/** What a template can read for one recipient. Attributes of the contact stand beside the names below, which win. */
export type MergeValues = {
  first_name: string;
  last_name: string;
  full_name: string;
  email: string;
  attributes: Record<string, unknown>;
  unsubscribe_url: string;
  company_name: string;
  postal_address: string;
  /** The same as `qr_url`; where it stands by itself in HTML, compiling has put the image there (./code-tag.ts). */
  qr: string;
  qr_url: string;
  qr_code: string;
  qr_image_url: string;
  /** What counts opens and clicks begins with it (./links.ts); empty: this message is not tracked. */
  tracking_url: string;
  [attribute: string]: unknown;
};

/** What composing needs to know of a contact. */
export type MessageContact = {
  email: string | null;
  firstName: string;
  lastName: string;
  country?: string | null;
  attributes: Record<string, unknown>;
};

/** Without a code: the message says nothing of it. Without `tracking`: nothing in it is counted. */
export type MessageLinks = {
  unsubscribe: string;
  code?: CodeLinks | undefined;
  tracking?: string | undefined;
};
export type MessageCompany = { name: string; postalAddress: string };

const longest = 10_000;

function tame(value: unknown): unknown {
  return typeof value === 'string' ? toPlainLines(value.slice(0, longest)) : value;
}

/** Values of one recipient, without control characters; texts are cut at 10,000, so that no contact can make a message huge. */
export function mergeValuesOf(
  contact: MessageContact,
  links: MessageLinks,
  company: MessageCompany = { name: '', postalAddress: '' },
): MergeValues {
  const attributes: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(contact.attributes)) attributes[name] = tame(value);
  const firstName = toHeaderText(contact.firstName.slice(0, longest));
  const lastName = toHeaderText(contact.lastName.slice(0, longest));
  return {
    ...attributes,
    first_name: firstName,
    last_name: lastName,
    full_name: `${firstName} ${lastName}`.trim(),
    email: contact.email ?? '',
    country: contact.country ?? attributes.country ?? '',
    attributes,
    unsubscribe_url: links.unsubscribe,
    company_name: company.name,
    postal_address: company.postalAddress,
    qr: links.code?.url ?? '',
    qr_url: links.code?.url ?? '',
    qr_code: links.code?.letters ?? '',
    qr_image_url: links.code?.imageUrl ?? '',
    tracking_url: links.tracking ?? '',
  };
}
