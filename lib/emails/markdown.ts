import { Marked, type Tokens } from 'marked';

const text = 'margin:0 0 16px;font-size:16px;line-height:26px;color:#1f2329';
const heading = ['', '28px;line-height:36px', '22px;line-height:30px', '18px;line-height:26px'];

/** Mail programs want styles on the elements. The layout turns them dark where the reader's mail program is. */
const marked = new Marked({
  gfm: true,
  renderer: {
    paragraph({ tokens }) {
      return `<p style="${text}">${this.parser.parseInline(tokens)}</p>\n`;
    },
    heading({ tokens, depth }) {
      const size = heading[Math.min(depth, 3)];
      return `<h${depth} style="margin:${depth === 1 ? 0 : '28px'} 0 12px;font-weight:650;color:#1f2329;font-size:${size}">${this.parser.parseInline(tokens)}</h${depth}>\n`;
    },
    list(token) {
      const tag = token.ordered ? 'ol' : 'ul';
      const start = token.ordered && token.start !== 1 ? ` start="${token.start}"` : '';
      const items = token.items.map((item) => this.listitem(item)).join('');
      return `<${tag}${start} style="margin:0 0 16px;padding-left:24px">${items}</${tag}>\n`;
    },
    listitem(item) {
      return `<li style="margin:0 0 6px;font-size:16px;line-height:26px;color:#1f2329">${this.parser.parse(item.tokens, !!item.loose)}</li>\n`;
    },
    blockquote({ tokens }) {
      return `<blockquote style="margin:0 0 16px;padding:2px 0 2px 16px;border-left:3px solid #d5d8de">${this.parser.parse(tokens)}</blockquote>\n`;
    },
    code({ text: code }) {
      return `<pre style="margin:0 0 16px;padding:14px 16px;border-radius:8px;background-color:#f4f5f7;font-size:14px;line-height:22px;white-space:pre-wrap;word-break:break-word"><code>${escapeCode(code)}</code></pre>\n`;
    },
    codespan({ text: code }) {
      return `<code style="padding:1px 5px;border-radius:4px;background-color:#f4f5f7;font-size:14px">${escapeCode(code)}</code>`;
    },
    hr: () => '<hr style="margin:28px 0;border:none;border-top:1px solid #e3e5e9">\n',
    link({ href, title, tokens }) {
      const hint = title ? ` title="${escapeCode(title)}"` : '';
      return `<a href="${escapeCode(href)}"${hint} style="color:#3d48c0;text-decoration:underline">${this.parser.parseInline(tokens)}</a>`;
    },
    image({ href, title, text: alt }) {
      const hint = title ? ` title="${escapeCode(title)}"` : '';
      return `<img src="${escapeCode(href)}" alt="${escapeCode(alt)}"${hint} style="display:block;max-width:100%;height:auto;border:0;border-radius:8px">`;
    },
    table(token: Tokens.Table) {
      const row = (cells: Tokens.TableCell[], tag: 'th' | 'td') =>
        `<tr>${cells.map((cell) => `<${tag} align="${cell.align ?? 'left'}" style="padding:8px 12px;border-bottom:1px solid #e3e5e9">${this.parser.parseInline(cell.tokens)}</${tag}>`).join('')}</tr>`;
      return `<table width="100%" cellpadding="0" cellspacing="0" style="margin:0 0 16px;border-collapse:collapse;font-size:15px;line-height:22px">${row(token.header, 'th')}${token.rows.map((cells) => row(cells, 'td')).join('')}</table>\n`;
    },
  },
});

function escapeCode(code: string): string {
  return code
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** Markdown (GFM) as HTML for mail. HTML inside stays as it is: authors are trusted, and previews run in a sandbox. */
export function markdownToHtml(markdown: string): string {
  return marked.parse(markdown, { async: false });
}
