import { setTimeout as delay } from 'node:timers/promises';
import { and, eq, sql } from 'drizzle-orm';
import type { Scope } from '@/lib/auth/scope';
import { encrypt } from '@/lib/auth/secrets';
import { campaigns } from '@/lib/db/schema/campaigns';
import { senders } from '@/lib/db/schema/senders';
import { inScope } from '@/lib/db/scoped';
import { type CampaignId, ListId, newId, type SenderId } from '@/lib/ids';
import type { Sink } from './sink';

type Limits = Partial<Record<'perSecond' | 'perMinute' | 'perHour' | 'perDay', number>>;

/** A list of so many contacts, numbered from `from` on, each with a name of its own. */
export async function makeAudience(scope: Scope, recipients: number, from = 0): Promise<ListId> {
  const { workspaceId } = scope;
  const listId = newId(ListId);
  await inScope(scope, async (tx) => {
    await tx.execute(
      sql`insert into lists (workspace_id, id, name) values (${workspaceId}, ${listId}, ${`List ${listId}`})`,
    );
    await tx.execute(sql`
      with made as (
        insert into contacts (workspace_id, id, email, first_name, last_name)
        select ${workspaceId}, uuid_v7(), 'person-' || n || '@example.com', 'Ann' || n, 'Baker'
        from generate_series(${from + 1}::int, ${from + recipients}::int) n returning id)
      insert into list_contacts (workspace_id, list_id, contact_id) select ${workspaceId}, ${listId}, id from made`);
    // As at the end of an import.
    await tx.execute(sql`analyze contacts, list_contacts`);
  });
  return listId;
}

/** Lets a sender hand over to a sink, within the limits that are given and no others. */
export async function pointAtSink(
  scope: Scope,
  senderId: SenderId,
  sink: Sink,
  { fromEmail = 'news@example.com', limits = {} }: { fromEmail?: string; limits?: Limits } = {},
): Promise<void> {
  const settings = { host: '127.0.0.1', port: sink.port, security: 'none', user: '', password: '' };
  const none = { perSecond: null, perMinute: null, perHour: null, perDay: null };
  await inScope(scope, (tx) =>
    tx
      .update(senders)
      .set({
        provider: 'smtp',
        fromEmail,
        ...none,
        ...limits,
        config: encrypt('provider-config', JSON.stringify(settings)),
      })
      .where(and(eq(senders.workspaceId, scope.workspaceId), eq(senders.id, senderId))),
  );
}

/** Waits until a campaign is completed. Looks at nothing else, because looking costs the database too. */
export async function completed(scope: Scope, id: CampaignId): Promise<void> {
  for (;;) {
    const [row] = await inScope(scope, (tx) =>
      tx
        .select({ status: campaigns.status, problem: campaigns.problem })
        .from(campaigns)
        .where(and(eq(campaigns.workspaceId, scope.workspaceId), eq(campaigns.id, id))),
    );
    if (row?.status === 'completed') return;
    if (row?.problem) throw new Error(row.problem);
    await delay(100);
  }
}
