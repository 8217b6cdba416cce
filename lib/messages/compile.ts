import { createHash } from 'node:crypto';
import type { CompiledMessage, EmailContent } from '../db/schema/campaigns';
import { innerOfBody } from '../emails/html-body';
import { markdownToHtml } from '../emails/markdown';
import { completeDocument, renderCampaign } from '../emails/render-campaign';
import { fail, ok, type Result } from '../errors';
import { alwaysMentions, checkTemplate } from './check-template';
import { codeAsAddress, codeImage } from './code-tag';
import { findContexts, type HtmlContext } from './html-context';
import { linkProblem, linksOf, trackLinks } from './links';
import { templateLimits } from './liquid';
import { isNestedDeeper } from './nesting';
import { htmlToText } from './plain-text';
import {
  decodeTagsInUrls,
  freeTagsOfMarkup,
  mendTemplate,
  TagVault,
  type TemplateTag,
} from './template-tags';

export type MessageSource = {
  subject: string;
  preheader: string;
  content: EmailContent;
  company: { name: string; postalAddress: string };
};

const mostNested = 1000;

/** The source text of a body, with what editors do to template tags undone. */
function bodyOf(content: EmailContent): string {
  if (content.format === 'markdown') return mendTemplate(content.body);
  const html = content.format === 'visual' ? freeTagsOfMarkup(content.html) : content.body;
  return mendTemplate(decodeTagsInUrls(html));
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
    unsubscribeHref: alwaysMentions(body, 'unsubscribe_url') ? null : vault.hide('{{ unsubscribe_url }}'),
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
  const misleading = linkProblem(framed, vault.pattern);
  if (misleading !== undefined)
    return fail('invalid', `The body has an error. ${misleading}`, { fields: { body: misleading } });
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
  const links = linksOf(framed, vault, (tag) => writeTag(tag, 'url-part'));
  // One that only its tracked form makes too long goes out as it is.
  const canTrack = trackLinks(parts.html, links).length <= templateLimits.parse;
  return ok({ ...parts, ...(canTrack && { links }), company: source.company, hash });
}
