import { type SQL, sql } from 'drizzle-orm';
import { getCountries, getCountryCallingCode } from 'libphonenumber-js/min';
import { z } from 'zod';
import { offsetName } from './local-time';

/** The time zones of a country by Unicode's data, which Node.js brings along. Asked for in two ways, for older ones know the first alone. */
function zonesOf(country: string): string[] {
  const place: object = new Intl.Locale(`und-${country}`);
  const found: unknown =
    'timeZones' in place
      ? place.timeZones
      : 'getTimeZones' in place && typeof place.getTimeZones === 'function' && place.getTimeZones();
  return z.array(z.string()).catch([]).parse(found);
}

/** A zone's clock through a year: zones of which it is the same are one. */
function clockOf(zone: string, year: number): string {
  return Array.from({ length: 12 }, (_, month) => offsetName(new Date(Date.UTC(year, month)), zone)).join();
}

/** By calling code: the time zone of all countries that have it, where the same clock is shown in all of them. */
export function zonesByCallingCode(year = new Date().getUTCFullYear()): Record<string, string> {
  const countries = Map.groupBy(getCountries(), (country) => getCountryCallingCode(country));
  const sure = [...countries].flatMap(([code, all]) => {
    const zones = all.map(zonesOf);
    const [first, ...others] = zones.flat();
    if (first === undefined || zones.some((some) => some.length === 0)) return [];
    return others.every((zone) => clockOf(zone, year) === clockOf(first, year)) ? [[code, first]] : [];
  });
  return Object.fromEntries(sure);
}

let known: string | undefined;

/** When the quiet hours end in which a contact (`c`) may get no text message at a number, in a workspace (`w`); null: now is none of them. */
export function quietUntil(phone: SQL): SQL {
  known ??= JSON.stringify(zonesByCallingCode());
  // No calling code is the beginning of another one.
  const guesses = [3, 2, 1].map((digits) => sql`${known}::jsonb ->> substr(${phone}, 2, ${digits}::int)`);
  const zone = sql`coalesce(c.time_zone, ${sql.join(guesses, sql`, `)})`;
  return sql`quiet_until(${zone}, w.time_zone, w.quiet_from, w.quiet_until, clock_timestamp())`;
}
