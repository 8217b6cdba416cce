import { placeOfBody } from '../emails/html-body';
import { htmlAttribute } from './html-context';
import { TagVault } from './template-tags';

/*
 * Where a message leads: what may stand in a link at all, which links are counted, and the message whose links lead through
 * the product, so that they are.
 */

/** What runs, reads or shows something of the reader's own machine. Browsers and mail programs disagree about which they follow. */
const refused =
  /^(?:javascript|vbscript|livescript|mocha|data|file|blob|filesystem|about|view-source|jar|res|mhtml):/i;
const leading = new Set(['href', 'action', 'formaction', 'xlink:href']);
const opening = /<([a-z][^\s/>]*)/gi;
const most = 1000;

type Place = { element: string; attribute: string; value: string; start: number; end: number };

/** Attributes by which an element of `html` leads somewhere, and where their values stand; inside of comments, too. */
function* placesOf(html: string): Generator<Place> {
  const elements = new RegExp(opening);
  for (let open = elements.exec(html); open; open = elements.exec(html)) {
    const element = (open[1] ?? '').toLowerCase();
    const attributes = new RegExp(htmlAttribute);
    attributes.lastIndex = elements.lastIndex;
    for (let found = attributes.exec(html); found; found = attributes.exec(html)) {
      elements.lastIndex = attributes.lastIndex;
      const value = found[2] ?? found[4] ?? found[6];
      const attribute = (found[1] ?? '').toLowerCase();
      if (value === undefined || !leading.has(attribute)) continue;
      const end = attributes.lastIndex - (found[3] ?? found[5] ?? '').length;
      yield { element, attribute, value, start: end - value.length, end };
    }
  }
}

const named: Record<string, string> = {
  ...{ amp: '&', quot: '"', apos: "'", lt: '<', gt: '>', nbsp: ' ' },
  ...{ colon: ':', Tab: '\t', NewLine: '\n', sol: '/' },
};

/** What an attribute says, as far as it can be a part of an address. */
const decode = (value: string): string =>
  value.replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|([a-z]+));?/gi, (whole, decimal, hex, name) => {
    const code = decimal ? Number(decimal) : hex ? Number.parseInt(hex, 16) : undefined;
    if (code !== undefined) return code <= 0x10ffff ? String.fromCodePoint(code) : '';
    return whole.endsWith(';') ? (named[name] ?? whole) : whole;
  });

/** Browsers pass control characters over wherever they stand, so that these could hide a scheme. */
const bare = (value: string): string =>
  decode(value)
    .replace(/[\p{Cc}\u2028\u2029]/gu, '')
    .trim();

/** Why a message cannot lead where one of its links does, in a sentence; undefined: it can. `words` stand for merge tags. */
export function linkProblem(html: string, words: RegExp): string | undefined {
  for (const { value } of placesOf(html)) {
    const link = bare(value);
    const written = link.replace(words, '');
    if (refused.test(written))
      return `A link leads to “${written.slice(0, 60)}”, which no message may. Give a complete address that begins with https://.`;
    const begun = new RegExp(`^(?:${words.source})+[^/?#]*:`).exec(link);
    if (begun)
      return 'A link begins with a merge tag and goes on with a colon. Write its beginning yourself, such as https://.';
  }
  return undefined;
}

/** Merge tags that are known only where they stand, so that nobody else can tell what they become. */
const local = /^(?:for|tablerow|assign|capture|increment|decrement)\b/;
/** What leads to a page of the recipient's own, which keeps count of itself or must not be counted. */
const own = /^(?:unsubscribe_url|qr|tracking_url)/;

/**
 * The address of the web that a link leads to, as browsers read it. With merge tags in it, it is a template in Liquid, as long
 * as it says by itself where to: what differs by person may stand behind the host alone.
 */
function target({ element, attribute, value }: Place, vault: TagVault, write: Write): string | undefined {
  if (attribute !== 'href' || (element !== 'a' && element !== 'area')) return undefined;
  // What is no merge tag in the message must not become one in its link.
  const link = bare(value).replaceAll('{', '%7B');
  if (link.search(vault.pattern) === -1)
    return /^https?:\/\//i.test(link) && URL.canParse(link) ? new URL(link).href : undefined;
  const begins = /^https?:\/\/[^/?#\s\\]+[/?#]/i.exec(link)?.[0];
  const tags = [...link.matchAll(vault.pattern)].map((match) => vault.tags[Number(match[1])]);
  const isKnown = tags.every((tag) => tag?.kind === 'output' && tag.inner !== '' && !own.test(tag.inner));
  if (begins === undefined || begins.search(vault.pattern) !== -1 || !isKnown) return undefined;
  return vault.restore(link, write);
}

type Write = Parameters<TagVault['restore']>[1];

/** Where the links of a message lead, each once; `write`: a merge tag as it stands in them. */
export function linksOf(html: string, vault: TagVault, write: Write): string[] {
  const links = new Set<string>();
  const isLocal = vault.tags.some((tag) => tag.kind === 'block' && local.test(tag.inner));
  for (const place of placesOf(html)) {
    const url = target(place, vault, write);
    if (url !== undefined && links.size < most && !(isLocal && isPersonal(url))) links.add(url);
  }
  return [...links];
}

/** Whether a link leads elsewhere for each person: then it is a template. */
export const isPersonal = (link: string): boolean => link.includes('{{');

/** A link as its author wrote it. */
export const shownLink = (link: string): string => link.replace(/ \| link_part(?= -?\}\})/g, '');

/** An image that shows nothing; mail programs load it with the others. */
const pixel =
  '<img src="{{ tracking_url }}/o.gif" width="1" height="1" alt="" style="display:block;width:1px;height:1px;border:0" />';

/** The same message, in which these links and a pixel lead through the product: `{{ tracking_url }}/3` is the third link. */
export function trackLinks(html: string, links: string[]): string {
  const vault = new TagVault(html);
  const hidden = vault.hide(html);
  const numbers = new Map(links.map((url, index) => [url, index + 1]));
  const raw = rawRanges(hidden, vault);
  let out = '';
  let from = 0;
  for (const place of placesOf(hidden)) {
    const number = numbers.get(target(place, vault, asWritten) ?? '');
    if (number === undefined || raw.some(([start, end]) => place.start > start && place.start < end))
      continue;
    out += `${hidden.slice(from, place.start)}${vault.hide(`{{ tracking_url }}/${number}`)}`;
    from = place.end;
  }
  out += hidden.slice(from);
  const { end } = placeOfBody(out);
  const whole = out.slice(0, end) + vault.hide(pixel) + out.slice(end);
  return vault.restore(whole, asWritten);
}

const asWritten: Write = (tag) => tag.source;

/** Where tags are only letters. */
function rawRanges(hidden: string, vault: TagVault): [start: number, end: number][] {
  const ranges: [number, number][] = [];
  let start: number | undefined;
  for (const match of hidden.matchAll(vault.pattern)) {
    const inner = vault.tags[Number(match[1])]?.inner;
    if (inner === 'raw') start ??= match.index;
    if (inner !== 'endraw' || start === undefined) continue;
    ranges.push([start, match.index]);
    start = undefined;
  }
  return ranges;
}
