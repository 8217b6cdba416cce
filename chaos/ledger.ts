import type { CampaignStatus, DeliveryState } from '@/lib/db/states';
import type { Entry } from './compare';
import type { Database } from './database';

/** Read as PostgreSQL has it, not as the product shows it. */
export async function readStatus(
  database: Database,
  id: string,
  name?: string,
): Promise<{ status: CampaignStatus; planned: number | null; problem: string | null }> {
  const [row] = await database.ask(
    (sql) => sql<{ status: CampaignStatus; planned: number | null; problem: string | null }[]>`
      select status, planned, problem from campaigns where id = ${id}`,
    name,
  );
  if (!row) throw new Error('the campaign is gone');
  return row;
}

export function readLedger(database: Database, id: string, name?: string): Promise<Entry[]> {
  return database.ask(
    (sql) => sql<{ id: string; address: string | null; state: DeliveryState; doubts: number }[]>`
      select d.id, d.address, d.state, (
        select count(*)::int from delivery_attempts a
        where a.workspace_id = d.workspace_id and a.delivery_id = d.id and a.reason = 'in_doubt') as doubts
      from deliveries d where d.campaign_id = ${id}`,
    name,
  );
}
