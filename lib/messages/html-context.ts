/** Where in an HTML document a merge value stands, which decides how it is escaped. */
export type HtmlContext =
  | 'text' // between tags
  | 'attribute' // in a quoted attribute that is no link
  | 'url' // the beginning of a link: it may bring its own scheme
  | 'url-part' // later in a link: it is data
  | 'inert'; // style, script, comment, a tag's or attribute's name, a value without quotes that is no link: only letters and numbers are safe

const urlAttributes = new Set(
  'href src action formaction background poster cite data longdesc srcset xlink:href ping'.split(' '),
);
const rawText = /^(style|script|xmp|iframe|noembed|noframes|plaintext)$/;

/** An opening tag: its name, where its attributes start. Comments and declarations have no attributes. */
const markup = /<!--[\s\S]*?(?:-->|$)|<([!?/])[^>]*(?:>|$)|<([a-z][^\s/>]*)/gi;
/** One attribute, from where the last ended. Its name, then a quoted value and its closing quote, twice, or a bare one. */
export const htmlAttribute =
  /\s*(?:\/(?!>)\s*)*([^\s=>/"']+|["'])(?:\s*=\s*(?:"([^"]*)("|$)|'([^']*)('|$)|([^\s>]*)))?/y;

/**
 * The context of every word of `words` in `html`, by the number in the word. Follows the tokenizer of the HTML standard
 * (§13.2.5) as far as it matters here; what it is not sure of is `inert`.
 */
export function findContexts(
  html: string,
  words: RegExp,
  isBlock: (index: number) => boolean,
): Map<number, HtmlContext> {
  const contexts = new Map<number, HtmlContext>();
  const mark = (part: string, context: HtmlContext) => {
    for (const match of part.matchAll(words)) contexts.set(Number(match[1]), context);
  };
  /** Blanks and blocks write nothing of a link, so what follows them still begins it. */
  const markLink = (link: string) => {
    let begun = false;
    let from = 0;
    for (const match of link.matchAll(words)) {
      const index = Number(match[1]);
      begun ||= link.slice(from, match.index).trim() !== '';
      contexts.set(index, begun ? 'url-part' : 'url');
      begun ||= !isBlock(index);
      from = match.index + match[0].length;
    }
  };

  const markAttribute = (name: string, quoted: string | undefined, bare: string | undefined) => {
    mark(name, 'inert');
    const value = quoted ?? bare;
    if (value === undefined) return;
    const lower = name.replace(words, '').toLowerCase();
    if (lower === 'style' || lower === 'srcdoc' || lower.startsWith('on')) mark(value, 'inert');
    // What a link may hold needs no quotes around it.
    else if (urlAttributes.has(lower)) markLink(value);
    else mark(value, quoted === undefined ? 'inert' : 'attribute');
  };

  let at = 0;
  markup.lastIndex = 0;
  for (let open = markup.exec(html); open; open = markup.exec(html)) {
    mark(html.slice(at, open.index), 'text');
    at = markup.lastIndex;
    const name = open[2];
    if (name === undefined) {
      mark(open[0], 'inert');
      continue;
    }
    mark(name, 'inert');
    htmlAttribute.lastIndex = at;
    for (let found = htmlAttribute.exec(html); found; found = htmlAttribute.exec(html)) {
      markAttribute(found[1] ?? '', found[2] ?? found[4], found[6]);
      at = htmlAttribute.lastIndex;
    }
    const end = html.indexOf('>', at);
    const close = end === -1 ? html.length : end + 1;
    mark(html.slice(at, close), 'inert');
    at = close;
    if (rawText.test(name.toLowerCase())) {
      const closing = html.slice(at).search(new RegExp(`</${name}`, 'i'));
      const until = closing === -1 ? html.length : at + closing;
      mark(html.slice(at, until), 'inert');
      at = until;
    }
    markup.lastIndex = at;
  }
  mark(html.slice(at), 'text');
  return contexts;
}
