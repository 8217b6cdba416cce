import { sql } from 'drizzle-orm';
import type { Scope } from '../auth/scope';
import { contactById, skipReason } from '../campaigns/audience';
import { inScope } from '../db/scoped';
import { type CampaignId, DeliveryId } from '../ids';

/** How long a claim holds, in seconds. Whoever has not settled by then is taken for dead, see ./sweep.ts. */
export const leaseSeconds = 180;

/** One recipient whom this process, and no other, may write to once. */
export type Claimed = {
  id: DeliveryId;
  /** Names this claim: settling with an older one changes nothing. */
  fence: number;
  /** 1 = the first. */
  attempt: number;
  contact: {
    email: string;
    firstName: string;
    lastName: string;
    country: string | null;
    attributes: Record<string, unknown>;
  };
};

type ClaimedRow = {
  id: string;
  fence: number;
  attempts: number;
  state: string;
  address: string;
  first_name: string;
  last_name: string;
  country: string | null;
  attributes: Record<string, unknown>;
};

/**
 * Drawn anew for each row of each claim, 1 to 2³¹ − 1. Whatever counts on from the row, or from a transaction's number, is
 * given out a second time after a rollback or a crash; then a claim that never came to be would name somebody else's.
 */
const newFence = sql`(1 + floor(random() * 2147483647))::int`;

export type Claim = { claimed: Claimed[]; skipped: number };

/**
 * Claims at most `limit` recipients of a batch who are due. Whether the campaign still runs and each of them may still be
 * written to is decided in the same statement; who may not becomes `skipped`. When the commit fails, nobody may be
 * written to: `onDoubt` gets what may have been claimed.
 */
export async function claim(
  scope: Scope,
  campaignId: CampaignId,
  batch: number,
  limit: number,
  onDoubt: (claimed: Claimed[]) => void,
): Promise<Claim> {
  const { workspaceId } = scope;
  let rows: ClaimedRow[] = [];
  try {
    await inScope(scope, async (tx) => {
      rows = await tx.execute<ClaimedRow>(sql`
        with due as materialized (
          select d.id, d.address, ${skipReason(sql`d.address`)} as reason,
            c.first_name, c.last_name, c.country, c.attributes
          from deliveries d
          left join lateral (${contactById(scope, sql`d.contact_id`)}) c on true
          where d.workspace_id = ${workspaceId} and d.campaign_id = ${campaignId} and d.batch = ${batch}
            and d.state in ('queued', 'retrying') and (d.retry_at is null or d.retry_at <= clock_timestamp())
            and exists (select 1 from campaigns k
              where k.workspace_id = ${workspaceId} and k.id = ${campaignId} and k.status = 'sending')
          order by d.id limit ${limit}
          for no key update of d skip locked
        ), claimed as (
          update deliveries d set
            state = (case when due.reason is null then 'sending' else 'skipped' end)::delivery_state,
            reason = due.reason,
            fence = ${newFence},
            attempts = d.attempts + case when due.reason is null then 1 else 0 end,
            lease_until = case when due.reason is null
              then clock_timestamp() + make_interval(secs => ${leaseSeconds}) end,
            retry_at = null
          from due
          where d.workspace_id = ${workspaceId} and d.id = any(array(select id from due)) and d.id = due.id
          returning d.id, d.fence, d.attempts, d.state
        )
        select * from claimed join due using (id)`);
    });
  } catch (error) {
    onDoubt(rows.filter((row) => row.state === 'sending').map(toClaimed));
    throw error;
  }
  const claimed = rows.filter((row) => row.state === 'sending').map(toClaimed);
  return { claimed, skipped: rows.length - claimed.length };
}

const toClaimed = (row: ClaimedRow): Claimed => ({
  id: DeliveryId.parse(row.id),
  fence: row.fence,
  attempt: row.attempts,
  contact: {
    email: row.address,
    firstName: row.first_name,
    lastName: row.last_name,
    country: row.country,
    attributes: row.attributes,
  },
});
