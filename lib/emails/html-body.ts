/** Without `<`, so that of many openings that never end each is read only as far as the next. */
const opening = /<body\b(?:"[^"]*"|'[^']*'|[^'"<>])*>/i;

function lastPlace(document: string, closing: RegExp): number | undefined {
  let place: number | undefined;
  for (const match of document.matchAll(closing)) place = match.index;
  return place;
}

/** Where a document's body begins and ends; all of a fragment is body. */
export function placeOfBody(document: string): { start: number; end: number } {
  const open = opening.exec(document);
  const start = open ? open.index + open[0].length : 0;
  const end = lastPlace(document, /<\/body/gi) ?? -1;
  if (end >= start) return { start, end };
  return { start, end: Math.max(start, lastPlace(document, /<\/html/gi) ?? document.length) };
}

/** What stands inside of a document's body; a fragment is that already. */
export function innerOfBody(html: string): string {
  const { start, end } = placeOfBody(html);
  return html.slice(start, end);
}
