import { z } from 'zod';
import { deliveryStates, failReasons, skipReasons, trackingKinds } from '@/lib/db/states';
import { ListId } from '@/lib/ids';
import { cleanText } from '@/lib/text';

const events = [
  ...(['delivered', 'deferred', 'bounced', 'complained', 'unsubscribed', 'opened', 'clicked'] as const),
  ...(['codeOpened', 'codeScanned', 'redeemed'] as const),
];

/** Within the years that PostgreSQL and people know. */
const time = z.iso.datetime().refine((text) => text >= '1970');

/** What the address may say. It can be edited by hand: what makes no sense is as if it were not there. */
export const Search = z.object({
  search: cleanText().trim().min(1).max(320).optional().catch(undefined),
  state: z.enum(deliveryStates).optional().catch(undefined),
  reason: z
    .enum([...skipReasons, ...failReasons])
    .optional()
    .catch(undefined),
  event: z.enum(events).optional().catch(undefined),
  from: time.optional().catch(undefined),
  until: time.optional().catch(undefined),
  link: z.coerce.number<string>().int().min(1).max(9999).optional().catch(undefined),
  machine: z.enum(trackingKinds).optional().catch(undefined),
  domain: cleanText().trim().min(1).max(255).optional().catch(undefined),
  list: ListId.optional().catch(undefined),
  /** Those whom no line of the report names, by mail domain or by list. */
  others: z.enum(['domains', 'lists']).optional().catch(undefined),
  skipped: z.literal('no').optional().catch(undefined),
  cursor: z.string().max(500).optional().catch(undefined),
});
/** Without the page: what a download of all of them asks for. */
export const queryOf = (filter: Search): string =>
  new URLSearchParams(
    Object.entries(filter).flatMap(([name, value]): [string, string][] =>
      value === undefined || name === 'cursor' ? [] : [[name, String(value)]],
    ),
  ).toString();

export type Search = z.infer<typeof Search>;
