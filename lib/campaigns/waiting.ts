import { and, desc, eq, sql } from 'drizzle-orm';
import type { Scope } from '../auth/scope';
import { campaigns } from '../db/schema/campaigns';
import { inScope } from '../db/scoped';
import type { CampaignStatus } from '../db/states';
import type { CampaignId } from '../ids';

export type WaitingCampaign = {
  id: CampaignId;
  name: string;
  status: CampaignStatus;
  held: boolean;
  /** Why it was held or paused; null: messages of it wait for a decision. */
  problem: string | null;
};

/** Campaigns that go no further without a person: held, paused by the system, or with undecided messages; 10 at most. */
export function waitingCampaigns(scope: Scope): Promise<WaitingCampaign[]> {
  const { id, name, status, held, problem } = campaigns;
  const undecided = sql`${id} in (
    select campaign_id from (
      select campaign_id, flags, n from delivery_rollups
      where workspace_id = ${scope.workspaceId} and state = 'unconfirmed' and part = -1
      union all
      select campaign_id, split_part(key, '|', 4)::int, value::int from delivery_deltas cross join lateral jsonb_each_text(shapes)
      where workspace_id = ${scope.workspaceId} and key like '-1|unconfirmed|%'
    ) u
    -- Neither erased nor accepted.
    where flags & 3 = 0 group by 1 having sum(n) > 0)`;
  return inScope(scope, (tx) =>
    tx
      .select({ id, name, status, held, problem })
      .from(campaigns)
      .where(
        and(
          eq(campaigns.workspaceId, scope.workspaceId),
          sql`(${held} or (${status} = 'paused' and ${problem} is not null) or ${undecided})`,
        ),
      )
      .orderBy(desc(id))
      .limit(10),
  );
}
