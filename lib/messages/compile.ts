import { createHash } from 'node:crypto';
import type { CampaignContent, CompiledMessage } from '../db/schema';
import { innerOfBody } from '../emails/html-body';
import { markdownToHtml } from '../emails/markdown';
import { completeDocument, renderCampaign } from '../emails/render-campaign';
import { fail, ok, type Result } from '../errors';
import { codeAsAddress, codeImage } from './code-tag';
import { findContexts, type HtmlContext } from './html-context';
import { parseTemplate, renderTemplate, templateLimits } from './liquid';
import { isNestedDeeper } from './nesting';
import { htmlToText } from './plain-text';
import { templateProblem } from './template-error';
import {
  decodeTagsInUrls,
  freeTagsOfMarkup,
  mendTemplate,
  splitTags,
  TagVault,
  type TemplateTag,
} from './template-tags';

export type MessageSource = {
  subject: string;
  preheader: string;
  content: CampaignContent;
  company: { name: string; postalAddress: string };
};

const mostNested = 1000;

/** The source text of a body, with what editors do to template tags undone. */
function bodyOf(content: CampaignContent): string {
  if (content.format === 'markdown') return mendTemplate(content.body);
  const html = content.format === 'visual' ? freeTagsOfMarkup(content.html) : content.body;
  return mendTemplate(decodeTagsInUrls(html));
}

/** `first name` reads as `first`, and the rest is silently dropped: surely not what the author meant. */
function blankInName(source: string): string | undefined {
  for (const piece of splitTags(source)) {
    if (typeof piece === 'string' || piece.kind !== 'output') continue;
    const [, first, second] =
      /^([a-z_][\w.]*)\s+(?!(?:and|or|contains)\b)([a-z_]\w*)/i.exec(piece.inner) ?? [];
    if (first && second)
      return `{{ ${piece.inner.slice(0, 60)} }} has a blank in its name. Did you mean {{ ${first}_${second} }}?`;
  }
  return undefined;
}

/** What is wrong with a template as its author wrote it, in a sentence; undefined: nothing. */
function checkTemplate(source: string, lines: boolean): string | undefined {
  if (source.length > templateLimits.parse) return 'It is longer than a million characters. Shorten it.';
  if (splitTags(source).filter((piece) => typeof piece !== 'string').length > templateLimits.tags)
    return `It has more than ${templateLimits.tags.toLocaleString('en')} merge tags. Use fewer, or a loop.`;
  const mended = mendTemplate(source);
  try {
    renderTemplate(parseTemplate('html', mended), {});
  } catch (error) {
    return templateProblem(error, { lines });
  }
  return blankInName(mended);
}

function checkSource({ subject, preheader, content }: MessageSource): Record<string, string> {
  const fields: Record<string, string> = {};
  const check = (field: string, source: string, lines: boolean) => {
    const problem = checkTemplate(source, lines);
    if (problem !== undefined) fields[field] = problem;
  };
  check('subject', subject, false);
  check('preheader', preheader, false);
  check('body', bodyOf(content), content.format !== 'visual');
  return fields;
}

const isDocument = (html: string) => /<(?:!doctype|html|body)[\s>]/i.test(html);

/** An own unsubscribe link counts only where everybody gets it: outside of conditions. */
function hasUnsubscribeLink(source: string): boolean {
  let depth = 0;
  for (const piece of splitTags(source)) {
    if (typeof piece === 'string') continue;
    if (piece.kind === 'block' && /^(if|unless|case|for|capture|comment)\b/.test(piece.inner)) depth++;
    else if (piece.kind === 'block' && /^end(if|unless|case|for|capture|comment)\b/.test(piece.inner))
      depth--;
    else if (depth === 0 && piece.kind === 'output' && /^unsubscribe_url\b/.test(piece.inner)) return true;
  }
  return false;
}

/** Markdown sees lines of nothing but {% … %} as text of the paragraphs around them; they stand between paragraphs. */
function markdownBody(hidden: string, vault: TagVault): string {
  const isBlock = (text: string) =>
    [...text.matchAll(vault.pattern)].every((match) => vault.tags[Number(match[1])]?.kind === 'block');
  const word = vault.pattern.source.replace('(\\d+)', '\\d+');
  const apart = hidden.replace(new RegExp(`^[ \\t]*(?:${word}[ \\t]*)+$`, 'gm'), (line) =>
    isBlock(line) ? `\n${line.trim()}\n` : line,
  );
  return markdownToHtml(apart).replace(
    new RegExp(`<p[^<>]*>\\s*((?:${word}\\s*)+)</p>\\n?`, 'g'),
    (paragraph, words: string) => (isBlock(words) ? words.trim() : paragraph),
  );
}

