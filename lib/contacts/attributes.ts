import { z } from 'zod';
import { cleanText } from '../text';

/** A name that Liquid can say: `{{ favourite_colour }}`. */
export const AttributeName = z
  .string()
  .trim()
  .regex(/^[a-z][a-z0-9_]{0,62}$/, 'Use small letters, digits and _, beginning with a letter.');

export const AttributeEntries = z
  .array(z.object({ name: AttributeName, value: cleanText().max(2000, 'Use at most 2,000 characters.') }))
  .max(200)
  .superRefine((entries, context) => {
    const seen = new Set<string>();
    entries.forEach(({ name }, index) => {
      if (seen.has(name))
        context.addIssue({ code: 'custom', path: [index, 'name'], message: 'This name is there twice.' });
      seen.add(name);
    });
  });

type Entry = { name: string; value: string };

/** What a form shows of attributes: each as text, by name. The database keeps them in an order of its own. */
export function attributeEntries(attributes: Record<string, unknown>): Entry[] {
  return Object.entries(attributes)
    .sort(([one], [other]) => one.localeCompare(other, 'en'))
    .map(([name, value]) => ({ name, value: attributeText(value) }));
}

function attributeText(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Attributes from a form: what was not changed keeps its kind, and a number or a yes that was changed stays one if it can. */
export function readAttributes(old: Record<string, unknown>, entries: Entry[]): Record<string, unknown> {
  return Object.fromEntries(entries.map(({ name, value }) => [name, readValue(old[name], value)]));
}

function readValue(old: unknown, text: string): unknown {
  if (old !== undefined && attributeText(old) === text) return old;
  if (typeof old === 'number' && text.trim() !== '' && Number.isFinite(Number(text))) return Number(text);
  if (typeof old === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  return text;
}

/** Changes those that are named; one that is null goes. */
export function mergeAttributes(
  old: Record<string, unknown>,
  changes: Record<string, unknown>,
): Record<string, unknown> {
  return Object.fromEntries(Object.entries({ ...old, ...changes }).filter(([, value]) => value !== null));
}
