import { toPlainText } from '@react-email/render';

/** A document has one of each; the parser would put those that come again into each other, however many. */
function onceEach(html: string): string {
  const there = new Set<string>();
  return html.replace(/<(html|body)\b[^<>]*>/gi, (tag, name: string) => {
    const again = there.has(name.toLowerCase());
    there.add(name.toLowerCase());
    return again ? '' : tag;
  });
}

/** The text part of an HTML message: links in angle brackets (RFC 3986, appendix C), pictures as what they show. */
export function htmlToText(html: string): string {
  const text = toPlainText(onceEach(html), {
    // Each level takes room on the stack, and hostile HTML has a hundred thousand of them.
    limits: { maxDepth: 500, ellipsis: '…' },
    selectors: [
      { selector: 'a', options: { linkBrackets: ['<', '>'], hideLinkHrefIfSameAsText: true } },
      ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((selector) => ({
        selector,
        options: { uppercase: false },
      })),
      { selector: 'img', format: 'alt' },
    ],
    formatters: {
      alt: (
        element: { attribs?: Record<string, unknown> },
        _walk: unknown,
        builder: { addInline(text: string): void },
      ) => {
        const alt: unknown = element.attribs?.alt;
        if (typeof alt === 'string' && alt.trim() !== '') builder.addInline(alt.trim());
      },
    },
  });
  return `${text
    .replace(/(?<![ \t])[ \t]+$/gm, '')
    .replace(/\n{3,}/g, '\n\n')
    .trim()}\n`;
}
