import { and, eq, sql } from 'drizzle-orm';
import { expect, it } from 'vitest';
import type { Scope } from '../auth/scope';
import { limitCampaign } from '../campaigns/limits';
import { launchNow, testCampaign, testList } from '../campaigns/testing';
import { deliveries } from '../db/schema/deliveries';
import { senders } from '../db/schema/senders';
import { inScope } from '../db/scoped';
import { sentResult, standinProvider, testClaim } from '../deliveries/testing';
import type { CampaignId, SenderId } from '../ids';
import { updateSender } from '../senders/senders';
import { testWorkspace } from '../workspaces/testing';
import type { Limits } from './pace';
import { takePermits } from './permits';

const none: Limits = { perSecond: null, perMinute: null, perHour: null, perDay: null };

/** A sender without limits. */
async function unlimited() {
  const { scope, senderId } = await testWorkspace();
  await inScope(scope, (tx) =>
    tx
      .update(senders)
      .set({ ...none, limitsProposed: false })
      .where(and(eq(senders.workspaceId, scope.workspaceId), eq(senders.id, senderId))),
  );
  return { scope, senderId };
}

/** A campaign that is under way, and has sent one message so many seconds ago each. */
async function sentAgo(scope: Scope, senderId: SenderId, seconds: number[]): Promise<CampaignId> {
  const { listId } = await testList(scope, seconds.length + 5);
  const id = await testCampaign(scope, senderId, [listId]);
  await launchNow(scope, id);
  await inScope(scope, async (tx) => {
    for (const ago of seconds)
      await tx.execute(sql`
        update deliveries set state = 'sent', sent_at = clock_timestamp() - make_interval(secs => ${ago}::float8)
        where id = (select id from deliveries where campaign_id = ${id} and state = 'queued' limit 1)`);
  });
  return id;
}

const limitSender = (scope: Scope, id: SenderId, limits: Partial<Limits>) =>
  updateSender(
    scope,
    id,
    {
      ...{ channel: 'email' as const, name: 'Sandbox', fromName: 'Acme', fromEmail: 'a@example.com' },
      ...{ replyTo: null, ...none, ...limits },
    },
    {},
  );

it('does not wait for the remains of a limit that was removed, when it is set again', async () => {
  const { scope, senderId } = await unlimited();
  const campaignId = await sentAgo(scope, senderId, []);
  const ask = () => takePermits(scope, { senderId, campaignId }, 1);
  await limitCampaign(scope, campaignId, { perDay: 10 });
  await limitSender(scope, senderId, { perHour: 10 });
  expect((await ask()).granted).toBe(1);
  expect((await ask()).waitMs).toBeGreaterThan(8_000_000);
  for (const [perDay, perHour] of [
    [null, null],
    [10, 10],
  ] as const) {
    expect(await limitCampaign(scope, campaignId, { perDay })).toMatchObject({ ok: true });
    expect(await limitSender(scope, senderId, { perHour })).toMatchObject({ ok: true });
  }
  expect((await ask()).granted).toBe(1);
});

it('counts what was sent before, of the campaign alone or of all of a sender', async () => {
  const { scope, senderId } = await unlimited();
  const campaignId = await sentAgo(scope, senderId, [1800, 1800, 1800]);
  await sentAgo(scope, senderId, [1800, 1800, 4000, 4000]);
  const ask = () => takePermits(scope, { senderId, campaignId }, 1);
  await limitCampaign(scope, campaignId, { perHour: 3 });
  const ofCampaign = (await ask()).waitMs;
  expect(ofCampaign).toBeGreaterThan(1_790_000);
  expect(ofCampaign).toBeLessThan(1_802_000);
  await limitCampaign(scope, campaignId, { perHour: null });
  expect((await ask()).granted).toBe(1);
  await limitSender(scope, senderId, { perHour: 5 });
  const ofSender = (await ask()).waitMs;
  expect(ofSender).toBeGreaterThan(1_790_000);
  expect(ofSender).toBeLessThan(1_802_000);
});

it('counts what was sent while limits that were only proposed gave way', async () => {
  const { scope, senderId } = await unlimited();
  await inScope(scope, (tx) =>
    tx
      .update(senders)
      .set({ perMinute: 100, limitsProposed: true })
      .where(and(eq(senders.workspaceId, scope.workspaceId), eq(senders.id, senderId))),
  );
  const campaignId = await sentAgo(scope, senderId, [30, 30, 30]);
  await limitSender(scope, senderId, { perMinute: 3 });
  expect((await takePermits(scope, { senderId, campaignId }, 1)).waitMs).toBeGreaterThan(28_000);
});

it('lets nobody wait for longer than a window, however much more was sent in it', async () => {
  const { scope, senderId } = await unlimited();
  const campaignId = await sentAgo(scope, senderId, Array<number>(20).fill(10));
  await limitCampaign(scope, campaignId, { perMinute: 2 });
  const { waitMs } = await takePermits(scope, { senderId, campaignId }, 1);
  expect(waitMs).toBeGreaterThan(49_000);
  expect(waitMs).toBeLessThan(52_000);
});

it('counts what is claimed, and perhaps on its way', async () => {
  const { scope, senderId } = await unlimited();
  const campaignId = await sentAgo(scope, senderId, []);
  const { engine } = standinProvider(() => sentResult);
  await testClaim(engine, scope, campaignId, { limit: 3 });
  await limitCampaign(scope, campaignId, { perMinute: 3 });
  expect((await takePermits(scope, { senderId, campaignId }, 1)).waitMs).toBeGreaterThan(59_000);
});

it('fills no window above its limit, whatever was sent before it was set', async () => {
  const { scope, senderId } = await unlimited();
  const before = Array.from({ length: 60 }, (_, n) => ((n * 37) % 600) / 10);
  const campaignId = await sentAgo(scope, senderId, before);
  await limitCampaign(scope, campaignId, { perMinute: 30 });
  const sent = await inScope(scope, (tx) =>
    tx
      .select({ at: sql<number>`extract(epoch from ${deliveries.sentAt})::float8` })
      .from(deliveries)
      .where(sql`${deliveries.campaignId} = ${campaignId} and ${deliveries.sentAt} is not null`),
  );
  const past = sent.map(({ at }) => at);
  const granted: number[] = [];
  const begin = Date.now();
  for (let moment = begin; moment < begin + 150_000; ) {
    const grant = await takePermits(scope, { senderId, campaignId }, 5, new Date(moment));
    for (let n = 0; n < grant.granted; n++) granted.push(grant.start / 1000);
    moment += grant.granted > 0 ? 1 : Math.max(1, grant.waitMs);
  }
  expect(granted.length).toBeGreaterThan(40);
  const all = [...past, ...granted];
  for (const at of granted)
    expect(all.filter((other) => other > at - 60 && other <= at).length).toBeLessThanOrEqual(30);
});
