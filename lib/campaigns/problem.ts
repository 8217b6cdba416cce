import { and, eq, sql } from 'drizzle-orm';
import type { Scope } from '../auth/scope';
import { campaigns } from '../db/schema';
import { inScope } from '../db/scoped';
import type { CampaignId } from '../ids';

/** Says on a sending campaign's page why it does not get on; null: it does again. */
export async function setProblem(scope: Scope, id: CampaignId, problem: string | null): Promise<void> {
  await inScope(scope, (tx) =>
    tx
      .update(campaigns)
      .set({ problem })
      .where(
        and(
          eq(campaigns.workspaceId, scope.workspaceId),
          eq(campaigns.id, id),
          eq(campaigns.status, 'sending'),
          sql`${campaigns.problem} is distinct from ${problem}`,
        ),
      ),
  );
}
