import { and, eq } from 'drizzle-orm';
import { grants, lacking, type Scope } from '../auth/scope';
import { campaignLists, lists } from '../db/schema';
import type { ScopedTx } from '../db/scoped';
import { ok, type Result } from '../errors';
import type { CampaignId } from '../ids';

/** Whether somebody may send to every list of a campaign that they see, which changing anything about it asks for. */
export async function maySendTo(tx: ScopedTx, scope: Scope, id: CampaignId): Promise<Result<undefined>> {
  if (scope.lists === 'all') return ok();
  const named = await tx
    .select({ id: lists.id, name: lists.name })
    .from(campaignLists)
    .innerJoin(
      lists,
      and(eq(lists.workspaceId, campaignLists.workspaceId), eq(lists.id, campaignLists.listId)),
    )
    .where(and(eq(campaignLists.workspaceId, scope.workspaceId), eq(campaignLists.campaignId, id)));
  const refused = named.find((list) => !grants(scope, list.id, 'send'));
  return refused ? lacking('send', refused.name) : ok();
}
