import { type SQL, sql } from 'drizzle-orm';
import type { Scope } from '../auth/scope';
import { contactById, skipReason } from '../campaigns/audience';
import { statusOf } from '../campaigns/change-status';
import { canChange } from '../campaigns/transitions';
import { inScope, inScopeOnce, type ScopedTx } from '../db/scoped';
import type { Channel } from '../db/states';
import { CampaignId, DeliveryId } from '../ids';
import type { ProviderEvent } from '../providers/provider';
import { putBack } from './requeue';

/** How long after it came back a message is sent again, the first time and the second. After that it is left at that. */
const delays = ['1 hour', '4 hours'] as const;
/** Those of one stretch go together: a campaign that has completed is not woken for each of them. */
const stretch = '15 minutes';

const literal = (texts: readonly string[]) => sql`${sql.param([...texts])}::interval[]`;

/**
 * Writes down which messages came back for now and are to be sent again, as nobody who had them tries by themselves.
 * Answers the events without those that were known: told of again after it was sent again, a return is none of the new one.
 */
export async function noteSoftBounces(
  tx: ScopedTx,
  { workspaceId }: Scope,
  events: ProviderEvent[],
): Promise<ProviderEvent[]> {
  const named = new Map(
    events.flatMap(({ deliveryId, returned }) =>
      returned === undefined ? [] : [[`${deliveryId} ${returned}`, { delivery: deliveryId, returned }]],
    ),
  );
  if (named.size === 0) return events;
  const fresh = await tx.execute<{ delivery_id: string; returned: string }>(sql`
    insert into soft_bounces (workspace_id, delivery_id, returned, due_at)
    select ${workspaceId}, d.id, r.returned, date_bin(${stretch}, now() + wait.after, 'epoch') + ${stretch}::interval
    from jsonb_to_recordset(${JSON.stringify([...named.values()])}::text::jsonb) as r(delivery uuid, returned text)
    join deliveries d on d.workspace_id = ${workspaceId} and d.id = r.delivery
      -- While it waits to go out, again by itself or by hand, nothing of that can have come back: what it was before has, and is
      -- answered by it.
      and d.state <> 'queued' and not (d.state = 'retrying' and exists (
        select from soft_bounces b where b.workspace_id = ${workspaceId} and b.delivery_id = d.id))
    cross join lateral (
      select (${literal(delays)})[1 + count(*)] as after from soft_bounces b
      where b.workspace_id = ${workspaceId} and b.delivery_id = d.id
    ) wait
    order by d.id, r.returned
    on conflict do nothing
    returning delivery_id, returned`);
  const isFresh = new Set(fresh.map((row) => `${row.delivery_id} ${row.returned}`));
  return events.filter(
    ({ deliveryId, returned }) => returned === undefined || isFresh.has(`${deliveryId} ${returned}`),
  );
}

type Due = { campaign: string; channel: Channel };

/** Puts back into the queue what came back for now, when its time has come, and its recipient may still be written to. */
export async function sendReturned(scope: Scope): Promise<void> {
  const { workspaceId } = scope;
  const due = await inScopeOnce<Due>(
    scope,
    sql`
    select distinct k.id as campaign, k.channel
    from soft_bounces b
    join deliveries d on d.workspace_id = ${workspaceId} and d.id = b.delivery_id
    join campaigns k on k.workspace_id = ${workspaceId} and k.id = d.campaign_id
    where b.workspace_id = ${workspaceId} and b.due_at <= now() and k.status <> 'paused'`,
  );
  for (const { campaign, channel } of due) {
    const id = CampaignId.parse(campaign);
    await inScope(scope, async (tx) => {
      // Whoever pauses it, or sends to these people again by hand, comes before or after.
      const status = await statusOf(tx, scope, id, true);
      if (!status || status === 'paused') return;
      const rows = await tx.execute<{ id: string; goes: boolean }>(dueIn(scope, id, channel));
      const ids = rows.flatMap((row) => (row.goes ? [DeliveryId.parse(row.id)] : []));
      if (ids.length > 0 && canChange(status, 'retry')) await again(tx, scope, id, ids);
      await tx.execute(sql`
        update soft_bounces set due_at = null
        where workspace_id = ${workspaceId} and due_at <= now() and delivery_id = any(${list(rows.map((row) => row.id))})`);
    });
  }
}

const list = (ids: string[]): SQL => sql`${sql.param(ids)}::uuid[]`;

/** Whose time has come, and whether it did not reach them after all, and they may be written to. One worker sees to it. */
const dueIn = (scope: Scope, id: CampaignId, channel: Channel) => sql`
  select d.id, d.state = 'sent' and d.bounced_at is not null
    and coalesce(d.delivered_at, d.opened_at, d.clicked_at, d.complained_at) is null
    and ${skipReason(channel, sql`d.address`)} is null as goes
  from soft_bounces b
  join deliveries d on d.workspace_id = ${scope.workspaceId} and d.id = b.delivery_id
  left join lateral (${contactById(scope, sql`d.contact_id`)}) c on true
  where b.workspace_id = ${scope.workspaceId} and b.due_at <= now() and d.campaign_id = ${id}
  order by d.id limit 5000
  for no key update of b skip locked`;

async function again(tx: ScopedTx, scope: Scope, id: CampaignId, ids: DeliveryId[]): Promise<void> {
  const { workspaceId } = scope;
  const detail = { of: 'soft_bounced' };
  // What was reported of them since they were looked at counts.
  const who = sql`id = any(${list(ids)}) and state = 'sent' and delivered_at is null`;
  const back = await putBack(tx, scope, id, { who, nobody: '', detail });
  // Its sender was deleted, say: then nothing can be done, and they stay as they are.
  if (!back.ok) return;
  await tx.execute(sql`
    with said as (
      delete from bounces b using deliveries d
      where b.workspace_id = ${workspaceId} and b.delivery_id = any(${list(ids)})
        and d.workspace_id = ${workspaceId} and d.id = b.delivery_id and d.state = 'queued'
      returning b.delivery_id, b.detail
    )
    insert into delivery_attempts (workspace_id, id, delivery_id, attempt, reason, detail)
    select ${workspaceId}, uuid_v7(), delivery_id, 1, 'soft_bounced', detail from said`);
}
