import { filterNames, tagNames } from './liquid';

/** Single-character changes between two words, at most `limit`. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next.push(
        Math.min(
          (row[j] ?? 0) + 1,
          (next[j - 1] ?? 0) + 1,
          (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1),
        ),
      );
    row = next;
  }
  return row[b.length] ?? 0;
}

function suggestion(word: string, known: string[]): string | undefined {
  const near = known.map((name) => ({ name, far: distance(word, name) })).sort((a, b) => a.far - b.far)[0];
  return near && near.far <= Math.max(1, Math.floor(word.length / 3)) ? near.name : undefined;
}

const quoted = (text: string) => text.replace(/\s+/g, ' ').slice(0, 80);

function explain(message: string): string {
  const filter = /undefined filter: (.+)/.exec(message)?.[1];
  if (filter !== undefined) {
    const near = suggestion(filter, filterNames());
    return `There is no filter “${quoted(filter)}”.${near ? ` Did you mean “${near}”?` : ' Remove it, or use one of Liquid’s filters.'}`;
  }
  const tag = /tag "(.+?)" not found/.exec(message)?.[1];
  if (tag !== undefined) {
    if (tag.startsWith('end') || tag === 'else' || tag === 'elsif' || tag === 'when')
      return `{% ${quoted(tag)} %} has nothing to belong to. Remove it, or add the tag that opens it before it.`;
    const near = suggestion(tag, tagNames);
    return `The tag {% ${quoted(tag)} %} cannot be used in a message.${near ? ` Did you mean {% ${near} %}?` : ' Remove it.'}`;
  }
  const open = /tag (\{%.*?%\}) not closed/s.exec(message)?.[1];
  if (open !== undefined) {
    const name = /\w+/.exec(open)?.[0] ?? '';
    return `${quoted(open)} is never closed. Add {% end${name} %} where it shall end.`;
  }
  const cut = /(?:output|tag) "(.*)" not closed/s.exec(message)?.[1];
  if (cut !== undefined)
    return `“${quoted(cut)}” is never closed. End it with ${cut.startsWith('{%') ? '%}' : '}}'}, and close its quotes.`;
  if (/limit exceeded/.test(message))
    return 'It takes too long or becomes too large for one message. Use shorter loops or a shorter text.';
  return `This tag cannot be read: ${quoted(message)}. Check its spelling, quotes and brackets.`;
}

/** The error of a template as a sentence for its author; with the line, if the template is one that they see as lines. */
export function templateProblem(error: unknown, { lines }: { lines: boolean }): string {
  const text = error instanceof Error ? error.message : String(error);
  const [, message = text] = /^(.*?)(?:, (?:file:.*?, )?line:\d+(?:, col:\d+)?)?$/s.exec(text) ?? [];
  const line = /, line:(\d+)/.exec(text)?.[1];
  return `${lines && line !== undefined ? `Line ${line}: ` : ''}${explain(message)}`;
}
