/* Header fields (RFC 5322 §2.2, RFC 2047). Nothing that goes in can end a line by itself. */

const controls = /\p{Cc}+/gu;
const ascii = /^\p{ASCII}*$/u;

/** Text as ASCII that no reader decodes, or with its spaces lost in a fold, is encoded as well. */
const needsEncoding = (text: string): boolean =>
  !ascii.test(text) || text.includes('=?') || /^ | {2}| $/.test(text) || /[^ ]{900}/.test(text);

/** RFC 2047 words of base64, each of whole characters and short enough to stand beside the field's name in 76. */
function encodedWords(text: string): string {
  const words: string[] = [];
  let word = '';
  let bytes = 0;
  for (const char of text) {
    const size = Buffer.byteLength(char);
    if (bytes + size > 39) {
      words.push(word);
      word = '';
      bytes = 0;
    }
    word += char;
    bytes += size;
  }
  words.push(word);
  return words.map((part) => `=?UTF-8?B?${Buffer.from(part).toString('base64')}?=`).join(' ');
}

/** Free text (a subject) as it may stand in a header. */
export function headerText(text: string): string {
  const clean = text.replace(controls, ' ').toWellFormed();
  return needsEncoding(clean) ? encodedWords(clean) : clean;
}

/** `Name <address>`, with the name as atoms, quoted or encoded, whichever it needs. */
export function mailbox(name: string, address: string): string {
  const clean = name.replace(controls, ' ').trim().toWellFormed();
  if (clean === '') return address;
  if (needsEncoding(clean)) return `${encodedWords(clean)} <${address}>`;
  const atoms = /^[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~ ]+$/.test(clean);
  return `${atoms ? clean : `"${clean.replace(/["\\]/g, '\\$&')}"`} <${address}>`;
}

/** One field, folded before white space so that lines stay within 78 where they can. Throws on a name that is none. */
export function headerLine(name: string, value: string): string {
  if (!/^[!-9;-~]+$/.test(name)) throw new Error(`"${name}" is no header name`);
  const clean = value.replace(controls, ' ').trim();
  const line = `${name}: ${clean}`;
  return line.length <= 78 ? `${line}\r\n` : `${fold(line)}\r\n`;
}

function fold(line: string): string {
  const lines: string[] = [];
  let current = '';
  for (const word of line.split(' ')) {
    // never an empty first line: the value begins beside its name
    const first = lines.length === 0 && !current.includes(' ');
    if (current !== '' && !first && current.length + 1 + word.length > 78) {
      lines.push(current);
      current = ` ${word}`;
    } else current = current === '' ? word : `${current} ${word}`;
  }
  lines.push(current);
  return lines.join('\r\n');
}
