import { Liquid, type Template } from 'liquidjs';
import { encodeLinkPart, escapeHtml, safeLink, toInert, toText } from './escape';

/*
 * The template language of messages: Liquid without everything that could reach a file, skip the escaping, or keep a
 * worker busy. Two engines: one whose output is escaped for HTML, one for subjects and text parts.
 */

const allowedTags = [
  'assign',
  'break',
  'capture',
  'case',
  'comment',
  'continue',
  'for',
  'if',
  'raw',
  'unless',
  '#',
];
/** `raw` would switch off escaping; the others evaluate code in a string. */
const refusedFilters = [
  'raw',
  'where_exp',
  'reject_exp',
  'group_by_exp',
  'has_exp',
  'find_exp',
  'find_index_exp',
];

/**
 * Characters of template, tags in it (liquidjs takes each from the front of a list, which is quadratic), characters of
 * values made while rendering one message, and milliseconds for that.
 */
export const templateLimits = { parse: 1_000_000, tags: 5_000, memory: 500_000, milliseconds: 500 };

/** Every value that is written counts as memory: capturing a doubled value in a loop ends here. */
type FilterThis = { context: { memoryLimit: { use(count: number): void } } };

const counting = (convert: (text: string) => string) =>
  function (this: FilterThis, value: unknown): string {
    const text = toText(value);
    this.context.memoryLimit.use(text.length + 1);
    return convert(text);
  };

const counted = (convert: (text: string) => string) => ({ raw: true, handler: counting(convert) });

/** Whitespace by the language's own trim and strip_html in one pass: liquidjs uses expressions that take quadratic time. */
function registerLinearFilters(engine: Liquid): void {
  engine.registerFilter('strip', (value: unknown) => toText(value).trim());
  engine.registerFilter('lstrip', (value: unknown) => toText(value).trimStart());
  engine.registerFilter('rstrip', (value: unknown) => toText(value).trimEnd());
  engine.registerFilter('strip_html', (value: unknown) => toText(value).replace(/<[^<>]*>/g, ''));
}

export type Part = 'html' | 'text';

/** Internal filters, one for each place that is not plain text; lib/messages/compile.ts adds them to tags. */
const placeFilters: Record<string, (part: Part, text: string) => string> = {
  link: (part, text) => (part === 'html' ? escapeHtml(safeLink(text)) : safeLink(text)),
  link_part: (_, text) => encodeLinkPart(text),
  inert: (_, text) => toInert(text),
};

function makeEngine(escapeValue: (text: string) => string): Liquid {
  const engine = new Liquid({
    strictFilters: true,
    ownPropertyOnly: true,
    templates: {},
    cache: false,
    parseLimit: templateLimits.parse,
    memoryLimit: templateLimits.memory,
    renderLimit: templateLimits.milliseconds,
    timezoneOffset: 0,
    locale: 'en-US',
    outputEscape: counting(escapeValue) as (value: unknown) => string,
  });
  for (const name of Object.keys(engine.tags)) if (!allowedTags.includes(name)) delete engine.tags[name];
  for (const name of refusedFilters) delete engine.filters[name];
  registerLinearFilters(engine);
  engine.registerFilter('escape', counted(escapeValue));
  engine.registerFilter('h', counted(escapeValue));
  engine.registerFilter(
    'newline_to_br',
    counted((text) => escapeValue(text).replace(/\r?\n/g, escapeValue === escapeHtml ? '<br />\n' : '\n')),
  );
  const part = escapeValue === escapeHtml ? 'html' : 'text';
  for (const [name, convert] of Object.entries(placeFilters))
    engine.registerFilter(
      name,
      counted((text) => convert(part, text)),
    );
  return engine;
}

const htmlEngine = makeEngine(escapeHtml);
const textEngine = makeEngine((text) => text);

export type ParsedTemplate = { engine: Liquid; template: Template[] };

/** What the engine does to a value that is written with the filter of its place, or with none. */
export function escapeValues(part: Part, filter: string | undefined): (value: unknown) => string {
  const convert = filter === undefined ? undefined : placeFilters[filter];
  if (convert) return (value) => convert(part, toText(value));
  return part === 'html' ? (value) => escapeHtml(toText(value)) : toText;
}

const engineOf = (part: Part) => (part === 'html' ? htmlEngine : textEngine);

/** Throws liquidjs' own errors; see ./template-error.ts for what people read. */
export function parseTemplate(part: Part, source: string): ParsedTemplate {
  const engine = engineOf(part);
  return { engine, template: engine.parse(source) };
}

/** Throws when a limit is passed, or a filter cannot take its value. */
export function renderTemplate({ engine, template }: ParsedTemplate, values: object): string {
  return String(engine.renderSync(template, values));
}

export const filterNames = (): string[] =>
  Object.keys(textEngine.filters).filter((name) => !['link', 'link_part', 'inert'].includes(name));
export const tagNames = allowedTags;
