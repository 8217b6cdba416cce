import type { Limits } from '@/lib/throttle/pace';
import { formatCount } from './campaign-words';

export const noLimits: Limits = { perSecond: null, perMinute: null, perHour: null, perDay: null };

export const limitWindows = [
  { limit: 'perSecond', label: 'A second', words: 'a second' },
  { limit: 'perMinute', label: 'A minute', words: 'a minute' },
  { limit: 'perHour', label: 'An hour', words: 'an hour' },
  { limit: 'perDay', label: 'A day', words: 'a day' },
] as const satisfies { limit: keyof Limits; label: string; words: string }[];

/** "100 a minute and 10,000 a day"; undefined: no limit. */
export function limitWords(limits: Limits): string | undefined {
  const parts = limitWindows.flatMap(({ limit, words }) => {
    const most = limits[limit];
    return most === null ? [] : [`${formatCount(most)} ${words}`];
  });
  const last = parts.pop();
  return parts.length > 0 ? `${parts.join(', ')} and ${last}` : last;
}
