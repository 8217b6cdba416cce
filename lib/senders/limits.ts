import { z } from 'zod';
import type { Limits } from '../throttle/pace';

const most = z
  .int('Enter a whole number, or leave it empty.')
  .min(1, 'Enter at least 1, or leave it empty.')
  .max(1_000_000, 'Enter at most 1,000,000, or leave it empty.')
  .nullable();

/** The limits of a sender or a campaign, as a person enters them. */
export const LimitsInput = z.object({ perSecond: most, perMinute: most, perHour: most, perDay: most });

/** Only the limits of a row that has more. */
export const limitsOf = ({ perSecond, perMinute, perHour, perDay }: Limits): Limits => ({
  ...{ perSecond, perMinute, perHour, perDay },
});
