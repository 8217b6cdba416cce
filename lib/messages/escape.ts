/** What a merge value becomes, by the place where it stands. All of these take anything and never throw. */

/** As people read it: no "[object Object]", no "null". */
export function toText(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint')
    return String(value);
  if (Array.isArray(value)) return value.map(toText).join(', ');
  if (value instanceof Date) return value.toISOString();
  return '';
}

const htmlEntities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Safe as text and in a quoted attribute. */
export function escapeHtml(text: string): string {
  return /[&<>"']/.test(text) ? text.replace(/[&<>"']/g, (char) => htmlEntities[char] ?? char) : text;
}

/** No line breaks, no control characters, no invisible reordering: for subjects and other headers. */
export function toHeaderText(text: string): string {
  if (/^[!-~]+(?: [!-~]+)*$/.test(text)) return text;
  return text
    .toWellFormed()
    .replace(/[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu, ' ')
    .replace(/ {2,}/g, ' ')
    .trim();
}

/** Plain text: line breaks and tabs stay, other control characters go. */
export function toPlainLines(text: string): string {
  if (/^[ -~]*$/.test(text)) return text;
  return text
    .toWellFormed()
    .replace(/\r\n?/g, '\n')
    .replace(/[^\P{Cc}\n\t]/gu, '');
}

/** A part of an address: a path step or a query's value. */
export function encodeLinkPart(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/**
 * A whole address, or the beginning of one: only what leads to the web, a mailbox or a telephone; else "#". Control
 * characters go first: browsers skip them, so that they could hide a scheme.
 */
export function safeLink(text: string): string {
  const link = text
    .toWellFormed()
    .replace(/[\p{Cc}\u2028\u2029]/gu, '')
    .trim();
  const scheme = /^[^/?#]*?:/.exec(link)?.[0].toLowerCase();
  if (scheme !== undefined && !['http:', 'https:', 'mailto:', 'tel:', 'sms:'].includes(scheme)) return '#';
  return link.replace(/[\s"'<>\\^`{|}]/g, (char) => encodeLinkPart(char));
}

/** Letters and numbers and what cannot end anything: for styles, names of tags and other places where no value belongs. */
export function toInert(text: string): string {
  return text
    .toWellFormed()
    .replace(/[^\p{L}\p{N}_.,#%-]/gu, '')
    .replace(/-{2,}/g, '-');
}
