import type { EmailContent } from '@/lib/db/schema/campaigns';
import { innerOfBody } from '@/lib/emails/html-body';

export type Format = EmailContent['format'];

/** What a change of format takes away, as the end of "Changing to Markdown …"; undefined: nothing. */
export function whatIsLost(from: Format, to: Format): string | undefined {
  if (to === 'visual')
    return 'keeps texts, links and images, but drops markup that the visual editor does not know.';
  if (from === 'visual' && to === 'html')
    return 'keeps the message as HTML. Going back to the visual editor later may simplify it.';
  if (from === 'visual') return 'keeps the text and its links. Formatting, buttons and columns are lost.';
  if (from === 'markdown')
    return 'turns the text into HTML. It does not become Markdown again when you change back.';
  return undefined;
}

export function isEmpty(content: EmailContent): boolean {
  const source = content.format === 'visual' ? innerOfBody(content.html) : content.body;
  return source.replace(/<(?!img|hr)[^<>]*>|&nbsp;|\s/g, '') === '';
}

const textOf = (html: string) => new DOMParser().parseFromString(html, 'text/html');

/** Headings, lists, links and paragraphs of the visual editor, as Markdown. */
function toMarkdown(html: string): string {
  const lines: string[] = [];
  const inline = (node: Node): string => {
    if (node instanceof HTMLAnchorElement)
      return `[${[...node.childNodes].map(inline).join('').trim()}](${node.getAttribute('href') ?? ''})`;
    if (node instanceof HTMLImageElement) return `![${node.alt}](${node.getAttribute('src') ?? ''})`;
    if (node instanceof HTMLBRElement) return '  \n';
    const inside = [...node.childNodes].map(inline).join('');
    if (node instanceof Element && /^(STRONG|B)$/.test(node.tagName) && inside.trim()) return `**${inside}**`;
    if (node instanceof Element && /^(EM|I)$/.test(node.tagName) && inside.trim()) return `*${inside}*`;
    return node instanceof Text ? node.data.replace(/\s+/g, ' ') : inside;
  };
  const blocks = textOf(html).body.querySelectorAll('h1,h2,h3,h4,p,li,hr,pre,td > a,td > img');
  for (const block of blocks) {
    const nested = block.parentElement?.closest('h1,h2,h3,h4,p,li,pre');
    const text = inline(block).trim();
    if (nested && block.tagName !== 'LI' && nested.tagName !== 'LI') continue;
    if (nested?.tagName === 'LI' && block.tagName === 'P') continue;
    if (block.tagName === 'HR') lines.push('---');
    else if (text === '') continue;
    else if (/^H[1-4]$/.test(block.tagName)) lines.push(`${'#'.repeat(Number(block.tagName[1]))} ${text}`);
    else if (block.tagName === 'LI')
      lines.push(`${block.parentElement?.tagName === 'OL' ? '1.' : '-'} ${text}`);
    else lines.push(text);
  }
  return lines.join('\n\n').replace(/^((?:-|1\.) .*)\n\n(?=(?:-|1\.) )/gm, '$1\n');
}

/** The same message in another format, as far as that can say it. */
export async function convert(content: EmailContent, to: Format): Promise<EmailContent> {
  if (content.format === 'visual') {
    const html = innerOfBody(content.html);
    return to === 'html' ? { format: 'html', body: html } : { format: 'markdown', body: toMarkdown(html) };
  }
  if (to === 'markdown') return { format: 'markdown', body: content.body };
  const html =
    content.format === 'markdown'
      ? (await import('@/lib/emails/markdown')).markdownToHtml(content.body)
      : content.body;
  return to === 'html'
    ? { format: 'html', body: html }
    : { format: 'visual', document: null, html: innerOfBody(html) };
}
