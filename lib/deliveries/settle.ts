import { and, eq, inArray, sql } from 'drizzle-orm';
import type { Scope } from '../auth/scope';
import { deliveries } from '../db/schema/deliveries';
import { inScope, inScopeOnce, type ScopedTx } from '../db/scoped';
import type { DeliveryReason } from '../db/states';
import { DeliveryId } from '../ids';
import type { Held } from './claim';
import { suppress } from './events';
import type { Settlement } from './outcome';

/**
 * Somebody has it (`d`), as was told while another attempt was under way, or before this one's answer: whatever this one ends
 * in, they are not written to again.
 */
export const hasArrived = sql`(coalesce(d.delivered_at, d.opened_at, d.clicked_at, d.complained_at) is not null)`;

export type Settled = { claimed: Held; settlement: Settlement };

/**
 * Writes what became of claimed rows, all in one statement that names each fence. A row that the sweep has meanwhile
 * called unconfirmed is corrected; one that was claimed anew, or settled before, is left alone. So it may be repeated
 * after a lost connection. Who has it by what was reported meanwhile is sent to, whatever the attempt says. Who would wait on in
 * a cancelled campaign is cancelled, or stays in doubt.
 */
export async function settleAll(scope: Scope, batch: Settled[]): Promise<void> {
  if (batch.length === 0) return;
  const { workspaceId } = scope;
  // As a time to wait: this process' clock and the database's may differ.
  const waitMs = ({ retryAt }: Settlement) => retryAt && retryAt.getTime() - Date.now();
  const input = batch.map(({ claimed, settlement }) => ({
    id: claimed.id,
    fence: claimed.fence,
    state: settlement.state,
    reason: settlement.reason,
    detail: settlement.detail,
    message_id: settlement.providerMessageId,
    wait_ms: waitMs(settlement),
    given_back: settlement.counts ? 0 : 1,
    keep: settlement.keep,
    replay: settlement.replay,
  }));
  const statement = sql`
    with input as materialized (
      select * from jsonb_to_recordset(${JSON.stringify(input)}::text::jsonb) as r(
        id uuid, fence int, state delivery_state, reason text, detail text, message_id text,
        wait_ms float8, given_back int, keep boolean, replay boolean)
      order by id
    ), settled as (
      update deliveries d set
        state = (case
          when ${hasArrived} then 'sent'
          when r.state in ('queued', 'retrying') and k.status = 'cancelled'
            then case when r.replay then 'unconfirmed' else 'cancelled' end
          else r.state::text end)::delivery_state,
        reason = case when r.state = 'sent' or ${hasArrived} then null else r.reason end,
        provider_message_id = r.message_id,
        sent_at = case when r.state = 'sent' or ${hasArrived} then clock_timestamp() end,
        retry_at = case when k.status <> 'cancelled' and not ${hasArrived}
          then clock_timestamp() + r.wait_ms * interval '1 millisecond' end,
        attempts = d.attempts - r.given_back,
        claimed_by = null,
        replay_id = case when r.replay and k.status <> 'cancelled' and not ${hasArrived} then d.replay_id end
      from input r, campaigns k
      where d.workspace_id = ${workspaceId} and d.id = any(array(select id from input))
        and d.id = r.id and d.fence = r.fence
        and (d.state = 'sending' or (d.state = 'unconfirmed' and r.state in ('sent', 'failed'))
          or (d.state = 'retrying' and d.reason = 'in_doubt' and r.state = 'sent'))
        and k.workspace_id = ${workspaceId} and k.id = d.campaign_id
      returning d.id, d.attempts + r.given_back as attempt, r.reason, r.detail, r.keep
    ), kept as (
      insert into delivery_attempts (workspace_id, id, delivery_id, attempt, reason, detail)
      select ${workspaceId}, uuid_v7(), id, attempt, reason, detail from settled where keep
    )
    select id, reason from settled`;
  if (!batch.some(({ settlement }) => isAboutAddress(settlement.reason))) {
    await inScopeOnce(scope, statement);
    return;
  }
  await inScope(scope, async (tx) => {
    const settled = await tx.execute<{ id: string; reason: DeliveryReason | null }>(statement);
    const refused = settled.flatMap(({ id, reason }) =>
      isAboutAddress(reason) ? [{ id: DeliveryId.parse(id), reason: suppressing[reason] }] : [],
    );
    await suppressRefused(tx, scope, refused);
  });
}

/** Refusals after which an address is not written to again, and why not. */
const suppressing = { address_refused: 'bounced', opted_out: 'opted_out' } as const;

const isAboutAddress = (reason: DeliveryReason | null): reason is keyof typeof suppressing =>
  reason !== null && reason in suppressing;

type Refused = { id: DeliveryId; reason: (typeof suppressing)[keyof typeof suppressing] };

async function suppressRefused(tx: ScopedTx, scope: Scope, refused: Refused[]): Promise<void> {
  if (refused.length === 0) return;
  const rows = await tx
    .select({
      id: deliveries.id,
      contactId: deliveries.contactId,
      campaignId: deliveries.campaignId,
      channel: deliveries.channel,
      address: deliveries.address,
    })
    .from(deliveries)
    .where(
      and(
        eq(deliveries.workspaceId, scope.workspaceId),
        inArray(
          deliveries.id,
          refused.map(({ id }) => id),
        ),
        eq(deliveries.state, 'failed'),
      ),
    );
  const reasons = new Map(refused.map(({ id, reason }) => [id, reason]));
  for (const { id, ...row } of rows)
    await suppress(tx, scope, { ...row, reason: reasons.get(id) ?? 'bounced' });
}
