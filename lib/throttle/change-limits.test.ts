import { eq } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { limitCampaign } from '../campaigns/limits';
import { testCampaign } from '../campaigns/testing';
import { senders } from '../db/schema/senders';
import { inScope } from '../db/scoped';
import { updateSender } from '../senders/senders';
import { testWorkspace } from '../workspaces/testing';
import type { Limits } from './pace';
import { takePermits } from './permits';

const none: Limits = { perSecond: null, perMinute: null, perHour: null, perDay: null };

async function limited(ofSender: Partial<Limits>, ofCampaign: Partial<Limits>) {
  const { scope, senderId } = await testWorkspace();
  const campaignId = await testCampaign(scope, senderId, [], { ...none, ...ofCampaign });
  await inScope(scope, (tx) =>
    tx
      .update(senders)
      .set({ ...none, ...ofSender, limitsProposed: false })
      .where(eq(senders.id, senderId)),
  );
  const ask = () => takePermits(scope, { senderId, campaignId }, 1);
  return { scope, senderId, campaignId, ask };
}

it('lets a campaign go on at once when its limit is raised, however long it would have waited', async () => {
  const { scope, campaignId, ask } = await limited({}, { perHour: 10, perDay: 10 });
  expect((await ask()).granted).toBe(1);
  expect((await ask()).waitMs).toBeGreaterThan(8_000_000);
  expect(await limitCampaign(scope, campaignId, { perHour: 1000, perDay: 1000 })).toMatchObject({ ok: true });
  expect((await ask()).granted).toBe(1);
});

it('lets a sender go on in the same way', async () => {
  const { scope, senderId, ask } = await limited({ perMinute: 1 }, {});
  expect((await ask()).granted).toBe(1);
  expect((await ask()).waitMs).toBeGreaterThan(50_000);
  const details = {
    channel: 'email' as const,
    name: 'Sandbox',
    fromName: 'Acme',
    fromEmail: 'a@example.com',
  };
  const limits = { ...none, perMinute: 100 };
  const saved = await updateSender(scope, senderId, { ...details, replyTo: null, ...limits }, {});
  expect(saved).toMatchObject({ ok: true });
  expect((await ask()).waitMs).toBeLessThan(1_000);
});

it('keeps what has gone out in mind: by a limit twice as high half of the wait is left', async () => {
  const { scope, campaignId, ask } = await limited({}, { perHour: 10, perDay: 10 });
  expect((await ask()).granted).toBe(1);
  await limitCampaign(scope, campaignId, { perHour: 20, perDay: 20 });
  const { granted, waitMs } = await ask();
  expect(granted).toBe(0);
  expect(waitMs).toBeGreaterThan(4_200_000);
  expect(waitMs).toBeLessThan(4_400_000);
});

it('waits no less after a limit was lowered', async () => {
  const { scope, campaignId, ask } = await limited({}, { perHour: 10 });
  expect((await ask()).granted).toBe(1);
  await limitCampaign(scope, campaignId, { perHour: 5 });
  expect((await ask()).waitMs).toBeGreaterThan(350_000);
});

it('is where it was when a limit is lowered and raised again', async () => {
  const { scope, campaignId, ask } = await limited({}, { perHour: 10 });
  expect((await ask()).granted).toBe(1);
  for (const perHour of [5, 10, 1, 10]) await limitCampaign(scope, campaignId, { perHour });
  expect((await ask()).waitMs).toBeGreaterThan(350_000);
});

it('lets nobody wait for longer than the window of a limit that is far lower', async () => {
  const { scope, campaignId, ask } = await limited({}, { perHour: 100_000 });
  for (let n = 0; n < 20; n++) expect((await ask()).granted).toBe(1);
  await limitCampaign(scope, campaignId, { perHour: 1 });
  const { waitMs } = await ask();
  expect(waitMs).toBeGreaterThan(3_500_000);
  expect(waitMs).toBeLessThan(3_700_000);
});
