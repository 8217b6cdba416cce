import { domainToASCII } from 'node:url';

/** What cannot stand in an unquoted mailbox: RFC 5322 specials, space, control characters. */
const localPart = /^[^\s\p{Cc}<>()[\],;:\\"@]{1,64}$/u;

/**
 * An address as it goes on the wire: the domain in ASCII (IDNA), the local part as it is. Null for what is no plain
 * mailbox, so that nothing in it can break out of a header or an SMTP command.
 */
export function wireAddress(address: string): string | null {
  const at = address.lastIndexOf('@');
  const local = address.slice(0, at);
  if (at < 1 || !localPart.test(local)) return null;
  const domain = address.slice(at + 1);
  const isPlain = /^[a-z0-9](?:[a-z0-9.-]{0,252}[a-z0-9])?$/i.test(domain);
  const ascii = isPlain ? domain : domainToASCII(domain);
  // domainToASCII lets through what a URL's host may be, such as an IPv6 address
  return /^[a-z0-9](?:[a-z0-9.-]{0,252}[a-z0-9])?$/i.test(ascii) ? `${local}@${ascii}` : null;
}
