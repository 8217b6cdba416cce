import { randomInt } from 'node:crypto';
import { type SQL, sql } from 'drizzle-orm';
import type { Scope } from '../auth/scope';
import { contactById, skipReason } from '../campaigns/audience';
import { quietUntil } from '../campaigns/quiet-hours';
import { inScopeOnce } from '../db/scoped';
import type { Channel } from '../db/states';
import { type CampaignId, DeliveryId } from '../ids';
import type { MessageContact } from '../messages/merge-values';

/** One recipient whom this process, and no other, may write to once. */
export type Held = {
  id: DeliveryId;
  /** Names this claim: settling with an older one changes nothing. */
  fence: number;
  /** 1 = the first. */
  attempt: number;
};

export type Claimed = Held & {
  /** Where it goes: an e-mail address, or a phone number in E.164. */
  address: string;
  /** Whether what they open and click may be recorded. */
  tracking: boolean;
  contact: MessageContact;
};

type ClaimedRow = {
  id: string;
  fence: number;
  attempts: number;
  state: string;
  address: string;
  email: string | null;
  first_name: string;
  last_name: string;
  country: string | null;
  attributes: Record<string, unknown>;
  tracking: boolean;
};

/** `skipped` will not be written to; `waiting` not before the quiet hours where they live are over. */
export type Claim = { claimed: Claimed[]; skipped: number; waiting: number };

/**
 * Claims in flight in this process, by their fences. A fence is drawn before the claim is sent: a row of this worker with a
 * fence that is not here belongs to a claim whose answer never came, and nobody will hand it over.
 */
export class Claims {
  readonly #fences = new Set<number>();

  /** Random, 1 to 2³¹ − 1: a claim that never came to be must not name somebody else's. */
  begin(): number {
    const fence = randomInt(1, 2 ** 31);
    this.#fences.add(fence);
    return fence;
  }

  end(fence: number): void {
    this.#fences.delete(fence);
  }

  get areSettled(): boolean {
    return this.#fences.size === 0;
  }

  isOpen(fence: number): boolean {
    return this.#fences.has(fence);
  }
}

type Order = {
  campaignId: CampaignId;
  channel: Channel;
  batch: number;
  limit: number;
  /** The worker's, under whose life the claim holds. */
  workerId: string;
  fence: number;
};

/**
 * Claims at most `limit` recipients of a batch who are due. Whether the campaign still runs and each of them may still be
 * written to is decided in the same statement; who may not becomes `skipped`, and who may not at this hour waits on. When it throws, the claim may yet come to
 * be; then nobody may be written to, and the sweep gives it back.
 */
export async function claim(scope: Scope, order: Order): Promise<Claim> {
  // The hand-over that follows is written durably, and with it all that was before.
  const rows = await inScopeOnce<ClaimedRow>(scope, claimStatement(scope, order), { durable: false });
  const claimed = rows.filter((row) => row.state === 'sending').map(toClaimed);
  const skipped = rows.filter((row) => row.state === 'skipped').length;
  return { claimed, skipped, waiting: rows.length - claimed.length - skipped };
}

/** Reads the rows of its batch alone, however many there are in the workspace. */
export function claimStatement(
  scope: Scope,
  { campaignId, channel, batch, limit, workerId, fence }: Order,
): SQL {
  const { workspaceId } = scope;
  return sql`
    with due as materialized (
      select d.ctid as place, d.id, d.address, ${skipReason(channel, sql`d.address`)} as reason, ${quiet(scope, channel)} as quiet,
        c.email, c.first_name, c.last_name, c.country, c.attributes, c.tracking
      ${dueOf(scope, { campaignId, batch })}
      -- Not by id, for which the planner would go through all deliveries of the workspace.
      order by d.ctid limit ${limit}
      for no key update of d skip locked
    ), claimed as (
      update deliveries d set
        state = (case when due.reason is not null then 'skipped' when due.quiet is not null then d.state::text
          else 'sending' end)::delivery_state,
        reason = case when due.reason is null and due.quiet is not null then d.reason else due.reason end,
        fence = ${fence},
        attempts = d.attempts + case when due.reason is null and due.quiet is null then 1 else 0 end,
        claimed_by = case when due.reason is null and due.quiet is null then ${workerId}::uuid end,
        retry_at = case when due.reason is null then due.quiet end
      from due
      -- By their places, which the locks hold still: without statistics the planner may take any index for the ids.
      where d.ctid = due.place and d.workspace_id = ${workspaceId}
      returning d.id, d.fence, d.attempts, d.state
    )
    select id, fence, attempts, state, address, email, first_name, last_name, country, attributes, tracking
    from claimed join due using (id)`;
}

/** Of a batch, those who are due now (`d`) with their contacts (`c`), while the campaign is being sent. */
export function dueOf(scope: Scope, { campaignId, batch }: { campaignId: CampaignId; batch: number }): SQL {
  const { workspaceId } = scope;
  return sql`
      from deliveries d
      left join lateral (${contactById(scope, sql`d.contact_id`)}) c on true
      where d.workspace_id = ${workspaceId} and d.campaign_id = ${campaignId} and d.batch = ${batch}
        and d.state in ('queued', 'retrying') and d.replay_id is null and (d.retry_at is null or d.retry_at <= clock_timestamp())
        and exists (select 1 from campaigns k
          where k.workspace_id = ${workspaceId} and k.id = ${campaignId} and k.status = 'sending')`;
}

/** When the quiet hours end in which a contact (`c`) may get no text message (`d`); null: now is none of them. */
export const quiet = ({ workspaceId }: Scope, channel: Channel): SQL =>
  channel === 'email'
    ? sql`null::timestamptz`
    : sql`(select ${quietUntil(sql`d.address`)}
        from workspaces w where w.id = ${workspaceId})`;

const toClaimed = (row: ClaimedRow): Claimed => ({
  id: DeliveryId.parse(row.id),
  fence: row.fence,
  attempt: row.attempts,
  address: row.address,
  tracking: row.tracking,
  contact: {
    email: row.email,
    firstName: row.first_name,
    lastName: row.last_name,
    country: row.country,
    attributes: row.attributes,
  },
});
