import { type SQL, sql } from 'drizzle-orm';
import type { Scope } from '../auth/scope';
import { batchSize } from '../campaigns/launch';
import { inScopeOnce } from '../db/scoped';
import type { CampaignStatus, Channel, ProviderName, UnconfirmedPolicy } from '../db/states';
import { type CampaignId, SenderId } from '../ids';

/** All that sending one batch needs to know, read anew before every claim. */
export type BatchView = {
  status: CampaignStatus;
  unconfirmedPolicy: UnconfirmedPolicy;
  channel: Channel;
  /** The workspace records what is opened and clicked. */
  tracking: boolean;
  /** The sender or the campaign has a limit. */
  limited: boolean;
  /** The sender's, if it failed lately, and for how long by now; 0 ms: one message may try. */
  breaker: { openMs: number; sinceMs: number; problem: string } | null;
  name: string;
  company: { name: string; postalAddress: string };
  sender: {
    id: SenderId;
    provider: ProviderName;
    config: string | null;
    fromName: string;
    fromEmail: string;
    replyTo: string | null;
  } | null;
  /** How many batches the campaign has, about. */
  batches: number;
  /** Somebody of the campaign has got it. */
  hasSent: boolean;
  /** Recipients who are due now. */
  due: number;
  /** How many of them wait for a request in doubt to be sent again. */
  dueAgain: number;
  /** Milliseconds until somebody is due who is not yet; null: there is nobody. */
  nextRetryMs: number | null;
};

type Row = {
  status: CampaignStatus;
  unconfirmed_policy: UnconfirmedPolicy;
  channel: Channel;
  tracking: boolean;
  limited: boolean;
  open_ms: number | null;
  since_ms: number | null;
  breaker_problem: string | null;
  name: string;
  company: string;
  postal_address: string;
  sender_id: string | null;
  provider: ProviderName;
  config: string | null;
  from_name: string;
  from_email: string;
  reply_to: string | null;
  batches: number;
  has_sent: boolean;
  due: number;
  due_again: number;
  next_retry_ms: number | null;
};

/** Undefined: the campaign is gone. */
export async function viewBatch(
  scope: Scope,
  campaignId: CampaignId,
  batch: number,
): Promise<BatchView | undefined> {
  const [row] = await inScopeOnce<Row>(scope, viewStatement(scope, campaignId, batch));
  if (!row) return undefined;
  return {
    status: row.status,
    unconfirmedPolicy: row.unconfirmed_policy,
    channel: row.channel,
    tracking: row.tracking,
    limited: row.limited,
    breaker:
      row.open_ms === null
        ? null
        : {
            ...{ openMs: Math.max(0, row.open_ms), sinceMs: row.since_ms ?? 0 },
            problem: row.breaker_problem ?? '',
          },
    name: row.name,
    company: { name: row.company, postalAddress: row.postal_address },
    sender: row.sender_id
      ? {
          id: SenderId.parse(row.sender_id),
          provider: row.provider,
          config: row.config,
          fromName: row.from_name,
          fromEmail: row.from_email,
          replyTo: row.reply_to,
        }
      : null,
    batches: row.batches,
    hasSent: row.has_sent,
    due: row.due,
    dueAgain: row.due_again,
    nextRetryMs: row.next_retry_ms === null ? null : Math.max(0, row.next_retry_ms),
  };
}

/** Reads of the ledger no more than the batch, and whether there is anybody at all who got it. */
export function viewStatement({ workspaceId }: Scope, campaignId: CampaignId, batch: number): SQL {
  return sql`
      select k.status, k.channel, k.name, w.name as company, w.postal_address, w.unconfirmed_policy, w.tracking,
        coalesce(s.per_second, s.per_minute, s.per_hour, s.per_day,
          k.per_second, k.per_minute, k.per_hour, k.per_day) is not null as limited,
        extract(epoch from b.open_until - clock_timestamp())::float8 * 1000 as open_ms,
        extract(epoch from clock_timestamp() - b.since)::float8 * 1000 as since_ms, b.problem as breaker_problem,
        s.id as sender_id, s.provider, s.config, s.from_name, s.from_email, s.reply_to,
        coalesce(ceil(k.planned / ${batchSize()}::float8), 1000)::int as batches,
        exists (select from deliveries d
          where d.workspace_id = ${workspaceId} and d.campaign_id = ${campaignId} and d.sent_at is not null) as has_sent,
        o.due, o.due_again, o.next_retry_ms
      from campaigns k
      join workspaces w on w.id = k.workspace_id
      left join senders s on s.workspace_id = k.workspace_id and s.id = k.sender_id
      left join breakers b on b.workspace_id = k.workspace_id and b.sender_id = k.sender_id
      cross join lateral (
        select count(*) filter (where d.retry_at is null or d.retry_at <= clock_timestamp())::int as due,
          count(*) filter (where d.replay_id is not null
            and (d.retry_at is null or d.retry_at <= clock_timestamp()))::int as due_again,
          extract(epoch from min(d.retry_at) filter (where d.retry_at > clock_timestamp()) - clock_timestamp())::float8 * 1000
            as next_retry_ms
        from deliveries d
        where d.workspace_id = ${workspaceId} and d.campaign_id = ${campaignId} and d.batch = ${batch}
          and d.state in ('queued', 'retrying')
      ) o
      where k.workspace_id = ${workspaceId} and k.id = ${campaignId}`;
}
