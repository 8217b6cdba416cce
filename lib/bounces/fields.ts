/** The fields of a header, or of one recipient of a report (RFC 3464), by their names in lower case; the first of each. */
export type Fields = ReadonlyMap<string, string>;

/** Blocks of fields, apart by empty lines, folded lines put together again. A line that is no field is left out. */
export function readFields(text: string): Fields[] {
  const blocks: Fields[] = [];
  for (const block of text.replace(/\r\n?/g, '\n').split(/\n(?:[ \t]*\n)+/)) {
    const fields = new Map<string, string>();
    for (const line of block.replace(/\n[ \t]+/g, ' ').split('\n')) {
      const [, name, value] = /^([!-9;-~]+)[ \t]*:[ \t]*(.*)$/.exec(line) ?? [];
      if (name !== undefined && value !== undefined && !fields.has(name.toLowerCase()))
        fields.set(name.toLowerCase(), value.trim());
    }
    if (fields.size > 0) blocks.push(fields);
  }
  return blocks;
}
