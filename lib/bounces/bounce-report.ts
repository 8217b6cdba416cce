import { createHash } from 'node:crypto';
import { z } from 'zod';
import { bounceOutcomes } from '../db/states';
import { DeliveryId } from '../ids';
import type { ProviderEvent } from '../providers/provider';
import type { Bounce } from './read-bounce';

/** By this the reports that came by mail are told from what services report: theirs have ids of their own. */
const prefix = 'mail:';

/** What is kept of a bounce until it is processed. */
const Kept = z.object({
  deliveryId: DeliveryId,
  type: z.enum([...bounceOutcomes, 'delivered', 'deferred', 'complained']),
  detail: z.string(),
  triedOnce: z.boolean().default(false),
});
type Kept = z.infer<typeof Kept>;

/** A bounce as it is kept; null for one that tells nothing that would last. The same bounce has the same id, by whatever way. */
export function reportOf({
  messageId,
  deliveryId,
  type,
  detail,
  triedOnce,
}: Bounce): { reportId: string; body: string } | null {
  const kept = Kept.safeParse({ deliveryId, type, detail, triedOnce });
  if (!kept.success) return null;
  const name = JSON.stringify([messageId ?? detail, deliveryId, type]);
  const reportId = prefix + createHash('sha256').update(name).digest('base64url');
  return { reportId, body: JSON.stringify(kept.data satisfies Kept) };
}

/** Undefined for reports that did not come by mail. */
export function eventsOfMail(reportId: string, body: string): ProviderEvent[] | undefined {
  if (!reportId.startsWith(prefix)) return undefined;
  const { triedOnce, ...event } = Kept.parse(JSON.parse(body));
  return [{ ...event, ...(triedOnce && { returned: reportId }) }];
}
