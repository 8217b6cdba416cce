/*
 * Liquid tags travel through things that do not know them: Markdown, the visual editor, React, an HTML-to-text
 * converter. So they are taken out of the source first, each behind a word of plain letters, and put back at the end.
 */

export type TemplateTag = {
  /** `output` is {{ … }}, `block` is {% … %}. */
  kind: 'output' | 'block';
  /** What stands between the delimiters, without whitespace control and outer blanks. */
  inner: string;
  source: string;
};

const entities: Record<string, string> = {
  '&quot;': '"',
  '&#34;': '"',
  '&#x22;': '"',
  '&apos;': "'",
  '&#39;': "'",
  '&#x27;': "'",
  '&lt;': '<',
  '&gt;': '>',
  '&nbsp;': ' ',
  '&#160;': ' ',
  '&amp;': '&',
};

/** The typographer's quotes that editors and phones put where a template needs straight ones. */
function straightenQuotes(inner: string): string {
  let out = '';
  let open = '';
  for (const char of inner) {
    if (open === '"' || open === "'") {
      if (char === open) open = '';
      out += char;
    } else if (open !== '') {
      const closes = open === '“' ? '“”„‟"' : "‘’‚‛'";
      if (closes.includes(char)) {
        out += open === '“' ? '"' : "'";
        open = '';
      } else out += char;
    } else if ('“”„‟'.includes(char)) {
      open = '“';
      out += '"';
    } else if ('‘’‚‛'.includes(char)) {
      open = '‘';
      out += "'";
    } else {
      if (char === '"' || char === "'") open = char;
      out += char;
    }
  }
  return out;
}

/** Undoes what HTML and word processors do to a tag. Keeps its line breaks, so that line numbers stay true. */
function mendTag(inner: string): string {
  const decoded = inner
    .replace(
      /&(?:quot|apos|lt|gt|nbsp|#34|#39|#160|#x22|#x27);/gi,
      (entity) => entities[entity.toLowerCase()] ?? entity,
    )
    .replaceAll('&amp;', '&');
  return straightenQuotes(decoded.replace(/[\u00a0\u2007\u202f\u200b\ufeff]/g, ' '));
}

/** Where the tag that opens at `start` ends (behind its delimiter); quotes may hold the delimiter. -1: never. */
function findEnd(source: string, start: number, close: '}}' | '%}'): number {
  let quote = '';
  for (let at = start + 2; at < source.length; at++) {
    const char = source.charAt(at);
    if (quote !== '') {
      if (char === quote) quote = '';
    } else if (char === '"' || char === "'") quote = char;
    else if (source.startsWith(close, at)) return at + 2;
  }
  const plain = source.indexOf(close, start + 2);
  return plain === -1 ? -1 : plain + 2;
}

type Piece = string | TemplateTag;

/** With the blanks that mendTag knows. */
const endOfRaw = /\{%-?(?:[\s\u200b]|&nbsp;|&#160;)*endraw(?:[\s\u200b]|&nbsp;|&#160;)*-?%\}/y;

/** Splits a template into text and tags. What stands in {% raw %} is text. Never throws: broken tags stay text. */
export function splitTags(source: string): Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  const opener = /\{\{|\{%/g;
  let raw = false;
  for (let match = opener.exec(source); match; match = opener.exec(source)) {
    // Looking for the end of every tag in raw text would read the rest of the text for each.
    endOfRaw.lastIndex = match.index;
    if (raw && !endOfRaw.test(source)) continue;
    const output = match[0] === '{{';
    const end = findEnd(source, match.index, output ? '}}' : '%}');
    if (end === -1) break;
    const text = source.slice(match.index, end);
    const body = text.slice(2, -2);
    const inner = mendTag(body.replace(/^-|-$/g, ''));
    const name = output ? '' : inner.trim();
    raw = name === 'raw';
    if (match.index > from) pieces.push(source.slice(from, match.index));
    const trims = {
      left: body.startsWith('-') ? '-' : '',
      right: body.length > 1 && body.endsWith('-') ? '-' : '',
    };
    const [open, close] = output ? ['{{', '}}'] : ['{%', '%}'];
    pieces.push({
      kind: output ? 'output' : 'block',
      inner: inner.trim(),
      source: `${open}${trims.left}${inner}${trims.right}${close}`,
    });
    opener.lastIndex = from = end;
  }
  if (from < source.length) pieces.push(source.slice(from));
  return pieces;
}

/** The template with its tags mended and everything else as it was. */
export function mendTemplate(source: string): string {
  return splitTags(source)
    .map((piece) => (typeof piece === 'string' ? piece : piece.source))
    .join('');
}

/** Formatting that somebody laid over a part of a tag in the visual editor moves behind the tag. */
export function freeTagsOfMarkup(html: string): string {
  return html
    .replace(/\{(<[^{}<>]*>)+(?=[{%])/g, (match) => `${match.slice(1)}{`)
    .replace(/([}%])((?:<[^{}<>]*>)+)\}/g, '$1}$2')
    .replace(/\{\{[^{}]*\}\}|\{%[^{}]*%\}/g, (tag) => {
      const markup = tag.match(/<\/?[a-z][^<>]*>/gi);
      return markup ? tag.replace(/<\/?[a-z][^<>]*>/gi, '') + markup.join('') : tag;
    });
}

/** Editors and browsers percent-encode a tag that is typed into a link: https://example.com/%7B%7B%20slug%20%7D%7D. */
export function decodeTagsInUrls(html: string): string {
  return /%7B/i.test(html) ? html.replace(/[^"'<>\s]+/g, decodeTags) : html;
}

function decodeTags(url: string): string {
  const opener = /%7B(?:%7B|%25)/gi;
  const closer = /(?:%7D|%25)%7D/gi;
  let out = '';
  let from = 0;
  for (let open = opener.exec(url); open; open = opener.exec(url)) {
    closer.lastIndex = opener.lastIndex;
    if (!closer.test(url)) break;
    out += url.slice(from, open.index) + decodeTag(url.slice(open.index, closer.lastIndex));
    opener.lastIndex = from = closer.lastIndex;
  }
  return out + url.slice(from);
}

function decodeTag(encoded: string): string {
  try {
    return decodeURIComponent(encoded).replaceAll('"', '&quot;');
  } catch {
    return encoded;
  }
}

/** Keeps tags behind words that no converter touches. One per compile: the words of all its parts differ. */
export class TagVault {
  readonly tags: TemplateTag[] = [];
  private readonly prefix: string;

  /** `sources`: everything that will be hidden; the words are chosen so that none of it contains one. */
  constructor(...sources: string[]) {
    let number = 0;
    while (sources.some((source) => source.toLowerCase().includes(`phtag${number}q`))) number++;
    this.prefix = `phtag${number}q`;
  }

  hide(source: string): string {
    return splitTags(source)
      .map((piece) => (typeof piece === 'string' ? piece : this.hideTag(piece)))
      .join('');
  }

  private hideTag(tag: TemplateTag): string {
    this.tags.push(tag);
    return this.word(this.tags.length - 1);
  }

  word(index: number): string {
    return `${this.prefix}${index}z`;
  }

  /** Finds the words; group 1 is the tag's index. */
  get pattern(): RegExp {
    return new RegExp(`${this.prefix}(\\d+)z`, 'g');
  }

  restore(text: string, write: (tag: TemplateTag, index: number) => string): string {
    return text.replace(this.pattern, (_, digits: string) => {
      const index = Number(digits);
      const tag = this.tags[index];
      return tag ? write(tag, index) : '';
    });
  }
}
