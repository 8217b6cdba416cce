import { sql } from 'drizzle-orm';
import type { Scope } from '../auth/scope';
import { mostLists } from '../campaigns/audience';
import type { ScopedTx } from '../db/scoped';
import type { DeliveryReason, DeliveryState } from '../db/states';
import { CampaignId } from '../ids';

/** What is known of a delivery besides its state, in the order of its bits in function `delivery_flags`. */
const flagNames = [
  ...['erased', 'accepted', 'delivered', 'deferred', 'bounced', 'complained'],
  ...['opened', 'clicked', 'unsubscribed', 'codeOpened', 'codeScanned', 'redeemed'],
] as const;
export type DeliveryFlag =
  | ('erased' | 'accepted' | 'delivered' | 'deferred' | 'bounced' | 'complained')
  | ('opened' | 'clicked' | 'unsubscribed' | 'codeOpened' | 'codeScanned' | 'redeemed');

/** Whether a flag is among those of a shape. */
export const hasFlag = ({ flags }: Pick<Shape, 'flags'>, flag: DeliveryFlag): boolean =>
  ((flags >> flagNames.indexOf(flag)) & 1) === 1;

/** So many deliveries of a campaign are alike in all that is counted. */
export type Shape = {
  campaignId: CampaignId;
  /** Null: of all recipients; else of those of one list, by its place in the campaign's `audience`. */
  list: number | null;
  state: DeliveryState;
  reason: DeliveryReason | null;
  flags: number;
  n: number;
};

/**
 * What the ledger of campaigns adds up to, exactly as it is in this moment: the rollups, and with them what no worker has added
 * to them yet. One statement, so that nothing is seen in both or in neither.
 */
export async function deliveryShapes(
  tx: ScopedTx,
  { workspaceId }: Scope,
  ids: CampaignId[],
  which: 'all' | 'lists' = 'all',
): Promise<Shape[]> {
  const isWanted = which === 'all' ? sql`part = -1` : sql`part between 0 and ${mostLists}`;
  const rows = await tx.execute<
    Omit<Shape, 'campaignId' | 'list'> & { campaign_id: string; part: number }
  >(sql`
    select campaign_id, part, state, nullif(reason, '') as reason, flags, sum(n)::int as n from (
      select campaign_id, part, state::text as state, reason, flags, n from delivery_rollups
      where workspace_id = ${workspaceId} and campaign_id = any(${sql.param(ids)}::uuid[])
      union all
      select d.campaign_id, split_part(key, '|', 1)::int, split_part(key, '|', 2), split_part(key, '|', 3),
        split_part(key, '|', 4)::int, value::int
      from delivery_deltas d cross join lateral jsonb_each_text(d.shapes)
      where d.workspace_id = ${workspaceId} and d.campaign_id = any(${sql.param(ids)}::uuid[])
    ) each_one
    where ${isWanted}
    group by 1, 2, 3, 4, 5 having sum(n) <> 0`);
  return rows.map(({ campaign_id, part, ...shape }) => ({
    ...shape,
    campaignId: CampaignId.parse(campaign_id),
    list: part < 0 ? null : part,
  }));
}

/** How many deliveries there are of such shapes. */
export const sumOf = <Some extends Pick<Shape, 'n'>>(
  shapes: readonly Some[],
  isMeant: (shape: Some) => boolean,
): number => shapes.reduce((sum, shape) => (isMeant(shape) ? sum + shape.n : sum), 0);
