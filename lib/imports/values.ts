import { isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/min';

/** Folds case, accents and everything that is neither letter nor digit: "E-Mail Adresse" and "e_mail-adresse" are one. */
export function fold(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/ß/g, 'ss')
    .replace(/[^\p{L}\p{N}]/gu, '');
}

const yes = new Set(
  'yes y true t 1 x on ja j wahr oui o vrai si s verdadero sim subscribed enabled active aktiv actif activo optin optedin confirmed bestatigt angemeldet abonniert inscrit suscrito ok'.split(
    ' ',
  ),
);

/** What a consent cell says. Empty: nothing. Only a clear yes is one; whatever else stands there is a no. */
export function readConsent(cell: string): boolean | null {
  const text = cell.trim();
  if (text === '') return null;
  return text === '✓' || text === '✔' || yes.has(fold(text));
}

let countryByName: Map<string, string> | undefined;

/** Names of countries in the languages of the headers we know, and their ISO 3166-1 codes. */
function countries(): Map<string, string> {
  if (countryByName) return countryByName;
  countryByName = new Map([
    ['usa', 'US'],
    ['uk', 'GB'],
    ['england', 'GB'],
    ['scotland', 'GB'],
  ]);
  const names = ['en', 'de', 'fr', 'es'].map(
    (locale) => new Intl.DisplayNames(locale, { type: 'region', fallback: 'none' }),
  );
  const letters = Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZ');
  for (const code of letters.flatMap((a) => letters.map((b) => a + b))) {
    if (['ZZ', 'EU', 'EZ', 'UN', 'QO', 'XA', 'XB', 'UK'].includes(code) || names[0]?.of(code) === undefined)
      continue;
    countryByName.set(code.toLowerCase(), code);
    for (const name of names) countryByName.set(fold(name.of(code) ?? code), code);
  }
  return countryByName;
}

/** An ISO 3166-1 alpha-2 code from a code or a name in English, German, French or Spanish; undefined when it is none. */
export const readCountry = (cell: string): string | undefined => countries().get(fold(cell));

const zones = new Map<string, string | undefined>();

/** The IANA name of a time zone in its own spelling; undefined when there is none of that name. */
export function readTimeZone(cell: string): string | undefined {
  const name = cell.trim();
  if (zones.has(name)) return zones.get(name);
  if (zones.size > 2000) zones.clear();
  let zone: string | undefined;
  try {
    if (/^[a-z]+(?:[/_+-][a-z0-9_+-]+)*$/i.test(name))
      zone = new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    // not a zone
  }
  zones.set(name, zone);
  return zone;
}

/** A phone number in E.164, read as people of `country` write it; undefined when it cannot be one. */
export function readPhone(cell: string, country: string): string | undefined {
  if (cell.length > 40) return undefined;
  const text = cell.replace(/^\s*00/, '+');
  const defaultCountry = isSupportedCountry(country) ? country : undefined;
  const number = parsePhoneNumberFromString(text, { defaultCountry, extract: false });
  return number?.isValid() ? number.number : undefined;
}

/** First and last name from one cell: "Ann van der Berg", "van der Berg, Ann". */
export function splitName(cell: string): { first: string; last: string } {
  const text = cell.trim().replace(/\s+/g, ' ');
  const comma = text.indexOf(', ');
  if (comma > 0) return { first: text.slice(comma + 2), last: text.slice(0, comma) };
  const space = text.indexOf(' ');
  return space === -1
    ? { first: text, last: '' }
    : { first: text.slice(0, space), last: text.slice(space + 1) };
}

/** The name of an attribute, as templates can say it: "SMS erlaubt (neu)" → "sms_erlaubt_neu". Empty when no letter is Latin. */
export function attributeName(header: string): string {
  return header
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/ß/g, 'ss')
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^[_0-9]+|_+$/g, '')
    .slice(0, 60);
}

/** A name goes into greetings and headers: it is one line, without control characters. */
export function readName(cell: string): string {
  return !/\p{Cc}/u.test(cell) ? cell.trim() : cell.replace(/[\p{Cc}\s]+/gu, ' ').trim();
}

const maxDepth = 20;

function depthOf(json: string): number {
  let depth = 0;
  let deepest = 0;
  for (const character of json) {
    if (character === '{' || character === '[') deepest = Math.max(deepest, ++depth);
    else if (character === '}' || character === ']') depth--;
  }
  return deepest;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Escapes that PostgreSQL's jsonb refuses: NUL, and halves of surrogate pairs, which JSON.stringify escapes. */
const unstorable = /\\u(?:0000|d[89a-f])/i;

/** An attributes object from a JSON cell; undefined when it is none, or nothing that belongs into a contact. */
export function readAttributes(cell: string): Record<string, unknown> | undefined {
  const text = cell.trim();
  if (!text.startsWith('{') || text.length > 65_536 || (text.length > 500 && depthOf(text) > maxDepth))
    return undefined;
  try {
    const value: unknown = JSON.parse(text);
    if (!isRecord(value) || (unstorable.test(text) && unstorable.test(JSON.stringify(value))))
      return undefined;
    return value;
  } catch {
    return undefined;
  }
}
