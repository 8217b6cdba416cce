import { and, eq, sql } from 'drizzle-orm';
import { beforeAll, describe, expect, it } from 'vitest';
import { userOf } from '../auth/scope';
import { completeIfDone } from '../campaigns/complete';
import { campaignStats } from '../campaigns/stats';
import { cancelCampaign } from '../campaigns/status';
import { launchNow, ledger, testCampaign, testList } from '../campaigns/testing';
import { unsafeDatabase } from '../db/client';
import { campaigns } from '../db/schema/campaigns';
import { deliveries, deliveryAttempts } from '../db/schema/deliveries';
import { auditLog } from '../db/schema/operation';
import { inScope } from '../db/scoped';
import { type CampaignStatus, campaignStatuses, type DeliveryState } from '../db/states';
import { type CampaignId, DeliveryId, newId, uuidv7 } from '../ids';
import { testWorkspace } from '../workspaces/testing';
import { listDeliveries } from './deliveries';
import { failedAttempts } from './reasons';
import { retryFailed } from './retry-failed';
import { acceptUnconfirmed, resendUnconfirmed } from './unconfirmed';

let owner: Awaited<ReturnType<typeof testWorkspace>>;
beforeAll(async () => {
  owner = await testWorkspace();
});

const ofCampaign = (id: CampaignId) =>
  and(eq(campaigns.workspaceId, owner.scope.workspaceId), eq(campaigns.id, id));

/** A campaign that ended in these states, one recipient each. */
async function ended(states: DeliveryState[], status: CampaignStatus = 'completed'): Promise<CampaignId> {
  const { scope, senderId } = owner;
  const { workspaceId } = scope;
  const { listId } = await testList(scope, states.length);
  const id = await testCampaign(scope, senderId, [listId]);
  await launchNow(scope, id);
  const rows = await ledger(scope, id);
  await inScope(scope, async (tx) => {
    for (const [index, row] of rows.entries()) {
      const state = states[index] ?? 'sent';
      const reason = state === 'failed' ? 'temporary' : state === 'unconfirmed' ? 'in_doubt' : null;
      await tx
        .update(deliveries)
        .set({ state, reason, attempts: 4 })
        .where(and(eq(deliveries.workspaceId, workspaceId), eq(deliveries.id, row.id)));
      if (reason)
        await tx
          .insert(deliveryAttempts)
          .values({ workspaceId, id: uuidv7(), deliveryId: row.id, attempt: 4, reason, detail: '451 no' });
    }
    await tx.update(campaigns).set({ status, completedAt: new Date() }).where(ofCampaign(id));
    await tx.execute(sql`delete from pgboss.job where data->>'campaignId' = ${id}`);
  });
  return id;
}

const statesOf = async (id: CampaignId) => (await ledger(owner.scope, id)).map((row) => row.state);

async function everything(id: CampaignId) {
  const campaign = await inScope(owner.scope, (tx) => tx.select().from(campaigns).where(ofCampaign(id)));
  return { campaign, ledger: await ledger(owner.scope, id) };
}

const auditOf = (id: CampaignId, action: string) =>
  inScope(owner.scope, (tx) =>
    tx
      .select()
      .from(auditLog)
      .where(
        and(
          eq(auditLog.workspaceId, owner.scope.workspaceId),
          eq(auditLog.targetId, id),
          eq(auditLog.action, action),
        ),
      ),
  );

const batchJobs = (id: CampaignId) =>
  inScope(owner.scope, (tx) =>
    tx.execute(sql`select 1 from pgboss.job where name = 'send-batch' and data->>'campaignId' = ${id}`),
  );

