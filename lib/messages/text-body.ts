import { TagVault } from './template-tags';

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/**
 * A message of plain text as the HTML that shows it: paragraphs, line breaks, and addresses of the web as links. Merge
 * tags stay as they are.
 */
export function textToHtml(text: string): string {
  const vault = new TagVault(text);
  const html = vault
    .hide(text.replaceAll('\r\n', '\n').trim())
    .replace(/[&<>"]/g, (char) => escapes[char] ?? char)
    .replace(/https?:\/\/(?:&amp;|[^\s&])+/g, linked)
    .split(/\n{2,}/)
    .map((paragraph) => `<p>${paragraph.replaceAll('\n', '<br>')}</p>`)
    .join('\n');
  return vault.restore(html, (tag) => tag.source);
}

/** Without the marks that end the sentence it stands in. */
function linked(found: string): string {
  const end = /[.,;:!?)\]}'*_]*$/.exec(found)?.index ?? found.length;
  const url = found.slice(0, end);
  return `<a href="${url}">${url}</a>${found.slice(end)}`;
}
