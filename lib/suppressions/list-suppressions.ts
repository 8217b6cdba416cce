import { and, asc, desc, eq, type SQL, sql } from 'drizzle-orm';
import type { Scope } from '../auth/scope';
import { type Page, turnedPage, turnOf } from '../db/page';
import { apiKeys } from '../db/schema/access';
import { users } from '../db/schema/accounts';
import { campaigns } from '../db/schema/campaigns';
import { suppressions } from '../db/schema/deliveries';
import { inScope } from '../db/scoped';
import type { CampaignId } from '../ids';
import { storable } from '../text';
import type { Suppression } from './suppressions';

export type SuppressionRow = Suppression & {
  note: string;
  /** Who added it; null: nobody did, a message came back. */
  by: string | null;
  campaign: { id: CampaignId; name: string } | null;
};

const pageSize = 50;

/** Addresses that are never written to, the newest first; `search` is how an address begins. */
export async function listSuppressions(
  scope: Scope,
  { search, cursor }: { search?: string; cursor?: string | null },
): Promise<Page<SuppressionRow>> {
  const turn = turnOf(cursor);
  const prefix = storable(search ?? '')
    .trim()
    .toLowerCase();
  const rows = await inScope(scope, (tx) =>
    tx
      .select({
        id: suppressions.id,
        channel: suppressions.channel,
        address: suppressions.address,
        reason: suppressions.reason,
        note: suppressions.note,
        createdAt: suppressions.createdAt,
        by: sql<string | null>`coalesce(${users.name}, ${apiKeys.name})`,
        campaignId: campaigns.id,
        campaignName: campaigns.name,
      })
      .from(suppressions)
      .leftJoin(users, eq(users.id, suppressions.createdBy))
      .leftJoin(
        apiKeys,
        and(eq(apiKeys.workspaceId, suppressions.workspaceId), eq(apiKeys.id, suppressions.createdByKey)),
      )
      .leftJoin(
        campaigns,
        and(eq(campaigns.workspaceId, suppressions.workspaceId), eq(campaigns.id, suppressions.campaignId)),
      )
      .where(
        and(
          eq(suppressions.workspaceId, scope.workspaceId),
          prefix === '' ? undefined : beginsWith(prefix),
          turn.id === undefined
            ? undefined
            : turn.backwards
              ? sql`${suppressions.id} > ${turn.id}::uuid`
              : sql`${suppressions.id} < ${turn.id}::uuid`,
        ),
      )
      .orderBy(turn.backwards ? asc(suppressions.id) : desc(suppressions.id))
      .limit(pageSize + 1),
  );
  const page = turnedPage(rows, pageSize, turn);
  return {
    ...page,
    rows: page.rows.map(({ campaignId, campaignName, ...row }) => ({
      ...row,
      campaign: campaignId && campaignName !== null ? { id: campaignId, name: campaignName } : null,
    })),
  };
}

/** As a range, so that the index of addresses serves it. */
const beginsWith = (prefix: string): SQL =>
  sql`${suppressions.channel} in ('email', 'sms')
    and ${suppressions.address} >= ${prefix} and ${suppressions.address} < ${`${prefix}\u{10ffff}`}`;
