/** Text that is markup already, and is not escaped again. Only `html` makes it. */
export type Markup = { readonly markup: string };

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escapeText = (text: string) => text.replace(/[&<>"']/g, (character) => entities[character] ?? '');

/** Markup with values in it; a value is text and is escaped, whatever it holds, unless it is markup made here. */
export function html(parts: TemplateStringsArray, ...values: (string | Markup | null)[]): Markup {
  const write = (value: string | Markup | null | undefined) =>
    value === null || value === undefined ? '' : typeof value === 'string' ? escapeText(value) : value.markup;
  return { markup: parts.reduce((text, part, index) => text + part + write(values[index]), '') };
}
