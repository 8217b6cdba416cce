import { sql } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { lastDays } from '../analytics/last-days';
import { mintScope } from '../auth/scope';
import { launchNow, ledger, testCampaign, testList } from '../campaigns/testing';
import { encodeCursor } from '../db/page';
import { inScope } from '../db/scoped';
import { type CampaignId, type ListId, newId, UserId } from '../ids';
import { testWorkspace } from '../workspaces/testing';
import { listSent, type SentFilter } from './sent-messages';

/** Two campaigns to four people each, one of which was not sent; all around the midnight of a day of the workspace two days ago. */
async function twoCampaigns() {
  const { scope, senderId } = await testWorkspace();
  const campaigns: { campaignId: CampaignId; listId: ListId; rows: Awaited<ReturnType<typeof ledger>> }[] =
    [];
  for (const name of ['One', 'Two']) {
    const { listId } = await testList(scope, 4, name);
    const campaignId = await testCampaign(scope, senderId, [listId], { name });
    await launchNow(scope, campaignId);
    campaigns.push({ campaignId, listId, rows: await ledger(scope, campaignId) });
  }
  const [day] = await inScope(scope, async (tx) => {
    await tx.execute(sql`update workspaces set time_zone = 'Asia/Kathmandu' where id = ${scope.workspaceId}`);
    // Of each campaign: long before, the last moment before, the first of the day; and one that failed on it.
    for (const { campaignId, rows } of campaigns)
      for (const [n, minutes] of [-600, -0.0001, 0, 60].entries())
        await tx.execute(sql`
          update deliveries d set state = case when ${n} = 3 then 'failed' else 'sent' end::delivery_state,
            sent_at = ((now() at time zone 'Asia/Kathmandu')::date - 2)::timestamp at time zone 'Asia/Kathmandu'
              + make_interval(secs => 60 * ${minutes}::float8),
            opened_at = case when ${n} = 2 then now() end
          where campaign_id = ${campaignId} and id = ${rows[n]?.id}`);
    await tx.execute(sql`update campaigns set started_at = now() - interval '5 days'`);
    return tx.execute<{ day: string; before: string }>(sql`
      select to_char((now() at time zone 'Asia/Kathmandu')::date - 2, 'YYYY-MM-DD') as day,
        to_char((now() at time zone 'Asia/Kathmandu')::date - 3, 'YYYY-MM-DD') as before`);
  });
  if (!day) throw new Error('a date is one row');
  return { scope, campaigns, ...day };
}

it('are the people behind a number of a day of the workspace, each once, page by page and back', async () => {
  const { scope, campaigns, day, before } = await twoCampaigns();
  const [one, two] = campaigns.map(({ rows }) => rows.map(({ id }) => id));
  const all = async (filter: SentFilter) => {
    const pages = [];
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const page = await listSent(scope, { ...filter, limit: 1, cursor });
      pages.push(page);
      cursor = page.next;
    }
    for (let n = pages.length - 1; n > 0; n--) {
      const back = await listSent(scope, { ...filter, limit: 1, cursor: pages[n]?.previous });
      expect(back.rows).toEqual(pages[n - 1]?.rows);
    }
    return pages.flatMap(({ rows }) => rows.map(({ id }) => id));
  };
  expect(await all({ from: day, until: day })).toEqual([one?.[2], two?.[2]]);
  expect(await all({ from: before, until: before })).toEqual([one?.[0], one?.[1], two?.[0], two?.[1]]);
  expect(await all({ from: before, until: day })).toHaveLength(6);
  expect(await all({ from: before, until: day, event: 'opened' })).toEqual([one?.[2], two?.[2]]);
  expect(await all({ from: before, until: before, event: 'opened' })).toEqual([]);
  const { rows } = await listSent(scope, { from: day, until: day });
  expect(rows.map(({ campaign }) => campaign.name)).toEqual(['One', 'Two']);

  const shown = (await lastDays(scope)).filter(({ sent }) => sent > 0);
  expect(shown).toMatchObject([
    { day: before, sent: 4, opened: 0 },
    { day, sent: 2, opened: 2 },
  ]);
});

it('go on where a page ended, whoever of it is sent to again meanwhile', async () => {
  const { scope, campaigns, day, before } = await twoCampaigns();
  const both = { from: before, until: day, limit: 1 };
  const first = await listSent(scope, both);
  const second = await listSent(scope, { ...both, cursor: first.next });
  const third = await listSent(scope, { ...both, cursor: second.next });
  for (const again of [sql`state = 'queued', sent_at = null`, sql`state = 'sent', sent_at = now()`]) {
    await inScope(scope, (tx) =>
      tx.execute(
        sql`update deliveries set ${again} where id in (${first.rows[0]?.id}, ${third.rows[0]?.id})`,
      ),
    );
    expect((await listSent(scope, { ...both, cursor: first.next })).rows).toEqual(second.rows);
    expect((await listSent(scope, { ...both, cursor: third.previous })).rows).toEqual(second.rows);
  }
  // Of another list, or of other days: the first page, and never a day that was not asked for.
  const key = [String(second.rows[0]?.id), '2030-01-01T00:00:00.000000Z'];
  const begin = (await listSent(scope, both)).rows;
  for (const part of [key.slice(0, 1), key])
    expect(
      (await listSent(scope, { ...both, cursor: encodeCursor({ direction: 'after', key: part }) })).rows,
    ).toEqual(begin);
  const late = await listSent(scope, { from: day, until: day, cursor: first.next });
  expect(late.rows.map(({ id }) => id)).toEqual([campaigns[1]?.rows[2]?.id]);
});

it('are those alone whom somebody may see', async () => {
  const { scope, campaigns, day, before } = await twoCampaigns();
  const [one] = campaigns;
  if (!one) throw new Error('there are two');
  const by = { kind: 'member', id: newId(UserId), role: 'marketer' } as const;
  const marketer = mintScope(scope.workspaceId, by, new Map([[one.listId, 'view']]));
  const seen = await listSent(marketer, { from: before, until: day });
  expect(new Set(seen.rows.map(({ campaign }) => campaign.name))).toEqual(new Set(['One']));
  const other = (await testWorkspace('Other')).scope;
  expect((await listSent(other, { from: before, until: day })).rows).toEqual([]);
});
