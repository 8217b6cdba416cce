import { parseTemplate, renderTemplate, templateLimits } from './liquid';
import { templateProblem } from './template-error';
import { mendTemplate, splitTags } from './template-tags';

/** `first name` reads as `first`, and the rest is silently dropped: surely not what the author meant. */
function blankInName(source: string): string | undefined {
  for (const piece of splitTags(source)) {
    if (typeof piece === 'string' || piece.kind !== 'output') continue;
    const [, first, second] =
      /^([a-z_][\w.]*)\s+(?!(?:and|or|contains)\b)([a-z_]\w*)/i.exec(piece.inner) ?? [];
    if (first && second)
      return `{{ ${piece.inner.slice(0, 60)} }} has a blank in its name. Did you mean {{ ${first}_${second} }}?`;
  }
  return undefined;
}

/** What is wrong with a template as its author wrote it, in a sentence; undefined: nothing. */
export function checkTemplate(source: string, lines: boolean): string | undefined {
  if (source.length > templateLimits.parse) return 'It is longer than a million characters. Shorten it.';
  if (splitTags(source).filter((piece) => typeof piece !== 'string').length > templateLimits.tags)
    return `It has more than ${templateLimits.tags.toLocaleString('en')} merge tags. Use fewer, or a loop.`;
  const mended = mendTemplate(source);
  try {
    renderTemplate(parseTemplate('html', mended), {});
  } catch (error) {
    return templateProblem(error, { lines });
  }
  return blankInName(mended);
}

/** Whether a tag writes a value where everybody gets it: outside of conditions. */
export function alwaysMentions(source: string, name: string): boolean {
  let depth = 0;
  for (const piece of splitTags(source)) {
    if (typeof piece === 'string') continue;
    if (piece.kind === 'block' && /^(if|unless|case|for|capture|comment)\b/.test(piece.inner)) depth++;
    else if (piece.kind === 'block' && /^end(if|unless|case|for|capture|comment)\b/.test(piece.inner))
      depth--;
    else if (depth === 0 && piece.kind === 'output' && piece.inner.split(/[^\w.]/)[0] === name) return true;
  }
  return false;
}
