import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { unsafeDatabase } from '../db/client';
import type { CampaignId } from '../ids';
import { testWorkspace } from '../workspaces/testing';
import { pauseCampaign, resumeCampaign } from './status';
import { launchNow, testCampaign, testList } from './testing';

/** The jobs that wait, in the order in which they will be taken. */
const waiting = async () => {
  const rows = await unsafeDatabase().execute<{ campaign: string; batch: number }>(sql`
    select data->>'campaignId' as campaign, (data->>'batch')::int as batch from pgboss.job
    where name = 'send-batch' and state = 'created' order by priority desc, created_on`);
  return rows.map(({ campaign, batch }) => ({ campaign, batch }));
};

const taken = (campaignId: CampaignId, upTo: number) =>
  unsafeDatabase().execute(sql`
    delete from pgboss.job where data->>'campaignId' = ${campaignId} and (data->>'batch')::int <= ${upTo}`);

const isAlternating = (campaigns: string[]) => campaigns.every((id, n) => n === 0 || id !== campaigns[n - 1]);

test('campaigns that share a sender take turns, whenever each began or went on', async () => {
  const { scope, senderId } = await testWorkspace();
  const { listId } = await testList(scope, 500);
  const first = await testCampaign(scope, senderId, [listId], { name: 'First' });
  await launchNow(scope, first);
  expect((await waiting()).map(({ batch }) => batch)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  await taken(first, 5);

  const second = await testCampaign(scope, senderId, [listId], { name: 'Second' });
  await launchNow(scope, second);
  let jobs = await waiting();
  expect(jobs.map(({ batch }) => batch)).toEqual([6, 0, 7, 1, 8, 2, 9, 3, 4, 5, 6, 7, 8, 9]);
  expect(isAlternating(jobs.slice(0, 8).map(({ campaign }) => campaign))).toBe(true);

  // It does not make up for the time in which it stood still.
  await pauseCampaign(scope, first);
  await taken(first, 9);
  await taken(second, 4);
  await resumeCampaign(scope, first);
  jobs = await waiting();
  expect(
    jobs
      .slice(0, 6)
      .map(({ campaign }) => campaign)
      .toSorted(),
  ).toEqual([first, first, first, second, second, second].toSorted());
  expect(isAlternating(jobs.slice(0, 8).map(({ campaign }) => campaign))).toBe(true);
});
