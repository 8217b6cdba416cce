import { createHash } from 'node:crypto';
import type { CompiledText } from '../db/schema/campaigns';
import { fail, ok, type Result } from '../errors';
import { alwaysMentions, checkTemplate } from './check-template';
import { mendTemplate, splitTags, TagVault } from './template-tags';

/** Always the last line: whoever gets a text message is told how to get no more of them. */
const textFooter = 'Reply STOP to unsubscribe';

/**
 * Renders the body of a text message once: its links as short ones, the recipient's own short URL before the footer unless the
 * author has put it elsewhere, and the footer. A template that cannot be read is `invalid`, with a sentence for the body.
 */
export function compileText(
  body: string,
  company: { name: string; postalAddress: string },
): Result<CompiledText> {
  const problem = checkTemplate(body, true) ?? unknownHere(body);
  if (problem !== undefined)
    return fail('invalid', `The message has an error. ${problem}`, { fields: { body: problem } });
  const { text, links } = shorten(mendTemplate(body.replaceAll('\r\n', '\n').trim()));
  // A last tag that takes away the blanks behind it would take the end of its line as well.
  const lines = [
    text.replace(/-(%\}|\}\})$/, '$1'),
    ...(alwaysMentions(text, 'short_url') ? [] : ['{{ short_url }}']),
    textFooter,
  ];
  const whole = lines.join('\n');
  const hash = createHash('sha256')
    .update(JSON.stringify([whole, links]))
    .digest('hex');
  return ok({ channel: 'sms', text: whole, links, company, hash });
}

/** Characters of a template, tags and all. */
const longestBody = 2000;

/** What would be empty, or far too long, in a text message. */
function unknownHere(body: string): string | undefined {
  if (body.length > longestBody) return 'It is far longer than a text message can be. Shorten it.';
  const tags = splitTags(body).flatMap((piece) => (typeof piece === 'string' ? [] : [piece.inner]));
  const found = /\b(?:unsubscribe_url|qr_image_url)\b/.exec(tags.join('\n'))?.[0];
  if (found === 'unsubscribe_url')
    return 'Text messages have no unsubscribe link: “Reply STOP to unsubscribe” is added to each.';
  if (found === 'qr_image_url') return 'Text messages show no pictures. {{ short_url }} leads to the code.';
  return undefined;
}

/** Addresses of the web in a text that hold no merge tag: those are written for everybody. */
const address = /https?:\/\/[^\s<>"{}|\\^`]+/gi;
/** Marks that end the sentence it stands in, and no address. */
const trailing = /[.,;:!?\]}']+$/;

/** Without the marks behind it, and a bracket that was opened before it. */
function endOf(found: string): number {
  let end = found.length;
  for (;;) {
    const url = found.slice(0, end);
    const marks = trailing.exec(url)?.index;
    const opened = url.split('(').length;
    if (marks !== undefined) end = marks;
    else if (url.endsWith(')') && url.split(')').length > opened) end--;
    else return end;
  }
}

function shorten(body: string): { text: string; links: string[] } {
  const links: string[] = [];
  const vault = new TagVault(body);
  const hidden = vault.hide(body).replace(address, (found) => {
    const end = endOf(found);
    const url = found.slice(0, end);
    if (found.match(vault.pattern) || !URL.canParse(url)) return found;
    const known = links.indexOf(url);
    const n = known < 0 ? links.push(url) : known + 1;
    return `{{ short_link_${n} }}${found.slice(end)}`;
  });
  return { text: vault.restore(hidden, (tag) => tag.source), links };
}
