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
  const undecided = sql`exists (select from deliveries d
    where d.workspace_id = ${campaigns.workspaceId} and d.campaign_id = ${campaigns.id}
      and d.state = 'unconfirmed' and d.accepted_at is null and d.contact_id is not null)`;
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
