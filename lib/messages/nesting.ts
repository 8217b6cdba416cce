const empty = new Set(
  'area base basefont br col command embed frame hr img input isindex keygen link meta param source track wbr'.split(
    ' ',
  ),
);
/** What ends by itself when one of its kind begins. */
const kinds = [
  ['p'],
  ['li'],
  ['dt', 'dd'],
  ['tr', 'td', 'th'],
  ['td', 'th'],
  ['thead', 'tbody', 'tfoot'],
  ['option'],
  ['html'],
  ['body'],
];
const endsBefore = new Map(kinds.flatMap((kind) => kind.map((name) => [name, new Set(kind)])));
endsBefore.set('tr', new Set(['tr', 'td', 'th']));

const tag = /<!--[\s\S]*?(?:-->|$)|<(\/?)([a-z][^\s/>]*)(?:"[^"]*"|'[^']*'|[^>"'])*>?/gi;

/**
 * Whether elements stand in each other more than `most` deep. What parses HTML takes time that grows with the square of
 * that: a hundred thousand of them, never closed, stop a process for a minute. This looks at each tag once.
 */
export function isNestedDeeper(html: string, most: number): boolean {
  const open: string[] = [];
  for (const [, slash, written] of html.matchAll(tag)) {
    const name = written?.toLowerCase();
    if (name === undefined || empty.has(name)) continue;
    if (slash) {
      const at = open.lastIndexOf(name);
      if (at !== -1) open.length = at;
      continue;
    }
    const ends = endsBefore.get(name);
    while (ends?.has(open.at(-1) ?? '')) open.pop();
    if (open.push(name) > most) return true;
  }
  return false;
}
