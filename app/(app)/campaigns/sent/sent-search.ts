import { z } from 'zod';
import type { SentFilter } from '@/lib/deliveries/sent-messages';

/** Within the years that PostgreSQL and people know. */
const day = z.iso.date().refine((text) => text >= '1970');

/** What the address says: the days, and what became of the messages since. */
export const SentSearch = z.object({
  from: day.optional(),
  until: day.optional(),
  event: z.enum(['delivered', 'opened', 'clicked', 'unsubscribed', 'bounced']).optional().catch(undefined),
  cursor: z.string().max(500).optional().catch(undefined),
});

type Sent = Pick<SentFilter, 'from' | 'until' | 'event'>;

/** The address of these people, or with `.csv` that of the download of all of them. */
export function sentHref({ from, until, event }: Sent, kind: '' | '.csv' = ''): string {
  return `/campaigns/sent${kind}?from=${from}&until=${until}${event ? `&event=${event}` : ''}`;
}
