import { and, asc, eq } from 'drizzle-orm';
import type { Scope } from '../auth/scope';
import { campaigns } from '../db/schema/campaigns';
import { inScope } from '../db/scoped';
import type { CampaignId } from '../ids';

export type ScheduledCampaign = { id: CampaignId; name: string; at: Date | null; zone: string | null };

/** What goes out next by itself, the soonest first. What is held waits for a person: see waitingCampaigns. */
export function nextScheduled(scope: Scope, most: number): Promise<ScheduledCampaign[]> {
  const { id, name, scheduledAt, scheduledZone, status, held } = campaigns;
  return inScope(scope, (tx) =>
    tx
      .select({ id, name, at: scheduledAt, zone: scheduledZone })
      .from(campaigns)
      .where(and(eq(campaigns.workspaceId, scope.workspaceId), eq(status, 'scheduled'), eq(held, false)))
      .orderBy(asc(scheduledAt))
      .limit(most),
  );
}