const filters: Record<HtmlContext, string> = {
  text: '',
  attribute: '',
  url: ' | link',
  'url-part': ' | link_part',
  inert: ' | inert',
};

/** Puts a tag back, with the filter of the place where it stands. Values that are encoded already are not encoded again. */
function writeTag(tag: TemplateTag, context: HtmlContext): string {
  const filter = filters[context];
  if (tag.kind === 'block' || filter === '' || tag.inner === '') return tag.source;
  if (context === 'url-part' && /\|\s*(?:url_encode|cgi_escape)$/.test(tag.inner)) return tag.source;
  const close = tag.source.endsWith('-}}') ? '-}}' : '}}';
  return `${tag.source.slice(0, -close.length).trimEnd()}${filter} ${close}`;
}

const noTags = (text: string) => text.replaceAll('{{', '{ {').replaceAll('{%', '{ %');

async function frameBody(source: MessageSource, vault: TagVault): Promise<string> {
  const body = bodyOf(source.content);
  const hidden = vault.hide(body);
  const frame = {
    title: vault.hide(codeAsAddress(mendTemplate(source.subject))),
    preheader: vault.hide(codeAsAddress(mendTemplate(source.preheader))),
    company: { name: noTags(source.company.name), postalAddress: noTags(source.company.postalAddress) },
    unsubscribeHref: hasUnsubscribeLink(body) ? null : vault.hide('{{ unsubscribe_url }}'),
  };
  if (source.content.format === 'markdown') return renderCampaign(markdownBody(hidden, vault), frame);
  if (source.content.format === 'html' && isDocument(hidden)) return completeDocument(hidden, frame);
  const inner = innerOfBody(hidden);
  // The visual editor writes sizes in em of the 14 pixels that it takes for a mail program's own.
  const sized = source.content.format === 'visual' ? `<div style="font-size:14px">${inner}</div>` : inner;
  return renderCampaign(sized.replace(/<!--(?:\/?\$|html|head|body)-->/g, ''), frame);
}

/**
 * Renders a message once: layout, HTML, text part. Merge tags stay in as Liquid, each with the filter of the place where it
 * stands. A template that cannot be read is `invalid`, with a sentence per field (subject, preheader, body).
 */
export async function compileMessage(source: MessageSource): Promise<Result<CompiledMessage>> {
  const fields = checkSource(source);
  const first = Object.entries(fields)[0];
  if (first) return fail('invalid', `The ${first[0]} has an error. ${first[1]}`, { fields });
  const vault = new TagVault(
    bodyOf(source.content),
    source.subject,
    source.preheader,
    JSON.stringify(source.company),
  );
  const framed = await frameBody(source, vault);
  if (isNestedDeeper(framed, mostNested)) {
    const tooDeep = 'Its elements stand in each other more than 1,000 deep. Close what you open.';
    return fail('invalid', `The body has an error. ${tooDeep}`, { fields: { body: tooDeep } });
  }
  const contexts = findContexts(framed, vault.pattern, (index) => vault.tags[index]?.kind === 'block');
  const contextOf = (index: number) => contexts.get(index) ?? 'inert';
  const parts = {
    subject: mendTemplate(source.subject),
    preheader: mendTemplate(source.preheader),
    html: vault.restore(framed, (tag, index) => {
      const context = contextOf(index);
      const picture = context === 'text' && tag.kind === 'output' ? codeImage(tag.inner) : undefined;
      return picture ?? writeTag(tag, context);
    }),
    text: vault.restore(htmlToText(framed), (tag, index) =>
      writeTag(tag, contextOf(index) === 'inert' ? 'text' : contextOf(index)),
    ),
  };
  const problem = checkTemplate(parts.html, false) ?? checkTemplate(parts.text, false);
  if (problem !== undefined)
    return fail('invalid', `The body has an error. ${problem}`, { fields: { body: problem } });
  const hash = createHash('sha256')
    .update(JSON.stringify(Object.values(parts)))
    .digest('hex');
  return ok({ ...parts, company: source.company, hash });
}
