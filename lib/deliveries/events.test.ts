import { and, eq, sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import type { Scope } from '../auth/scope';
import { campaignStats } from '../campaigns/stats';
import { launchNow, ledger, testCampaign, testList } from '../campaigns/testing';
import { encodeCursor } from '../db/page';
import { contactEvents, deliveries, suppressions } from '../db/schema/deliveries';
import { auditLog } from '../db/schema/operation';
import { inScope } from '../db/scoped';
import { DeliveryId, newId } from '../ids';
import { testWorkspace } from '../workspaces/testing';
import { type DeliveryFilter, listDeliveries } from './deliveries';
import { Engine } from './engine';
import { recordProviderEvents } from './events';
import { inDoubt } from './outcome';
import { failedAttempts } from './reasons';
import { settleAll } from './settle';
import { testClaim } from './testing';
import { resendUnconfirmed } from './unconfirmed';

async function launched(people: number) {
  const { scope, senderId } = await testWorkspace();
  const { listId } = await testList(scope, people);
  const campaignId = await testCampaign(scope, senderId, [listId]);
  await launchNow(scope, campaignId);
  return { scope, campaignId };
}

describe('what a provider reports', () => {
  it('is written once, the first time wins, in any order and any number', async () => {
    const { scope, campaignId } = await launched(1);
    const [row] = await ledger(scope, campaignId);
    if (!row) throw new Error('it is in the ledger');
    const { id: deliveryId } = row;
    await recordProviderEvents(scope, [
      { deliveryId, type: 'clicked' },
      { deliveryId, type: 'delivered' },
    ]);
    const first = await ledger(scope, campaignId);
    await Promise.all(
      [1, 2, 3].map(() =>
        recordProviderEvents(scope, [
          { deliveryId, type: 'delivered' },
          { deliveryId, type: 'clicked' },
          { deliveryId, type: 'opened' },
        ]),
      ),
    );
    expect(await ledger(scope, campaignId)).toEqual(first);
    expect(first[0]?.openedAt).toEqual(first[0]?.clickedAt);
    expect(first[0]).toMatchObject({ state: 'queued', bouncedAt: null, complainedAt: null });
  });

  it('suppresses an address that bounced or complained, once', async () => {
    const { scope, campaignId } = await launched(2);
    const [one, two] = await ledger(scope, campaignId);
    if (!one || !two) throw new Error('both are in the ledger');
    for (let n = 0; n < 2; n++)
      await recordProviderEvents(scope, [
        { deliveryId: two.id, type: 'complained' },
        { deliveryId: one.id, type: 'bounced' },
      ]);
    const { workspaceId } = scope;
    const suppressed = await inScope(scope, (tx) =>
      tx.select().from(suppressions).where(eq(suppressions.workspaceId, workspaceId)),
    );
    expect(suppressed.map((row) => `${row.address} ${row.reason}`).sort()).toEqual(
      [`${one.address} bounced`, `${two.address} complained`].sort(),
    );
    const told = await inScope(scope, (tx) =>
      tx.select().from(contactEvents).where(eq(contactEvents.workspaceId, workspaceId)),
    );
    expect(told.map((event) => event.type)).toEqual(['suppressed', 'suppressed']);
    const entries = await inScope(scope, (tx) =>
      tx
        .select({ targetId: auditLog.targetId, detail: auditLog.detail })
        .from(auditLog)
        .where(and(eq(auditLog.workspaceId, workspaceId), eq(auditLog.action, 'address.suppressed'))),
    );
    expect(new Set(entries.map((entry) => entry.targetId))).toEqual(new Set(suppressed.map((row) => row.id)));
    expect(entries.map((entry) => entry.detail)).toEqual(
      expect.arrayContaining([
        { contactId: one.contactId, reason: 'bounced', campaignId },
        { contactId: two.contactId, reason: 'complained', campaignId },
      ]),
    );
    expect(entries).toHaveLength(2);
  });

  it('settles a message that nobody knew about', async () => {
    const { scope, campaignId } = await launched(1);
    const [claimed] = (await testClaim(new Engine(), scope, campaignId, { limit: 1 })).claimed;
    if (!claimed) throw new Error('it was claimed');
    await settleAll(scope, [{ claimed, settlement: inDoubt('the line was lost') }]);
    expect((await failedAttempts(scope, [claimed.id])).get(claimed.id)).toMatchObject([
      { reason: 'in_doubt', detail: 'the line was lost' },
    ]);
    await recordProviderEvents(scope, [{ deliveryId: claimed.id, type: 'delivered' }]);
    const [row] = await ledger(scope, campaignId);
    expect(row).toMatchObject({ state: 'sent', reason: null });
    expect(row?.sentAt).not.toBeNull();
  });

  it('keeps from being sent again who was, and was put back into the queue', async () => {
    const { scope, campaignId } = await launched(3);
    const { claimed } = await testClaim(new Engine(), scope, campaignId, { limit: 2 });
    const inTwoSeconds = { state: 'retrying', retryAt: new Date(Date.now() + 2000) } as const;
    await settleAll(
      scope,
      claimed.map((one, n) => ({
        claimed: one,
        settlement: { ...inDoubt('the line was lost'), ...(n === 0 ? {} : inTwoSeconds) },
      })),
    );
    expect(await resendUnconfirmed(scope, campaignId, 'waiting')).toMatchObject({ ok: true });
    const ids = (await ledger(scope, campaignId)).map(({ id }) => id);
    await recordProviderEvents(
      scope,
      ids.map((deliveryId) => ({ deliveryId, type: 'delivered' })),
    );
    const rows = await ledger(scope, campaignId);
    const stateOf = (id?: DeliveryId) => rows.find((row) => row.id === id);
    for (const { id } of claimed) expect(stateOf(id)).toMatchObject({ state: 'sent', retryAt: null });
    expect(rows.filter(({ state }) => state === 'queued')).toHaveLength(1);
  });

  it('is believed about somebody who was in doubt and then failed, so that nobody tries again', async () => {
    const { scope, campaignId } = await launched(2);
    const { claimed } = await testClaim(new Engine(), scope, campaignId, { limit: 2 });
    const [lost, refused] = claimed;
    if (!lost || !refused) throw new Error('both were claimed');
    const failed = { ...inDoubt('no'), state: 'failed', reason: 'temporary' } as const;
    await settleAll(scope, [
      { claimed: lost, settlement: inDoubt('the line was lost') },
      { claimed: refused, settlement: failed },
    ]);
    await inScope(scope, (tx) =>
      tx.update(deliveries).set({ state: 'failed', reason: 'temporary' }).where(eq(deliveries.id, lost.id)),
    );
    await recordProviderEvents(scope, [
      { deliveryId: lost.id, type: 'delivered' },
      { deliveryId: refused.id, type: 'delivered' },
    ]);
    const stateOf = async (id: DeliveryId) =>
      (await ledger(scope, campaignId)).find((row) => row.id === id)?.state;
    expect(await stateOf(lost.id)).toBe('sent');
    expect(await stateOf(refused.id)).toBe('failed');
  });

  it('about somebody else’s delivery, or none, changes nothing', async () => {
    const { scope, campaignId } = await launched(1);
    const before = await ledger(scope, campaignId);
    const other = await testWorkspace('Other');
    const [row] = before;
    if (!row) throw new Error('it is in the ledger');
    await recordProviderEvents(other.scope, [{ deliveryId: row.id, type: 'bounced' }]);
    await recordProviderEvents(scope, [{ deliveryId: newId(DeliveryId), type: 'bounced' }]);
    expect(await ledger(scope, campaignId)).toEqual(before);
  });
});

describe('the people behind a number', () => {
  it('come page by page, forwards and back, each once', async () => {
    const { scope, campaignId } = await launched(120);
    const first = await listDeliveries(scope, campaignId, { state: 'queued' });
    expect(first).toMatchObject({ previous: null });
    const second = await listDeliveries(scope, campaignId, { state: 'queued', cursor: first.next });
    const third = await listDeliveries(scope, campaignId, { state: 'queued', cursor: second.next });
    expect([first, second, third].map((page) => page.rows.length)).toEqual([50, 50, 20]);
    expect(third.next).toBeNull();
    const ids = [first, second, third].flatMap((page) => page.rows.map((row) => row.id));
    expect(new Set(ids).size).toBe(120);
    const back = await listDeliveries(scope, campaignId, { state: 'queued', cursor: third.previous });
    expect(back.rows).toEqual(second.rows);
  });

  it('can be found by event and by the beginning of an address, in the own workspace only', async () => {
    const { scope, campaignId } = await launched(3);
    const [row, again] = await ledger(scope, campaignId);
    if (!row?.address || !again) throw new Error('both are in the ledger');
    for (const { id } of [row, again])
      await inScope(scope, (tx) =>
        tx.execute(sql`update deliveries set state = 'sent', sent_at = now() where id = ${id}`),
      );
    for (const { id } of [row, again])
      await recordProviderEvents(scope, [{ deliveryId: id, type: 'opened' }]);
    // Who is written to once more counts in no number, and opens with none.
    await inScope(scope, (tx) =>
      tx.execute(sql`update deliveries set state = 'queued', sent_at = null where id = ${again.id}`),
    );
    expect(await campaignStats(scope, campaignId)).toMatchObject({ value: { opened: 1 } });
    const opened = await listDeliveries(scope, campaignId, { event: 'opened' });
    expect(opened.rows.map((found) => found.id)).toEqual([row.id]);
    const found = await listDeliveries(scope, campaignId, { search: row.address.slice(0, 8).toUpperCase() });
    expect(found.rows.map((each) => each.id)).toContain(row.id);
    const other = await testWorkspace('Other');
    expect((await listDeliveries(other.scope, campaignId, {})).rows).toEqual([]);
  });

  const ten = '2030-01-01T10:00:00Z';
  const early = '2030-01-01T09:59:59.999Z';
  const happened = (scope: Scope, id: string | undefined, at: string) =>
    inScope(scope, (tx) =>
      tx.execute(sql`
        update deliveries set state = 'sent', sent_at = ${at}, delivered_at = ${at}, opened_at = ${at}, clicked_at = ${at}
        where id = ${id}`),
    );
  const ways = [
    { state: 'sent' },
    { event: 'delivered' },
    { event: 'opened' },
    { event: 'clicked' },
  ] as const;

  it('can be found by when it happened: from a time on, and before another', async () => {
    const { scope, campaignId } = await launched(3);
    const [one, two, other] = (await ledger(scope, campaignId)).map(({ id }) => id);
    await happened(scope, one, early);
    await happened(scope, two, ten);
    const found = async (filter: DeliveryFilter) =>
      (await listDeliveries(scope, campaignId, filter)).rows.map(({ id }) => id);
    for (const of of ways) {
      expect(await found({ ...of, from: ten })).toEqual([two]);
      expect(await found({ ...of, until: ten })).toEqual([one]);
      const both = await found({ ...of, from: '2030-01-01T09:00:00Z', until: '2030-01-01T11:00:00Z' });
      expect(new Set(both)).toEqual(new Set([one, two]));
    }
    // Of somebody to whom nothing has happened there is no such time.
    expect(await found({ state: 'queued', from: ten })).toEqual([other]);
  });

  it.each(ways.slice(0, 3))(
    'of a time come page by page and back, also where two are of one moment: %o',
    async (of) => {
      const { scope, campaignId } = await launched(3);
      const [one, ...others] = (await ledger(scope, campaignId)).map(({ id }) => id);
      await happened(scope, one, early);
      for (const id of others) await happened(scope, id, ten);
      const around = { ...of, from: '2030-01-01T09:00:00Z', limit: 1 };
      const first = await listDeliveries(scope, campaignId, around);
      const second = await listDeliveries(scope, campaignId, { ...around, cursor: first.next });
      const third = await listDeliveries(scope, campaignId, { ...around, cursor: second.next });
      const pages = [first, second, third].map((page) => page.rows[0]?.id);
      expect(pages).toEqual([one, ...others.toSorted()]);
      expect(third.next).toBeNull();
      const back = await listDeliveries(scope, campaignId, { ...around, cursor: third.previous });
      expect(back.rows).toEqual(second.rows);
      // To whom it happens again between two pages was the last of one of them all the same.
      for (const again of [sql`null`, sql`'2030-01-02T10:00:00Z'`]) {
        await inScope(scope, (tx) =>
          tx.execute(sql`
          update deliveries set sent_at = ${again}, delivered_at = ${again}, opened_at = ${again}
          where id in (${one}, ${third.rows[0]?.id})`),
        );
        const after = await listDeliveries(scope, campaignId, { ...around, cursor: first.next });
        expect(after.rows[0]?.id).toBe(second.rows[0]?.id);
        const before = await listDeliveries(scope, campaignId, { ...around, cursor: third.previous });
        expect(before.rows[0]?.id).toBe(second.rows[0]?.id);
      }
      await happened(scope, one, early);
      const cursorOf = (key: string[]) => encodeCursor({ direction: 'after', key });
      for (const key of [[String(one)], [String(one), 'yesterday'], ['x', ten], []]) {
        const cursor = cursorOf(key);
        const { rows, previous } = await listDeliveries(scope, campaignId, { ...around, cursor });
        expect([rows[0]?.id, previous]).toEqual([one, null]);
      }
    },
  );
});
