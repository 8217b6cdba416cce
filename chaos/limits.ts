import type { Fault } from './plan';

/** What the sender may send. */
export type Limits = { perSecond: number; perMinute: number; perHour: null; perDay: null };

/** No faster than this, so that the limit and not the machine sets the pace. */
const mostPerMinute = 4_000;

/**
 * A little less than all in a minute, so that the limit is felt; for large runs, a pace that two cores can hold. A second
 * may hold somewhat more than its share: less than two workers would send that did not know of each other.
 */
export const chooseLimits = (
  recipients: number,
  perMinute = Math.min(mostPerMinute, Math.ceil(recipients * 0.93)),
): Limits => ({ perSecond: Math.ceil((perMinute / 60) * 1.3), perMinute, perHour: null, perDay: null });

/** The windows in which what arrived is held against the limits. */
export const windowsOf = ({ perSecond, perMinute }: Limits): { seconds: number; limit: number }[] => [
  { seconds: 1, limit: perSecond },
  { seconds: 60, limit: perMinute },
];

/** A worker has so many messages on their way to a slow server; to a quick one, a tenth of a second's. */
const leastOnTheWire = 4;

/** How many messages these faults may have put in doubt: what workers had on the wire, and what the server dropped. */
export function mostInDoubt(faults: Fault[], { perSecond }: Limits): number {
  const onTheWire = Math.max(leastOnTheWire, Math.ceil(perSecond / 10));
  return faults.reduce((sum, fault) => {
    if (fault.kind === 'kill' || fault.kind === 'sleep') return sum + onTheWire;
    return fault.kind === 'drop' ? sum + fault.connections : sum;
  }, 0);
}
