import type { CompiledMessage } from '../db/schema/campaigns';

export type MessageFacts = {
  /** Of the HTML part before merging, in UTF-8; Gmail cuts what is longer than 102 kB. */
  bytes: number;
  hasText: boolean;
  /** Where the links of the message lead, merge tags left in, each once. */
  links: string[];
  /** Links that no mail program will follow, or that lead nowhere. */
  unsafeLinks: string[];
  missingUnsubscribe: boolean;
};

const attribute = /<a\b(?:"[^"]*"|'[^']*'|[^'"<>])*?\shref\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/gi;

function isUnsafe(link: string): boolean {
  if (/^\s*\{[{%]/.test(link)) return false;
  if (link === '' || link === '#') return true;
  const scheme = /^[^/?#{]*?:/.exec(link.trim())?.[0].toLowerCase();
  if (scheme === undefined) return true;
  if (['mailto:', 'tel:', 'sms:'].includes(scheme)) return false;
  return (
    !['http:', 'https:'].includes(scheme) ||
    /^https?:\/\/(?:localhost|127\.|\[|[^/.?#{]*(?:[/?#]|$))/i.test(link)
  );
}

/** Facts about a compiled message for the check before sending. */
export function inspectMessage(compiled: CompiledMessage): MessageFacts {
  const found = [...compiled.html.matchAll(attribute)].map((match) =>
    (match[1] ?? match[2] ?? match[3] ?? '').trim(),
  );
  const links = [
    ...new Set(
      found.map((link) => link.replace(/ \| (?:link|link_part)(?= -?\}\})/g, '').replaceAll('&amp;', '&')),
    ),
  ];
  return {
    bytes: Buffer.byteLength(compiled.html),
    hasText: compiled.text.trim() !== '',
    links,
    unsafeLinks: links.filter(isUnsafe),
    missingUnsubscribe: !links.some((link) => link.includes('unsubscribe_url')),
  };
}
