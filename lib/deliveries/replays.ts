import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Scope } from '../auth/scope';
import { contactById, skipReason } from '../campaigns/audience';
import { inScopeOnce } from '../db/scoped';
import { type CampaignId, DeliveryId } from '../ids';
import type { Held } from './claim';

/*
 * Requests in doubt, of providers that know them by a key (./handovers.ts writes them down). While a delivery names one, it
 * goes out with that request and no other.
 */

type Job = { campaignId: CampaignId; batch: number };

/** A request whose time has come, and how many wait for it. Undefined: there is none in this batch. */
export async function dueReplay(
  scope: Scope,
  { campaignId, batch }: Job,
): Promise<{ key: string; waiting: number } | undefined> {
  const { workspaceId } = scope;
  const [due] = await inScopeOnce<{ key: string; waiting: number }>(
    scope,
    sql`
    select d.replay_id as key, count(*)::int as waiting from deliveries d
    where d.workspace_id = ${workspaceId} and d.campaign_id = ${campaignId} and d.batch = ${batch}
      and d.state in ('queued', 'retrying') and d.replay_id is not null
      and (d.retry_at is null or d.retry_at <= clock_timestamp())
    group by d.replay_id order by min(d.retry_at) nulls first limit 1`,
  );
  return due;
}

/** What is kept of a request, or why it may not be sent again, in a sentence for people. */
export type KeptReplay =
  | { body: string; account: string; deliveryIds: DeliveryId[]; ageMs: number }
  | { problem: string };

type Order = { campaignId: CampaignId; key: string; workerId: string; fence: number };

/** Claims all who wait for a request to be sent again, while its campaign runs. */
export async function takeUp(scope: Scope, order: Order): Promise<{ held: Held[]; kept: KeptReplay }> {
  const { workspaceId } = scope;
  const { campaignId, key, workerId, fence } = order;
  const rows = await inScopeOnce<{ id: string; attempts: number }>(
    scope,
    sql`
    with due as materialized (
      select d.id from deliveries d
      where d.workspace_id = ${workspaceId} and d.replay_id = ${key} and d.state in ('queued', 'retrying')
        and exists (select 1 from campaigns k
          where k.workspace_id = ${workspaceId} and k.id = ${campaignId} and k.status = 'sending')
      order by d.id for no key update
    )
    update deliveries d set state = 'sending', fence = ${fence}, claimed_by = ${workerId}, retry_at = null
    where d.workspace_id = ${workspaceId} and d.id = any(array(select id from due))
    returning d.id, d.attempts`,
    { durable: false },
  );
  const held = rows.map(({ id, attempts }) => ({ id: DeliveryId.parse(id), fence, attempt: attempts }));
  return { held, kept: await read(scope, key) };
}

/** A request cannot be changed: when one of those who wait may no longer be written to, none of them is. */
async function read(scope: Scope, key: string): Promise<KeptReplay> {
  const { workspaceId } = scope;
  const [row] = await inScopeOnce<{
    body: string;
    account: string;
    ids: string;
    age_ms: number;
    unwanted: boolean;
  }>(
    scope,
    sql`
    select r.body, r.account, array_to_json(r.delivery_ids)::text as ids,
      extract(epoch from clock_timestamp() - r.created_at)::float8 * 1000 as age_ms,
      exists (
        select 1 from deliveries d
        left join lateral (${contactById(scope, sql`d.contact_id`)}) c on true
        where d.workspace_id = ${workspaceId} and d.replay_id = ${key} and ${skipReason('email', sql`d.address`)} is not null
      ) as unwanted
    from replays r
    where r.workspace_id = ${workspaceId} and r.id = ${key} and r.expires_at > clock_timestamp()`,
  );
  if (!row) return { problem: forgotten };
  if (row.unwanted)
    return { problem: 'It was in doubt when somebody in the same request would no longer be written to.' };
  const deliveryIds = z.array(DeliveryId).parse(JSON.parse(row.ids));
  return { body: row.body, account: row.account, deliveryIds, ageMs: row.age_ms };
}

/** Throws a request away for which nobody waits any more. */
export async function forgetRequest(scope: Scope, key: string): Promise<void> {
  await inScopeOnce(scope, sql`${forget(scope)} and r.id = ${key}`, { durable: false });
}

const forget = ({ workspaceId }: Scope) => sql`delete from replays r where r.workspace_id = ${workspaceId}
  and not exists (select 1 from deliveries d where d.workspace_id = ${workspaceId} and d.replay_id = r.id)`;

/**
 * Who waits for a request that may no longer be sent again, of a paused campaign too, becomes `unconfirmed`; and requests for
 * which nobody waits are thrown away.
 */
export async function endReplays(scope: Scope): Promise<void> {
  const { workspaceId } = scope;
  await inScopeOnce(
    scope,
    sql`
    with ended as (
      update deliveries d set state = 'unconfirmed', reason = 'in_doubt', retry_at = null, replay_id = null
      where d.workspace_id = ${workspaceId} and d.replay_id is not null and d.state in ('queued', 'retrying')
        and not exists (select 1 from replays r
          where r.workspace_id = ${workspaceId} and r.id = d.replay_id and r.expires_at > clock_timestamp())
      returning d.id, d.attempts
    )
    insert into delivery_attempts (workspace_id, id, delivery_id, attempt, reason, detail)
    select ${workspaceId}, uuid_v7(), id, attempts, 'in_doubt', ${forgotten} from ended`,
  );
  await inScopeOnce(scope, forget(scope));
}

const forgotten = 'It was in doubt for so long that the provider no longer knows of it.';