describe('retrying who failed', () => {
  it('puts these, and nobody else, back into the queue of a campaign that had completed', async () => {
    const id = await ended(['sent', 'failed', 'unconfirmed', 'skipped', 'failed', 'cancelled']);
    expect(await retryFailed(owner.scope, id)).toEqual({ ok: true, value: { count: 2 } });
    expect(await statesOf(id)).toEqual(['sent', 'queued', 'unconfirmed', 'skipped', 'queued', 'cancelled']);
    const { campaign, ledger: rows } = await everything(id);
    expect(campaign).toMatchObject([{ status: 'sending', completedAt: null, planned: 6 }]);
    expect(rows[1]).toMatchObject({ attempts: 0, reason: null });
    expect(await batchJobs(id)).toHaveLength(1);
    expect(await auditOf(id, 'campaign.retry')).toMatchObject([{ detail: { of: 'failed', count: 2 } }]);
    const again = rows[1]?.id;
    if (!again) throw new Error('there are six');
    expect((await failedAttempts(owner.scope, [again])).get(again)).toMatchObject([{ detail: '451 no' }]);
  });

  it('changes nothing when there is no sender any more to send them through', async () => {
    const id = await ended(['sent', 'failed']);
    await inScope(owner.scope, (tx) => tx.update(campaigns).set({ senderId: null }).where(ofCampaign(id)));
    const before = await everything(id);
    expect(await retryFailed(owner.scope, id)).toMatchObject({
      problem: { code: 'conflict', message: expect.stringContaining('Duplicate it') },
    });
    expect(await everything(id)).toEqual(before);
  });

  it('does so while others are being sent', async () => {
    const id = await ended(['queued', 'failed'], 'sending');
    expect(await retryFailed(owner.scope, id)).toMatchObject({ ok: true });
    expect(await statesOf(id)).toEqual(['queued', 'queued']);
  });

  it('changes nothing when nobody failed', async () => {
    const id = await ended(['sent', 'unconfirmed']);
    const before = await everything(id);
    expect(await retryFailed(owner.scope, id)).toMatchObject({ ok: false, problem: { code: 'conflict' } });
    expect(await everything(id)).toEqual(before);
    expect(await auditOf(id, 'campaign.retry')).toEqual([]);
  });

  it.each(campaignStatuses.filter((status) => status !== 'sending' && status !== 'completed'))(
    'changes nothing of a campaign that is %s, and says so',
    async (status) => {
      const id = await ended(['failed', 'unconfirmed'], status);
      const before = await everything(id);
      for (const verb of [retryFailed, () => resendUnconfirmed(owner.scope, id, 'waiting')])
        expect(await verb(owner.scope, id)).toMatchObject({
          ok: false,
          problem: { code: 'conflict', message: expect.stringContaining('This cannot be done') },
        });
      expect(await everything(id)).toEqual(before);
    },
  );

  it('is not overlooked by somebody who completes the campaign at that moment', async () => {
    const id = await ended(['sent', 'failed'], 'sending');
    const waiting = sql`select from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`;
    let completing: Promise<boolean> | undefined;
    await inScope(owner.scope, async (tx) => {
      await tx.execute(sql`select from campaigns where id = ${id} for no key update`);
      completing = inScope(owner.scope, (other) => completeIfDone(other, owner.scope, id));
      await expect.poll(async () => (await unsafeDatabase().execute(waiting)).length).toBeGreaterThan(0);
      await tx
        .update(deliveries)
        .set({ state: 'queued' })
        .where(
          and(
            eq(deliveries.workspaceId, owner.scope.workspaceId),
            eq(deliveries.campaignId, id),
            eq(deliveries.state, 'failed'),
          ),
        );
    });
    expect(await completing).toBe(false);
    expect((await everything(id)).campaign).toMatchObject([{ status: 'sending' }]);
  });

  it('leaves out who was erased, and counts whom it may help', async () => {
    const id = await ended(['failed', 'failed', 'failed', 'unconfirmed']);
    const [gone, refused, , doubtful] = await ledger(owner.scope, id);
    if (!gone || !refused || !doubtful) throw new Error('there are four');
    const named = (which: DeliveryId) =>
      and(eq(deliveries.workspaceId, owner.scope.workspaceId), eq(deliveries.id, which));
    await inScope(owner.scope, async (tx) => {
      for (const { id: row } of [gone, doubtful])
        await tx.update(deliveries).set({ contactId: null }).where(named(row));
      await tx.update(deliveries).set({ reason: 'address_refused' }).where(named(refused.id));
    });
    expect(await campaignStats(owner.scope, id)).toMatchObject({
      value: { failed: 3, retryable: 2, worthRetrying: 1, unconfirmed: 1, undecided: 0 },
    });
    const { rows } = await listDeliveries(owner.scope, id, {});
    expect(rows.find((row) => row.id === gone.id)).toMatchObject({ contactId: null, address: null });
    expect(await retryFailed(owner.scope, id)).toEqual({ ok: true, value: { count: 2 } });
    expect(await resendUnconfirmed(owner.scope, id, [doubtful.id])).toMatchObject({
      problem: { code: 'conflict' },
    });
    expect((await statesOf(id)).sort()).toEqual(['failed', 'queued', 'queued', 'unconfirmed']);
  });

  it('is cancelled with the rest', async () => {
    const id = await ended(['sent', 'failed']);
    await retryFailed(owner.scope, id);
    expect(await cancelCampaign(owner.scope, id)).toMatchObject({ ok: true });
    expect(await statesOf(id)).toEqual(['sent', 'cancelled']);
  });
});

