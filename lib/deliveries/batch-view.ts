import { sql } from 'drizzle-orm';
import type { Scope } from '../auth/scope';
import { inScope } from '../db/scoped';
import type { CampaignStatus, ProviderName } from '../db/states';
import { type CampaignId, SenderId } from '../ids';

/** All that sending one batch needs to know, read anew before every claim. */
export type BatchView = {
  status: CampaignStatus;
  problem: string | null;
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
  /** Recipients who are due now. */
  due: number;
  /** Milliseconds until the next retry is due; null: there is none. */
  nextRetryMs: number | null;
};

type Row = {
  status: CampaignStatus;
  problem: string | null;
  name: string;
  company: string;
  postal_address: string;
  sender_id: string | null;
  provider: ProviderName;
  config: string | null;
  from_name: string;
  from_email: string;
  reply_to: string | null;
  due: number;
  next_retry_ms: number | null;
};

/** Undefined: the campaign is gone. */
export async function viewBatch(
  scope: Scope,
  campaignId: CampaignId,
  batch: number,
): Promise<BatchView | undefined> {
  const { workspaceId } = scope;
  const [row] = await inScope(scope, (tx) =>
    tx.execute<Row>(sql`
      select k.status, k.problem, k.name, w.name as company, w.postal_address,
        s.id as sender_id, s.provider, s.config, s.from_name, s.from_email, s.reply_to,
        o.due, o.next_retry_ms
      from campaigns k
      join workspaces w on w.id = k.workspace_id
      left join senders s on s.workspace_id = k.workspace_id and s.id = k.sender_id
      cross join lateral (
        select count(*) filter (where d.retry_at is null or d.retry_at <= clock_timestamp())::int as due,
          extract(epoch from min(d.retry_at) filter (where d.state = 'retrying') - clock_timestamp())::float8 * 1000
            as next_retry_ms
        from deliveries d
        where d.workspace_id = ${workspaceId} and d.campaign_id = ${campaignId} and d.batch = ${batch}
          and d.state in ('queued', 'retrying')
      ) o
      where k.workspace_id = ${workspaceId} and k.id = ${campaignId}`),
  );
  if (!row) return undefined;
  return {
    status: row.status,
    problem: row.problem,
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
    due: row.due,
    nextRetryMs: row.next_retry_ms === null ? null : Math.max(0, row.next_retry_ms),
  };
}
