import { setImmediate } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import type { Scope } from '../auth/scope';
import { sampleLinks } from '../codes/code-links';
import { sampleSlug, shortUrl } from '../codes/short-links';
import type { CompiledText } from '../db/schema/campaigns';
import { inScopeOnce } from '../db/scoped';
import type { ListId } from '../ids';
import { charactersOf, longestText, measureText, segmentsOf, type TextSize } from '../messages/segments';
import { prepareText } from '../messages/text-message';
import { contactById, contactsOfLists, skipReason } from './audience';

/** How long a text message becomes for those who would get it. */
export type TextLengths = {
  /** So many were looked at; `all`: these are everybody. */
  people: number;
  all: boolean;
  /** The longest there is, and a few of those who would get one as long; null: nobody gets any. */
  longest: (TextSize & { text: string; names: string[] }) | null;
  /** What those who would get it are charged for, together. */
  segments: number;
  /** The most that one of them is charged for: not always the longest, as letters beyond GSM-7 count for more. */
  mostSegments: number;
  /** So many would get none, because theirs is too long; and a few of them. */
  tooLong: number;
  tooLongNames: string[];
};

/** At most so many people, for at most so long: a template may take its time for each of them. */
type Budget = { most: number; budgetMs: number; signal?: AbortSignal };

const atOnce = 1_000;
/** Whoever else asks this process something does not wait longer than that. */
const longestSliceMs = 20;
const fewNames = 5;

type Row = {
  id: string;
  reachable: boolean;
  email: string | null;
  phone: string | null;
  first_name: string;
  last_name: string;
  country: string | null;
  attributes: Record<string, unknown>;
};

/**
 * Renders a text message for everybody on some lists who would get it, or for the first of them while the budget lasts. Short addresses are all
 * equally long, so that an example stands for each.
 */
export async function measureTexts(
  scope: Scope,
  compiled: CompiledText,
  listIds: ListId[],
  { most, budgetMs, signal }: Budget = { most: 100_000, budgetMs: 5_000 },
): Promise<TextLengths> {
  const began = performance.now();
  let paused = began;
  const isOver = () => signal?.aborted === true || performance.now() - began > budgetMs;
  const message = prepareText(compiled);
  const own = shortUrl(sampleSlug);
  const links = { own, others: compiled.links.map(() => own), code: sampleLinks() };
  const company = compiled.company ?? { name: '', postalAddress: '' };
  const lengths: TextLengths = {
    ...{ people: 0, all: false, longest: null, segments: 0, mostSegments: 0, tooLong: 0, tooLongNames: [] },
  };
  const lists = sql`select unnest(${`{${listIds.join(',')}}`}::uuid[]) as list_id`;
  for (let after: string | null = null; lengths.people < most && !isOver(); ) {
    const rows: Row[] = await inScopeOnce<Row>(
      scope,
      sql`
        select a.contact_id as id, ${skipReason('sms')} is null as reachable, c.email, c.phone, c.first_name, c.last_name, c.country,
          c.attributes
        from (${contactsOfLists(scope, lists, after, atOnce)}) a
        cross join lateral (${contactById(scope, sql`a.contact_id`)}) c
        order by a.contact_id`,
    );
    for (const row of rows) {
      if (!row.reachable) continue;
      if (isOver()) return lengths;
      if (performance.now() - paused > longestSliceMs) {
        await setImmediate();
        paused = performance.now();
      }
      lengths.people++;
      const contact = {
        ...{ email: row.email, firstName: row.first_name, lastName: row.last_name },
        ...{ country: row.country, attributes: row.attributes },
      };
      const text = message.render(contact, links, company);
      if (text.ok) note(lengths, text.value, nameOf(row));
    }
    after = rows.at(-1)?.id ?? null;
    if (rows.length < atOnce) return { ...lengths, all: true };
  }
  return lengths;
}

function note(lengths: TextLengths, text: string, name: string): void {
  const characters = charactersOf(text);
  if (characters > longestText) {
    lengths.tooLong++;
    if (lengths.tooLongNames.length < fewNames) lengths.tooLongNames.push(name);
  } else {
    const segments = segmentsOf(text);
    lengths.segments += segments;
    lengths.mostSegments = Math.max(lengths.mostSegments, segments);
  }
  const { longest } = lengths;
  if (longest && characters < longest.characters) return;
  if (longest && characters === longest.characters) {
    if (longest.names.length < fewNames) longest.names.push(name);
    return;
  }
  lengths.longest = { ...measureText(text), text, names: [name] };
}

const nameOf = ({ first_name: first, last_name: last, email, phone }: Row): string =>
  `${first} ${last}`.trim() || email || phone || 'somebody without a name';
