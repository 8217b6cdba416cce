import { type SQL, sql } from 'drizzle-orm';
import { expect, it } from 'vitest';
import type { Scope } from '../auth/scope';
import { launchNow, testCampaign, testList, unthrottle } from '../campaigns/testing';
import { inScope } from '../db/scoped';
import { runBatch } from '../deliveries/batch';
import { sentResult, standinProvider, testSignals } from '../deliveries/testing';
import type { CampaignId } from '../ids';
import { testWorkspace } from '../workspaces/testing';
import { deliveryMoments, mendMoments } from './delivery-moments';
import { foldCounts } from './fold-counts';
import { reviewAllCounts } from './recount-deliveries';

async function launched(n: number) {
  const { scope, senderId } = await testWorkspace();
  await unthrottle(scope, senderId);
  const { listId } = await testList(scope, n);
  const campaignId = await testCampaign(scope, senderId, [listId]);
  await launchNow(scope, campaignId);
  return { scope, campaignId };
}

const read = (scope: Scope, query: SQL) => inScope(scope, async (tx) => [...(await tx.execute(query))]);

const kept = (scope: Scope, id: CampaignId) => read(scope, sql`${deliveryMoments(scope, id)} order by 1`);

/** The same from the rows alone, in other words than the triggers'. */
const counted = (scope: Scope, id: CampaignId) =>
  read(
    scope,
    sql`
      select at, count(*) filter (where what = 'sent')::int as sent, count(*) filter (where what = 'delivered')::int as delivered,
        count(*) filter (where what = 'bounced')::int as bounced
      from (
        select 'sent' as what, date_trunc('minute', sent_at) as at from deliveries
        where campaign_id = ${id} and state = 'sent' and sent_at is not null
        union all
        select 'delivered', date_trunc('minute', delivered_at) from deliveries
        where campaign_id = ${id} and state in ('sent', 'unconfirmed') and delivered_at is not null
        union all
        select 'bounced', date_trunc('minute', bounced_at) from deliveries
        where campaign_id = ${id} and state in ('sent', 'unconfirmed') and bounced_at is not null
      ) m group by 1 order by 1`,
  );

const some = (n: number) =>
  sql`now() - ${n} * interval '7 minutes' - ascii(d.id::text) * interval '1 second'`;
const happenings = [
  (n: number) => sql`state = 'sent', sent_at = ${some(n)}`,
  (n: number) => sql`delivered_at = ${some(n)}`,
  (n: number) => sql`bounced_at = ${some(n)}`,
  () => sql`state = 'unconfirmed', reason = 'in_doubt'`,
  () => sql`state = 'queued', reason = null, sent_at = null, bounced_at = null`,
  () => sql`opened_at = now()`,
];

const change = (scope: Scope, n: number) =>
  read(
    scope,
    sql`
      update deliveries d set ${happenings[n % happenings.length]?.(n) ?? sql`batch = batch`}
      from (
        select id as chosen from deliveries where workspace_id = ${scope.workspaceId} and mod(abs(hashtext(id::text)), 7) = ${n % 7}
        order by id for update
      ) c
      where d.workspace_id = ${scope.workspaceId} and d.id = c.chosen`,
  );

it('tell when messages were sent, delivered and bounced, exactly as the rows do, added up or not', async () => {
  const { scope, campaignId } = await launched(60);
  expect(await kept(scope, campaignId)).toEqual([]);
  const standin = standinProvider(() => sentResult);
  for (const batch of [0, 1]) await runBatch(standin.engine, scope, { campaignId, batch }, testSignals());
  const sent = await kept(scope, campaignId);
  expect(sent.reduce((sum, moment) => sum + Number(moment.sent), 0)).toBe(60);
  expect(sent).toEqual(await counted(scope, campaignId));
  for (let n = 0; n < 25; n++) {
    await change(scope, n);
    if (n % 4 === 0) await foldCounts(scope);
    expect(await kept(scope, campaignId)).toEqual(await counted(scope, campaignId));
  }
});

it('are right while many change them and a worker adds them up', async () => {
  const { scope, campaignId } = await launched(100);
  let drift = 0;
  let going = true;
  const changing = [1, 2, 3].map(async (seed) => {
    for (let n = 0; n < 30; n++) await change(scope, n * seed + seed);
  });
  const looking = (async () => {
    while (going) {
      await foldCounts(scope);
      drift += await mendMoments(scope, campaignId);
    }
  })();
  await Promise.all(changing);
  going = false;
  await looking;
  expect(drift).toBe(0);
  expect(await kept(scope, campaignId)).toEqual(await counted(scope, campaignId));
});

it('are made right at night when they are not, and go with their campaign', async () => {
  const { scope, campaignId } = await launched(100);
  await change(scope, 0);
  await foldCounts(scope);
  await read(scope, sql`update delivery_moments set sent = sent + 2, bounced = 1`);
  expect(await kept(scope, campaignId)).not.toEqual(await counted(scope, campaignId));
  await reviewAllCounts(new AbortController().signal);
  expect(await kept(scope, campaignId)).toEqual(await counted(scope, campaignId));
  expect(await mendMoments(scope, campaignId)).toBe(0);
  await read(scope, sql`delete from campaigns where workspace_id = ${scope.workspaceId}`);
  await foldCounts(scope);
  expect(await read(scope, sql`select 1 from delivery_moments`)).toEqual([]);
});
