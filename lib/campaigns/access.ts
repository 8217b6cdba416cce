import { and, eq } from 'drizzle-orm';
import { grants, lacking, type Scope } from '../auth/scope';
import { campaignLists, campaigns } from '../db/schema/campaigns';
import { lists } from '../db/schema/lists';
import type { ScopedTx } from '../db/scoped';
import { ok, type Result } from '../errors';
import type { CampaignId } from '../ids';

/**
 * Whether somebody may send to every list of a campaign that they see, which changing anything about it asks for. Of one
 * that they do not see it answers yes: whoever goes on finds no such campaign, and hears the same as if it never was.
 */
export async function maySendTo(tx: ScopedTx, scope: Scope, id: CampaignId): Promise<Result<undefined>> {
  if (scope.lists === 'all') return ok();
  const named = await tx
    .select({ id: lists.id, name: lists.name })
    .from(campaigns)
    .innerJoin(
      campaignLists,
      and(eq(campaignLists.workspaceId, campaigns.workspaceId), eq(campaignLists.campaignId, campaigns.id)),
    )
    .innerJoin(
      lists,
      and(eq(lists.workspaceId, campaignLists.workspaceId), eq(lists.id, campaignLists.listId)),
    )
    .where(and(eq(campaigns.workspaceId, scope.workspaceId), eq(campaigns.id, id)));
  const refused = named.find((list) => !grants(scope, list.id, 'send'));
  return refused ? lacking('send', refused.name) : ok();
}
