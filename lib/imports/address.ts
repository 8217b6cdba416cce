import { domainToASCII } from 'node:url';
import type { Rejection } from './reasons';

/** Characters without width that copying from web pages and chat leaves behind, and soft hyphens. */
const invisible = /[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u00ad]/g;

const plain = /^[a-z0-9._%+'-]{1,64}@[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?\.[a-z][a-z0-9-]*[a-z0-9]$/;
const localPart = /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/;
const domainPart =
  /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?!\d+$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/**
 * An e-mail address in the one form that is kept: trimmed, without invisible characters, in lower case, an
 * international domain in ASCII. The dot-atom form of RFC 5321 §4.1.2 with the lengths of §4.5.3.1; quoted local parts
 * and addresses beyond ASCII before the @ are refused, because hardly any server takes them.
 */
export function readAddress(cell: string): { address: string } | { rejection: Rejection } {
  const text = cell.trim().toLowerCase();
  if (
    text.length <= 200 &&
    plain.test(text) &&
    !text.includes('..') &&
    !/^\.|\.@|-\.|\.-/.test(text) &&
    shortLabels(text)
  )
    return { address: text };
  return readOddAddress(text.replace(invisible, '').trim());
}

/** Labels of at most 63 characters: true of any address whose domain is as short as that. */
const shortLabels = (text: string) => text.length - text.indexOf('@') <= 64;

function readOddAddress(text: string): { address: string } | { rejection: Rejection } {
  if (text === '') return { rejection: 'no_address' };
  if (/[,;]/.test(text)) return { rejection: 'several_addresses' };
  if (/\s/.test(text)) return { rejection: 'spaces' };
  const at = text.lastIndexOf('@');
  if (at === -1) return { rejection: 'no_at' };
  const local = text.slice(0, at);
  const domain = domainToASCII(text.slice(at + 1));
  if (local.length > 64 || text.length > 254 || local.length + 1 + domain.length > 254)
    return { rejection: 'address_too_long' };
  if (!localPart.test(local)) return { rejection: 'bad_address' };
  if (!domainPart.test(domain)) return { rejection: 'no_domain' };
  return { address: `${local}@${domain}` };
}
