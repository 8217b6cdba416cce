const body = /<body(?:"[^"]*"|'[^']*'|[^'">])*>([\s\S]*)<\/body>/i;

/** What stands inside of a document's body; a fragment is that already. */
export function innerOfBody(html: string): string {
  return body.exec(html)?.[1] ?? html;
}
