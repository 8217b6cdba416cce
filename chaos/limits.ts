/** What the sender may send. */
export type Limits = { perMinute: number };

/** No faster than this, so that the limit and not the machine sets the pace. */
const mostPerMinute = 4_000;

/** A little less than all in a minute, so that the limit is felt; for large runs, a pace that two cores can hold. */
export const chooseLimits = (
  recipients: number,
  perMinute = Math.min(mostPerMinute, Math.ceil(recipients * 0.93)),
): Limits => ({ perMinute });

/** The windows in which what arrived is held against the limits. */
export const windowsOf = ({ perMinute }: Limits): { seconds: number; limit: number }[] => [
  { seconds: 60, limit: perMinute },
];