describe('what may or may not have gone out', () => {
  const waitingOf = async (id: CampaignId) => {
    const stats = await campaignStats(owner.scope, id);
    return stats.ok && { waiting: stats.value.undecided, unconfirmed: stats.value.unconfirmed };
  };

  it('is accepted one by one, stays unconfirmed, and asks no more', async () => {
    const id = await ended(['sent', 'unconfirmed', 'unconfirmed']);
    expect(await waitingOf(id)).toEqual({ waiting: 2, unconfirmed: 2 });
    const one = (await ledger(owner.scope, id))[1]?.id ?? newId(DeliveryId);
    expect(await acceptUnconfirmed(owner.scope, id, [one])).toEqual({ ok: true, value: { count: 1 } });
    expect(await waitingOf(id)).toEqual({ waiting: 1, unconfirmed: 2 });
    expect(await auditOf(id, 'campaign.accept_unconfirmed')).toMatchObject([
      { userId: userOf(owner.scope), detail: { count: 1, deliveries: [one] } },
    ]);
    expect(await acceptUnconfirmed(owner.scope, id, [one])).toMatchObject({
      problem: { code: 'conflict' },
    });
    expect(await acceptUnconfirmed(owner.scope, id, 'waiting')).toMatchObject({ value: { count: 1 } });
    expect((await everything(id)).campaign).toMatchObject([{ status: 'completed' }]);
    expect(await waitingOf(id)).toEqual({ waiting: 0, unconfirmed: 2 });
  });

  it('is sent again one by one', async () => {
    const id = await ended(['unconfirmed', 'unconfirmed', 'failed']);
    const one = (await ledger(owner.scope, id))[0]?.id ?? newId(DeliveryId);
    expect(await resendUnconfirmed(owner.scope, id, [one])).toEqual({ ok: true, value: { count: 1 } });
    expect(await statesOf(id)).toEqual(['queued', 'unconfirmed', 'failed']);
    expect((await everything(id)).campaign).toMatchObject([{ status: 'sending', completedAt: null }]);
    expect(await auditOf(id, 'campaign.retry')).toMatchObject([
      { detail: { of: 'unconfirmed', count: 1, deliveries: [one] } },
    ]);
    expect(await batchJobs(id)).toHaveLength(1);
  });

  it('is sent again all at once, but not what somebody has accepted', async () => {
    const id = await ended(['unconfirmed', 'unconfirmed', 'unconfirmed', 'failed']);
    const one = (await ledger(owner.scope, id))[1]?.id ?? newId(DeliveryId);
    await acceptUnconfirmed(owner.scope, id, [one]);
    expect(await resendUnconfirmed(owner.scope, id, 'waiting')).toMatchObject({ value: { count: 2 } });
    expect(await statesOf(id)).toEqual(['queued', 'unconfirmed', 'queued', 'failed']);
  });

  it('is decided once: what somebody has left at that is not sent again from a page that does not know it', async () => {
    const id = await ended(['unconfirmed', 'unconfirmed']);
    const [left, other] = (await ledger(owner.scope, id)).map((row) => row.id);
    if (!left || !other) throw new Error('there are two');
    await acceptUnconfirmed(owner.scope, id, [left]);
    expect(await resendUnconfirmed(owner.scope, id, [left])).toMatchObject({ problem: { code: 'conflict' } });
    expect(await statesOf(id)).toEqual(['unconfirmed', 'unconfirmed']);
    const [accepted, resent] = await Promise.all([
      acceptUnconfirmed(owner.scope, id, [other]),
      resendUnconfirmed(owner.scope, id, [other]),
    ]);
    expect([accepted.ok, resent.ok].filter(Boolean)).toHaveLength(1);
    expect(await statesOf(id)).toEqual(['unconfirmed', resent.ok ? 'queued' : 'unconfirmed']);
    expect(await auditOf(id, 'campaign.accept_unconfirmed')).toHaveLength(accepted.ok ? 2 : 1);
    expect(await auditOf(id, 'campaign.retry')).toHaveLength(resent.ok ? 1 : 0);
  });

  it('is no way to send to those who have it, to others’ people, or to those of another campaign', async () => {
    const id = await ended(['sent', 'unconfirmed']);
    const other = await ended(['unconfirmed']);
    const stranger = (await testWorkspace('Other')).scope;
    const ids = [...(await ledger(owner.scope, id)), ...(await ledger(owner.scope, other))].map(
      (row) => row.id,
    );
    const before = [await everything(id), await everything(other)];
    for (const verb of [resendUnconfirmed, acceptUnconfirmed]) {
      expect(await verb(stranger, id, ids)).toMatchObject({ ok: false, problem: { code: 'not_found' } });
      expect(await verb(owner.scope, id, ids.slice(0, 1))).toMatchObject({ problem: { code: 'conflict' } });
      expect(await verb(owner.scope, id, ids.slice(2))).toMatchObject({ problem: { code: 'conflict' } });
    }
    expect([await everything(id), await everything(other)]).toEqual(before);
  });
});
