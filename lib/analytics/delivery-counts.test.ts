import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import type { Scope } from '../auth/scope';
import { campaignProgress } from '../campaigns/progress';
import { campaignStats } from '../campaigns/stats';
import { launchNow, testCampaign, testList, unthrottle } from '../campaigns/testing';
import { eraseContact } from '../contacts/erase-contact';
import { unsafeDatabase } from '../db/client';
import { inScope } from '../db/scoped';
import { runBatch } from '../deliveries/batch';
import { sentResult, standinProvider, testSignals } from '../deliveries/testing';
import { type CampaignId, ContactId, SenderId } from '../ids';
import { testWorkspace } from '../workspaces/testing';
import { campaignDomains } from './campaign-domains';
import { mendMoments } from './delivery-moments';
import { foldCounts } from './fold-counts';
import { mendCounts } from './recount-deliveries';

const people = (n: number) =>
  Array.from({ length: n }, (_, i) => ({
    email: `p${i}@${i % 3 === 0 ? 'example.org' : 'example.com'}`,
    emailSubscribed: i % 10 !== 9,
  }));

async function launched(n: number) {
  const { scope, senderId } = await testWorkspace();
  await unthrottle(scope, senderId);
  const { listId } = await testList(scope, people(n));
  const campaignId = await testCampaign(scope, senderId, [listId]);
  await launchNow(scope, campaignId);
  return { scope, campaignId };
}

/** What the rows themselves say. */
async function counted(scope: Scope, id: CampaignId): Promise<Record<string, number>> {
  const [row] = await inScope(scope, (tx) =>
    tx.execute<Record<string, number>>(sql`
      select count(*)::int as planned, count(*) filter (where state = 'queued')::int as queued,
        count(*) filter (where state = 'sent')::int as sent, count(*) filter (where state = 'failed')::int as failed,
        count(*) filter (where state = 'skipped')::int as skipped,
        count(*) filter (where state = 'unconfirmed')::int as unconfirmed,
        count(*) filter (where state = 'unconfirmed' and accepted_at is null and contact_id is not null)::int as undecided,
        count(*) filter (where state = 'failed' and contact_id is not null)::int as retryable,
        count(delivered_at) filter (where state in ('sent', 'unconfirmed'))::int as delivered,
        count(bounced_at) filter (where state in ('sent', 'unconfirmed'))::int as bounced,
        count(unsubscribed_at) filter (where state in ('sent', 'unconfirmed'))::int as unsubscribed,
        count(clicked_at) filter (where state in ('sent', 'unconfirmed'))::int as clicked
      from deliveries where workspace_id = ${scope.workspaceId} and campaign_id = ${id}`),
  );
  return row ?? {};
}

async function expectEqual(scope: Scope, id: CampaignId): Promise<void> {
  const stats = await campaignStats(scope, id);
  if (!stats.ok) throw new Error(stats.problem.message);
  const rows = await counted(scope, id);
  expect(stats.value).toMatchObject(rows);
  expect((await campaignProgress(scope, [id])).get(id)).toMatchObject({
    planned: rows.planned,
    sent: rows.sent,
  });
  expect(await mendCounts(scope, id)).toBe(0);
}

/** Something that happens to some deliveries of a campaign, drawn at random. */
const happenings = [
  sql`state = 'sending', attempts = attempts + 1`,
  sql`state = 'sent', reason = null, sent_at = now() - mod(abs(hashtext(address)), 9) * interval '7 minutes'`,
  sql`state = 'failed', reason = 'temporary'`,
  sql`state = 'failed', reason = 'address_refused'`,
  sql`state = 'unconfirmed', reason = 'in_doubt'`,
  sql`state = 'queued', reason = null, attempts = 0, accepted_at = null`,
  sql`accepted_at = now()`,
  sql`delivered_at = now()`,
  sql`bounced_at = now()`,
  sql`opened_at = now(), clicked_at = now()`,
  sql`clicked_at = null`,
  sql`unsubscribed_at = now()`,
];

