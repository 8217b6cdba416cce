import { and, eq, sql } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { campaigns } from '../db/schema/campaigns';
import { deliveries } from '../db/schema/deliveries';
import { senders } from '../db/schema/senders';
import { inScope } from '../db/scoped';
import type { CampaignId } from '../ids';
import { testWorkspace } from '../workspaces/testing';
import { campaignStats } from './stats';
import { pauseCampaign } from './status';
import { launchNow, testCampaign, testList } from './testing';
import { waitingCampaigns } from './waiting';

it('finds what was held or paused by the system, and what has undecided messages; and says why', async () => {
  const { scope, senderId } = await testWorkspace();
  const launched = async () => {
    const { listId } = await testList(scope, 1);
    const id = await testCampaign(scope, senderId, [listId]);
    await launchNow(scope, id);
    return id;
  };
  const [stopped, byHand, doubtful] = [await launched(), await launched(), await launched()];
  await pauseCampaign(scope, stopped, 'The server refused our sign-in.');
  await pauseCampaign(scope, byHand);
  const undecided = (set: { acceptedAt: Date | null }) =>
    inScope(scope, (tx) =>
      tx
        .update(deliveries)
        .set({ state: 'unconfirmed', ...set })
        .where(and(eq(deliveries.workspaceId, scope.workspaceId), eq(deliveries.campaignId, doubtful))),
    );
  await undecided({ acceptedAt: null });
  expect(await waitingCampaigns(scope)).toMatchObject([
    { id: doubtful, problem: null },
    { id: stopped, problem: 'The server refused our sign-in.' },
  ]);
  await undecided({ acceptedAt: new Date() });
  const held = { status: 'scheduled', held: true, problem: 'Nothing was running.' } as const;
  await inScope(scope, (tx) =>
    tx
      .update(campaigns)
      .set(held)
      .where(and(eq(campaigns.workspaceId, scope.workspaceId), eq(campaigns.id, byHand))),
  );
  expect((await waitingCampaigns(scope)).map((row) => row.id)).toEqual([byHand, stopped]);
  const { scope: stranger } = await testWorkspace('Other');
  expect(await waitingCampaigns(stranger)).toEqual([]);
});

it('shows no rate above what the throttle lets through', async () => {
  const { scope, senderId } = await testWorkspace();
  const { listId } = await testList(scope, 12);
  const id: CampaignId = await testCampaign(scope, senderId, [listId]);
  await launchNow(scope, id);
  await inScope(scope, async (tx) => {
    await tx
      .update(deliveries)
      .set({ state: 'sent', sentAt: new Date() })
      .where(and(eq(deliveries.workspaceId, scope.workspaceId), eq(deliveries.campaignId, id)));
    await tx
      .update(senders)
      .set({ perMinute: 100 })
      .where(and(eq(senders.workspaceId, scope.workspaceId), eq(senders.id, senderId)));
  });
  expect(await campaignStats(scope, id)).toMatchObject({ value: { ratePerMinute: 100 } });
});

it('shows a rate also while a limit keeps messages minutes apart', async () => {
  const { scope, senderId } = await testWorkspace();
  const { listId } = await testList(scope, 4);
  const id: CampaignId = await testCampaign(scope, senderId, [listId]);
  await launchNow(scope, id);
  await inScope(scope, async (tx) => {
    await tx.execute(sql`
      update deliveries set state = 'sent', sent_at = now() - n * interval '2 minutes' + interval '30 seconds'
      from (select id as of, row_number() over () as n from deliveries where campaign_id = ${id} limit 3) each_one where id = of`);
    await tx
      .update(senders)
      .set({ perHour: 30 })
      .where(and(eq(senders.workspaceId, scope.workspaceId), eq(senders.id, senderId)));
  });
  const stats = await campaignStats(scope, id);
  expect(stats).toMatchObject({ value: { ratePerMinute: 1, etaSeconds: 120 } });
});
