/*
 * Clock times of a time zone as moments, and back. When clocks change, a local time may come twice, or never. Pure: the
 * page says the same while somebody chooses as the server does afterwards.
 */

export type LocalTime =
  | { kind: 'once'; at: Date }
  /** The clocks go back from `from` to `to`, so it comes a second time. */
  | { kind: 'twice'; first: Date; second: Date; from: string; to: string }
  /** The clocks go forward from `from` to `to`, right over it. */
  | { kind: 'never'; from: string; to: string };

/** Farther than any clock has ever been moved. */
const aroundMs = 36 * 3_600_000;

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known) return known;
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    ...{ year: 'numeric', month: 'long', day: 'numeric', weekday: 'long' },
    ...{ hour: '2-digit', minute: '2-digit', second: '2-digit', timeZoneName: 'shortOffset' },
  });
  formats.set(zone, format);
  return format;
}

function partsOf(at: number | Date, zone: string): Record<string, string> {
  return Object.fromEntries(
    formatOf(zone)
      .formatToParts(at)
      .map(({ type, value }) => [type, value]),
  );
}

/** How far the clocks of a zone are ahead of UTC at a moment, in milliseconds. */
function offsetAt(moment: number, zone: string): number {
  const { year, month, day, hour, minute, second } = partsOf(moment, zone);
  const shown = Date.parse(`${month} ${day}, ${year} ${hour}:${minute}:${second} UTC`);
  return shown - Math.floor(moment / 1000) * 1000;
}

const clock = (shown: number) => new Date(shown).toISOString().slice(11, 16);

/** The clock before and after the change of offsets that lies between two moments. */
function changeBetween(before: number, after: number, zone: string): { from: string; to: string } {
  const earlier = offsetAt(before, zone);
  let [low, high] = [Math.floor(before / 1000), Math.ceil(after / 1000)];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetAt(middle * 1000, zone) === earlier) low = middle;
    else high = middle;
  }
  return { from: clock(high * 1000 + earlier), to: clock(high * 1000 + offsetAt(high * 1000, zone)) };
}

/** When the clocks of a zone show this: `date` as 2026-03-29, `time` as 02:30 or 02:30:15. Undefined: no calendar has it. */
export function resolveLocalTime(date: string, time: string, zone: string): LocalTime | undefined {
  if (!/^\d{4}-\d\d-\d\d$/.test(date) || !/^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$/.test(time)) return undefined;
  const shown = Date.parse(`${date}T${time}Z`);
  if (Number.isNaN(shown) || new Date(shown).toISOString().slice(0, 10) !== date) return undefined;
  const [before, after] = [shown - aroundMs, shown + aroundMs];
  const offsets = [...new Set([offsetAt(before, zone), offsetAt(after, zone)])];
  const moments = offsets
    .map((offset) => ({ at: shown - offset, offset }))
    .filter(({ at, offset }) => offsetAt(at, zone) === offset)
    .map(({ at }) => at)
    .sort((a, b) => a - b);
  const [first, second] = moments;
  if (first === undefined) return { kind: 'never', ...changeBetween(before, after, zone) };
  if (second === undefined) return { kind: 'once', at: new Date(first) };
  const change = changeBetween(before, after, zone);
  return { kind: 'twice', first: new Date(first), second: new Date(second), ...change };
}

/** "Friday 27 March 2026, 09:00 (Europe/Berlin, GMT+1)". Put together by hand, so that every browser says the same. */
export function describeMoment(at: Date | string, zone: string): string {
  const { weekday, day, month, year, hour, minute, timeZoneName } = partsOf(new Date(at), zone);
  const place = zone === 'UTC' ? 'UTC' : `${zone.replaceAll('_', ' ')}, ${timeZoneName}`;
  return `${weekday} ${day} ${month} ${year}, ${hour}:${minute} (${place})`;
}

/** The date and the clock of a zone at a moment, as inputs of a form take them. */
export function localParts(at: Date, zone: string): { date: string; time: string } {
  const shown = new Date(at.getTime() + offsetAt(at.getTime(), zone)).toISOString();
  return { date: shown.slice(0, 10), time: shown.slice(11, 16) };
}

/** Which of the two a moment is, when its local time comes twice; null: it comes once. */
export function whichOfTwo(at: Date, zone: string): 'first' | 'second' | null {
  const { date, time } = localParts(at, zone);
  const found = resolveLocalTime(date, time, zone);
  if (found?.kind !== 'twice') return null;
  return at < found.second ? 'first' : 'second';
}

/** "GMT+2", to tell the two of a time that comes twice apart. */
export const offsetName = (at: Date, zone: string): string => partsOf(at, zone).timeZoneName ?? zone;
