import { eq, sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { mintScope } from '../auth/scope';
import { launchNow, testCampaign, testList } from '../campaigns/testing';
import { deliveries } from '../db/schema/deliveries';
import { senders } from '../db/schema/senders';
import { inScope } from '../db/scoped';
import { CampaignId, newId, UserId } from '../ids';
import { testWorkspace } from '../workspaces/testing';
import { compareCampaigns } from './compare-campaigns';

/** Two campaigns over a list each, of which one was sent and opened by somebody. */
async function twoCampaigns() {
  const { scope, senderId } = await testWorkspace();
  const [first, second] = [await testList(scope, 4), await testList(scope, 2)];
  const ids = [
    await testCampaign(scope, senderId, [first.listId], { name: 'First' }),
    await testCampaign(scope, senderId, [second.listId], { name: 'Second' }),
  ];
  for (const id of ids) await launchNow(scope, id);
  const [opened = newId(CampaignId)] = ids;
  await inScope(scope, async (tx) => {
    const sent = { state: 'sent' as const, sentAt: new Date(), deliveredAt: new Date() };
    await tx.update(deliveries).set(sent).where(eq(deliveries.campaignId, opened));
    await tx
      .update(deliveries)
      .set({ openedAt: new Date() })
      .where(sql`id = (select min(id::text)::uuid from deliveries where campaign_id = ${opened})`);
  });
  return { scope, senderId, ids, lists: [first.listId, second.listId] };
}

test('campaigns stand side by side in the order that is asked for', async () => {
  const { scope, ids } = await twoCampaigns();
  const compared = await compareCampaigns(scope, ids.toReversed());
  expect(compared).toMatchObject({
    ok: true,
    value: [
      { name: 'Second', planned: 2, sent: 0, events: { delivered: 0, opened: 0 } },
      { name: 'First', planned: 4, sent: 4, events: { delivered: 4, opened: 1, clicked: 0, bounced: 0 } },
    ],
  });
});

test('what nobody can know of a campaign is no number', async () => {
  const { scope, senderId, ids } = await twoCampaigns();
  await inScope(scope, (tx) => tx.update(senders).set({ provider: 'smtp' }).where(eq(senders.id, senderId)));
  expect(await compareCampaigns(scope, ids)).toMatchObject({
    value: [
      { events: { delivered: 4, complained: 0 } },
      { events: { delivered: null, bounced: null, complained: null, unsubscribed: 0 } },
    ],
  });
});

test('with one that is hidden, foreign or gone, none is there; nor are one alone and six', async () => {
  const { scope, ids, lists } = await twoCampaigns();
  const [first = newId(CampaignId), second = newId(CampaignId)] = ids;
  const [granted] = lists;
  if (!granted) throw new Error('there are two');
  const marketer = mintScope(
    scope.workspaceId,
    { kind: 'member', id: newId(UserId), role: 'marketer' },
    new Map([[granted, 'send']]),
  );
  const gone = { ok: false, problem: { code: 'not_found' } };
  expect(await compareCampaigns(marketer, [first, second])).toMatchObject(gone);
  expect(await compareCampaigns((await testWorkspace('Other')).scope, ids)).toMatchObject(gone);
  expect(await compareCampaigns(scope, [first, newId(CampaignId)])).toMatchObject(gone);
  expect(await compareCampaigns(scope, [first])).toMatchObject(gone);
  expect(
    await compareCampaigns(
      scope,
      Array.from({ length: 6 }, () => first),
    ),
  ).toMatchObject(gone);
});
