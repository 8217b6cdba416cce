import { z } from 'zod';

/** Within the years that PostgreSQL and people know. */
const day = z.iso.date().refine((text) => text >= '1970');

/** What the address says: the days, and what became of the messages since. Without days it names nothing. */
export const SentSearch = z.object({
  from: day,
  until: day,
  event: z.enum(['delivered', 'opened', 'clicked', 'unsubscribed', 'bounced']).optional().catch(undefined),
  cursor: z.string().max(500).optional().catch(undefined),
});
export type SentSearch = z.infer<typeof SentSearch>;

/** The address of these people, or with `.csv` that of the download of all of them. */
export function sentHref({ from, until, event }: SentSearch, kind: '' | '.csv' = ''): string {
  return `/campaigns/sent${kind}?from=${from}&until=${until}${event ? `&event=${event}` : ''}`;
}
