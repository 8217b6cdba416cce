import MarkdownIt from 'markdown-it';

const text = 'font-size:16px;line-height:26px;color:#1f2329';
const heading = (top: string, size: string) =>
  `margin:${top} 0 12px;font-weight:650;color:#1f2329;font-size:${size}`;
const small = heading('28px', '18px;line-height:26px');
const list = 'margin:0 0 16px;padding-left:24px';
const cell = 'padding:8px 12px;border-bottom:1px solid #e3e5e9;text-align:left';
const mono = 'border-radius:4px;background-color:#f4f5f7;font-size:14px';

/** Mail programs want styles on the elements. The layout turns them dark where the reader's mail program is. */
const styles: Record<string, string> = {
  p: `margin:0 0 16px;${text}`,
  h1: heading('0', '28px;line-height:36px'),
  h2: heading('28px', '22px;line-height:30px'),
  ...{ h3: small, h4: small, h5: small, h6: small },
  ul: list,
  ol: list,
  li: `margin:0 0 6px;${text}`,
  blockquote: 'margin:0 0 16px;padding:2px 0 2px 16px;border-left:3px solid #d5d8de',
  code: `padding:1px 5px;${mono}`,
  pre: `margin:0 0 16px;padding:14px 16px;${mono.replace('4px', '8px')};line-height:22px;white-space:pre-wrap;word-break:break-word`,
  hr: 'margin:28px 0;border:none;border-top:1px solid #e3e5e9',
  a: 'color:#3d48c0;text-decoration:underline',
  img: 'display:block;max-width:100%;height:auto;border:0;border-radius:8px',
  table: 'margin:0 0 16px;border-collapse:collapse;font-size:15px;line-height:22px',
  th: cell,
  td: cell,
};

/* Of a well-kept parser that takes linear time: what an author pastes must never stop a process for everybody. */
const parser = new MarkdownIt({ html: true, linkify: true });
const { linkify } = parser;

// Its own check would leave a link that no message may have in the text, as it was typed. Whoever wrote it shall be told instead.
parser.validateLink = () => true;

const host = new RegExp(linkify.re.get_fuzzy_url_host_port().source + linkify.re.get_path().source, 'iy');
linkify.add('//', null);
linkify.add('www.', {
  validate(source, at) {
    host.lastIndex = at;
    return host.exec(source)?.[0].length ?? 0;
  },
  normalize(match) {
    match.url = `http://${match.url}`;
  },
});

parser.core.ruler.push('styles', ({ tokens }) => {
  for (const token of tokens.flatMap((block) => [block, ...(block.children ?? [])])) {
    if (token.type === 'fence') token.type = 'code_block'; // which has its attributes at <pre>
    const style = styles[token.type === 'code_block' ? 'pre' : token.tag];
    if (style === undefined || token.nesting === -1) continue;
    const own = token.attrGet('style');
    token.attrSet('style', own === null ? style : `${style};${own}`);
    if (token.tag === 'table')
      token.attrs?.unshift(['width', '100%'], ['cellpadding', '0'], ['cellspacing', '0']);
  }
});

/** Markdown (with tables and bare links) as HTML for mail. HTML inside stays as it is: authors are trusted, and previews run in a sandbox. */
export function markdownToHtml(markdown: string): string {
  return parser.render(markdown);
}