const change = (scope: Scope, id: CampaignId, what: number, remainder: number) =>
  inScope(scope, (tx) =>
    tx.execute(sql`
      update deliveries d set ${happenings[what % happenings.length] ?? sql`batch = batch`}
      from (
        select id from deliveries where workspace_id = ${scope.workspaceId} and campaign_id = ${id}
          and mod(abs(hashtext(id::text)), 7) = ${remainder}
        order by id for update
      ) chosen
      where d.workspace_id = ${scope.workspaceId} and d.id = chosen.id`),
  );

describe('the counts of deliveries', () => {
  it('equal the ledger after launching, sending, reports and corrections, added up or not', async () => {
    const { scope, campaignId } = await launched(70);
    await expectEqual(scope, campaignId);
    const standin = standinProvider(() => sentResult);
    await runBatch(standin.engine, scope, { campaignId, batch: 0 }, testSignals());
    await expectEqual(scope, campaignId);
    await foldCounts(scope);
    await expectEqual(scope, campaignId);
    expect(await campaignDomains(scope, campaignId)).toMatchObject([
      { domain: 'example.com', planned: 46 },
      { domain: 'example.org', planned: 24 },
    ]);
    for (const [n] of happenings.entries()) await change(scope, campaignId, n, n % 7);
    await expectEqual(scope, campaignId);
    await inScope(scope, (tx) =>
      tx.execute(
        sql`delete from contacts where workspace_id = ${scope.workspaceId} and mod(abs(hashtext(id::text)), 3) = 0`,
      ),
    );
    await expectEqual(scope, campaignId);
    await foldCounts(scope);
    await expectEqual(scope, campaignId);
  });

  it('are right at every moment while many change them and a worker adds them up', async () => {
    const { scope, campaignId } = await launched(200);
    let drift = 0;
    let going = true;
    const changing = [1, 2, 3].map(async (seed) => {
      for (let n = 0; n < 40; n++) await change(scope, campaignId, n * seed + seed, (n + seed) % 7);
    });
    const folding = (async () => {
      while (going) await foldCounts(scope);
    })();
    const looking = (async () => {
      while (going) drift += await mendCounts(scope, campaignId);
    })();
    await Promise.all(changing);
    going = false;
    await Promise.all([folding, looking]);
    expect(drift).toBe(0);
    await expectEqual(scope, campaignId);
  });

  it('by mail domain are right where two people swap what is known of them, and when somebody is erased', async () => {
    const { scope, campaignId } = await launched(9);
    const { workspaceId } = scope;
    await inScope(scope, (tx) =>
      tx.execute(sql`
        update deliveries set state = 'sent', sent_at = now(), opened_at = case when address like '%.org' then now() end
        where workspace_id = ${workspaceId}`),
    );
    expect(await mendCounts(scope, campaignId)).toBe(0);
    // One of each domain, as when it is judged anew who was a program.
    await inScope(scope, (tx) =>
      tx.execute(sql`
        update deliveries set opened_at = case when opened_at is null then now() end
        where workspace_id = ${workspaceId} and address in ('p0@example.org', 'p1@example.com')`),
    );
    expect(await mendCounts(scope, campaignId)).toBe(0);
    const people = await inScope(scope, (tx) =>
      tx.execute<{ id: string }>(
        sql`select id from contacts where workspace_id = ${workspaceId} order by email limit 2`,
      ),
    );
    await inScope(scope, (tx) =>
      tx.execute(sql`update deliveries set state = 'queued', sent_at = null, opened_at = null`),
    );
    for (const { id } of people) {
      const contact = ContactId.parse(id);
      expect((await eraseContact(scope, contact)).ok).toBe(true);
      expect(await mendCounts(scope, campaignId)).toBe(0);
    }
    expect(await campaignDomains(scope, campaignId)).toMatchObject([
      { domain: 'example.com', planned: 5 },
      { domain: 'example.org', planned: 2 },
    ]);
  });

  it('of several campaigns are right when one statement writes or changes rows of all', async () => {
    const { scope, campaignId } = await launched(12);
    const { workspaceId } = scope;
    const all = sql`select id from campaigns where workspace_id = ${workspaceId}`;
    const senderId = await inScope(scope, (tx) =>
      tx.execute<{ id: string }>(sql`select sender_id as id from campaigns where id = ${campaignId}`),
    );
    const others: CampaignId[] = [];
    for (let n = 0; n < 2; n++) others.push(await testCampaign(scope, SenderId.parse(senderId[0]?.id), []));
    const expectAllEqual = async () => {
      for (const id of [campaignId, ...others]) {
        expect(await mendCounts(scope, id)).toBe(0);
        expect(await mendMoments(scope, id)).toBe(0);
      }
    };
    // Of each kind some: sent and reported on at once, without an address, by text message, erased.
    await inScope(scope, (tx) =>
      tx.execute(sql`
        insert into deliveries (workspace_id, id, campaign_id, contact_id, channel, address, state, reason, lists, sent_at, delivered_at)
        select workspace_id, uuid_v7(), k.id, case when n % 5 > 0 then contact_id end,
          (case when n % 4 = 0 then 'sms' else 'email' end)::channel, case when n % 6 > 0 then n || address end,
          (case when n % 2 = 0 then 'sent' else 'skipped' end)::delivery_state, case when n % 2 = 1 then 'no_address' end, n,
          case when n % 2 = 0 then now() - n * interval '40 seconds' end, case when n % 4 = 0 then now() end
        from (select *, row_number() over (order by id) as n from deliveries where campaign_id = ${campaignId}) d
        cross join (${all} and id <> ${campaignId}) k`),
    );
    await expectAllEqual();
    const changes = [
      sql`state = 'sent', sent_at = now() - interval '20 minutes'`,
      sql`bounced_at = now(), opened_at = now()`,
      sql`contact_id = null, address = null`,
    ];
    for (const set of changes) {
      await inScope(scope, (tx) => tx.execute(sql`update deliveries set ${set}`));
      await expectAllEqual();
    }
  });

  it('are undone with what they count, and go with their campaign', async () => {
    const { scope, campaignId } = await launched(5);
    await inScope(scope, async (tx) => {
      await tx.execute(sql`update deliveries set state = 'sent' where workspace_id = ${scope.workspaceId}`);
      throw new Error('undone');
    }).catch(() => undefined);
    await expectEqual(scope, campaignId);
    const left = await inScope(scope, async (tx) => {
      await tx.execute(sql`delete from campaigns where workspace_id = ${scope.workspaceId}`);
      return tx.execute(sql`select 1 from delivery_rollups`);
    });
    await foldCounts(scope);
    expect(left).toHaveLength(0);
    expect(await inScope(scope, (tx) => tx.execute(sql`select 1 from delivery_rollups`))).toHaveLength(0);
  });

  it('of a campaign that is being deleted are waited for, and then nothing is left to be added up', async () => {
    const { scope } = await launched(5);
    const waiting = sql`select from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`;
    let folding: Promise<void> | undefined;
    await inScope(scope, async (tx) => {
      await tx.execute(sql`delete from campaigns where workspace_id = ${scope.workspaceId}`);
      folding = foldCounts(scope);
      await expect.poll(async () => (await unsafeDatabase().execute(waiting)).length).toBeGreaterThan(0);
    });
    await folding;
    const left = await inScope(scope, (tx) =>
      tx.execute(sql`select id from delivery_deltas union all select campaign_id from delivery_rollups`),
    );
    expect(left).toHaveLength(0);
  });

  it('are made right when they are not, and only once', async () => {
    const { scope, campaignId } = await launched(30);
    await foldCounts(scope);
    await inScope(scope, async (tx) => {
      await tx.execute(sql`update delivery_rollups set n = n + 3 where workspace_id = ${scope.workspaceId}`);
      await tx.execute(sql`delete from delivery_domains where domain = 'example.org'`);
    });
    expect(await mendCounts(scope, campaignId)).toBeGreaterThan(0);
    await expectEqual(scope, campaignId);
  });
});
