import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import type { Scope } from '@/lib/auth/scope';
import { runLaunch } from '@/lib/campaigns/launch';
import { sendCampaign } from '@/lib/campaigns/send';
import { testCampaign } from '@/lib/campaigns/testing';
import { unsafeDatabase } from '@/lib/db/client';
import { inScope } from '@/lib/db/scoped';
import type { CampaignId, ListId, SenderId } from '@/lib/ids';
import { testWorkspace } from '@/lib/workspaces/testing';
import { makeAudience, pointAtSink } from './campaign';
import type { Measurement } from './measurement';
import { newsletter } from './newsletter';
import { startSink } from './sink';
import { startWorker } from './worker';

const recipients = Number(process.env.BENCH_RECIPIENTS ?? 1_000_000);
const mostTimes = 3;
const mostSeconds = 3;

const rival =
  'INSERT … SELECT, one statement, of the same contacts from the same lists with the same columns, ids by the same function, into a table like deliveries with its primary key and no other index, foreign key, policy or job; once before and once behind the launch';

/** The first message of a campaign to two lists that overlap, with worker and sink; then a launch alone, to its end. */
export async function run(): Promise<Measurement[]> {
  const { scope, senderId } = await testWorkspace('Bench Bakery');
  const lists = await makeLists(scope);
  const firstMessage = await measureFirstMessage(scope, senderId, lists);
  const id = await testCampaign(scope, senderId, lists, newsletter);
  const before = await insertBare(scope, id);
  await send(scope, id);
  const seconds = await time(() => runLaunch(scope, id, new AbortController().signal));
  const after = await insertBare(scope, id);
  const bareSeconds = (before + after) / 2;
  const counted = await countWork(scope, id);
  return [
    {
      name: 'launch: time',
      metric: 'times a bare INSERT … SELECT of the same rows',
      value: seconds / bareSeconds,
      limit: `≤ ${mostTimes}`,
      ok: seconds / bareSeconds <= mostTimes && counted.rows === recipients,
      details: { ...counted, seconds, bareSeconds, bare: rival },
    },
    {
      name: 'launch: first message',
      metric: 'seconds from Send until the first message has arrived',
      value: firstMessage.seconds,
      limit: `≤ ${mostSeconds}, of ${recipients.toLocaleString('en')} recipients`,
      ok: firstMessage.seconds <= mostSeconds && firstMessage.launched < recipients,
      details: { recipientsCopiedByThen: firstMessage.launched },
    },
  ];
}

/** Everybody is in one of two lists, and a fifth in both. */
async function makeLists(scope: Scope): Promise<ListId[]> {
  const first = await makeAudience(scope, recipients * 0.6);
  const second = await makeAudience(scope, recipients * 0.4, recipients * 0.6);
  await inScope(scope, (tx) =>
    tx.execute(sql`
      insert into list_contacts (workspace_id, list_id, contact_id)
      select workspace_id, ${second}, contact_id from list_contacts
      where workspace_id = ${scope.workspaceId} and list_id = ${first}
      order by contact_id desc limit ${recipients * 0.2}`),
  );
  await unsafeDatabase().execute(sql`vacuum analyze contacts, list_contacts`);
  return [first, second];
}

async function send(scope: Scope, id: CampaignId): Promise<void> {
  const sent = await sendCampaign(scope, id);
  if (!sent.ok) throw new Error(sent.problem.message);
}

async function time(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return (performance.now() - startedAt) / 1000;
}

async function insertBare(scope: Scope, campaignId: CampaignId): Promise<number> {
  const { workspaceId } = scope;
  await unsafeDatabase().execute(sql`
    create table bare_deliveries (like deliveries including defaults, primary key (workspace_id, id))`);
  const seconds = await time(() =>
    inScope(scope, (tx) =>
      tx.execute(sql`
        insert into bare_deliveries (workspace_id, id, campaign_id, contact_id, channel, address, state, batch)
        select ${workspaceId}, uuid_v7(), ${campaignId}, c.id, 'email', c.email, 'queued',
          ((row_number() over (order by c.id) - 1) / 50)::int
        from contacts c
        where c.workspace_id = ${workspaceId} and c.id in (
          select lc.contact_id from campaign_lists cl
          join list_contacts lc on lc.workspace_id = cl.workspace_id and lc.list_id = cl.list_id
          where cl.workspace_id = ${workspaceId} and cl.campaign_id = ${campaignId})`),
    ),
  );
  await unsafeDatabase().execute(sql`drop table bare_deliveries`);
  return seconds;
}

async function countWork(scope: Scope, id: CampaignId): Promise<{ rows: number; jobs: number }> {
  const [row] = await inScope(scope, (tx) =>
    tx.execute<{ rows: number; jobs: number }>(sql`
      select (select count(*)::int from deliveries
          where workspace_id = ${scope.workspaceId} and campaign_id = ${id}) as rows,
        (select count(*)::int from pgboss.job
          where name = 'send-batch' and data->>'campaignId' = ${id}) as jobs`),
  );
  return row ?? { rows: 0, jobs: 0 };
}

async function measureFirstMessage(scope: Scope, senderId: SenderId, lists: ListId[]) {
  const sink = await startSink();
  await pointAtSink(scope, senderId, sink);
  const id = await testCampaign(scope, senderId, lists, newsletter);
  const worker = await startWorker();
  try {
    const seconds = await time(async () => {
      await send(scope, id);
      while ((await sink.count()).messages === 0) await delay(10);
    });
    return { seconds, launched: (await countWork(scope, id)).rows };
  } finally {
    await worker.stop();
    sink.stop();
  }
}
