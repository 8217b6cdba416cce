import { sql } from 'drizzle-orm';
import type { ScopedTx } from '../db/scoped';
import type { CampaignId } from '../ids';
import { launchCampaign, sendBatch } from './definitions';

/** The jobs of a campaign that wait or run. Reads the queue's own table: its API has no such question. */
export async function liveCampaignJobs(
  tx: ScopedTx,
  campaignId: CampaignId,
): Promise<{ launching: boolean; batches: Set<number> }> {
  const rows = await tx.execute<{ name: string; batch: number | null }>(sql`
    select distinct name, (data->>'batch')::int as batch from pgboss.job
    where name in (${launchCampaign.name}, ${sendBatch.name})
      and state in ('created', 'retry', 'active') and data->>'campaignId' = ${campaignId}`);
  return {
    launching: rows.some((row) => row.name === launchCampaign.name),
    batches: new Set(rows.flatMap((row) => (row.batch === null ? [] : [row.batch]))),
  };
}

/** The priority of the job of a group that is next; 0 when none waits. */
export async function firstWaiting(
  tx: ScopedTx,
  { name }: { name: string },
  groupId: string,
): Promise<number> {
  const [row] = await tx.execute<{ priority: number }>(sql`
    select priority from pgboss.job where name = ${name} and state < 'active' and group_id = ${groupId}
    order by priority desc limit 1`);
  return row?.priority ?? 0;
}
