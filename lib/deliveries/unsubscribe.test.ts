import { and, eq } from 'drizzle-orm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { launchNow, ledger, testCampaign, testList } from '../campaigns/testing';
import { editContact } from '../contacts/edit-contact';
import { contactEvents } from '../db/schema/deliveries';
import { contacts } from '../db/schema/lists';
import { auditLog } from '../db/schema/operation';
import { inScope } from '../db/scoped';
import { DeliveryId, newId, WorkspaceId } from '../ids';
import { changeTracking } from '../tracking/tracking-rule';
import { testWorkspace } from '../workspaces/testing';
import { chooseTracking, readUnsubscribe, resubscribe, unsubscribe } from './unsubscribe';
import { readUnsubscribeToken, unsubscribeUrl, writeUnsubscribeToken } from './unsubscribe-token';

async function delivered() {
  const { scope, senderId } = await testWorkspace();
  const { listId, contactIds } = await testList(scope, [
    { email: 'ann@example.com' },
    { email: 'bob@example.com' },
  ]);
  const campaignId = await testCampaign(scope, senderId, [listId]);
  await launchNow(scope, campaignId);
  const [ann, bob] = await ledger(scope, campaignId);
  if (!ann || !bob || !contactIds[0]) throw new Error('both are in the ledger');
  const token = writeUnsubscribeToken({ workspaceId: scope.workspaceId, deliveryId: ann.id });
  const subscribed = () =>
    inScope(scope, async (tx) => {
      const rows = await tx
        .select()
        .from(contacts)
        .where(eq(contacts.workspaceId, scope.workspaceId))
        .orderBy(contacts.email);
      return rows.map((row) => row.emailSubscribed);
    });
  return { scope, campaignId, ann, bob, token, contactId: contactIds[0], subscribed };
}

describe('an unsubscribe link', () => {
  it('shows a page and changes nothing when it is opened', async () => {
    const { token, subscribed } = await delivered();
    expect(await readUnsubscribe(token)).toEqual({
      ok: true,
      value: {
        workspaceName: 'Test Bakery',
        address: 'a…@example.com',
        state: 'subscribed',
        canResubscribe: false,
        tracking: 'on',
      },
    });
    expect(await subscribed()).toEqual([true, true]);
  });

  it('unsubscribes at once, once, and one person only', async () => {
    const { scope, token, subscribed, contactId, campaignId } = await delivered();
    const results = await Promise.all([unsubscribe(token), unsubscribe(token)]);
    results.push(await unsubscribe(token));
    for (const result of results)
      expect(result).toMatchObject({ ok: true, value: { state: 'unsubscribed' } });
    expect(await subscribed()).toEqual([false, true]);
    const { workspaceId } = scope;
    const events = await inScope(scope, (tx) =>
      tx.select().from(contactEvents).where(eq(contactEvents.workspaceId, workspaceId)),
    );
    expect(events.map((event) => [event.type, event.contactId, event.campaignId])).toEqual([
      ['unsubscribed', contactId, campaignId],
    ]);
    const entries = await inScope(scope, (tx) =>
      tx
        .select()
        .from(auditLog)
        .where(and(eq(auditLog.workspaceId, workspaceId), eq(auditLog.action, 'contact.unsubscribed'))),
    );
    expect(entries).toHaveLength(1);
    expect((await ledger(scope, campaignId)).map((row) => row.unsubscribedAt !== null)).toEqual([
      true,
      false,
    ]);
  });

  it('can be taken back by the link that did it, again and again', async () => {
    const { scope, token, subscribed, contactId, campaignId } = await delivered();
    for (let round = 0; round < 2; round++) {
      expect(await unsubscribe(token)).toMatchObject({ ok: true, value: { canResubscribe: true } });
      expect(await resubscribe(token)).toMatchObject({ ok: true, value: { state: 'subscribed' } });
      expect(await subscribed()).toEqual([true, true]);
      expect((await ledger(scope, campaignId)).map((row) => row.unsubscribedAt)).toEqual([null, null]);
    }
    // Subscribed again elsewhere, and unsubscribed by the same link once more.
    await unsubscribe(token);
    await editContact(scope, contactId, { emailSubscribed: true });
    expect(await subscribed()).toEqual([true, true]);
    expect(await resubscribe(token)).toMatchObject({ value: { state: 'subscribed' } });
    expect(await unsubscribe(token)).toMatchObject({ value: { canResubscribe: true } });
    expect(await resubscribe(token)).toMatchObject({ value: { state: 'subscribed' } });
  });

  it('takes nothing back that was done elsewhere', async () => {
    const { scope, token, subscribed, contactId } = await delivered();
    expect((await editContact(scope, contactId, { emailSubscribed: false })).ok).toBe(true);
    for (const act of [resubscribe, unsubscribe, readUnsubscribe, resubscribe]) {
      expect(await act(token)).toMatchObject({
        ok: true,
        value: { state: 'unsubscribed', canResubscribe: false },
      });
      expect(await subscribed()).toEqual([false, true]);
    }
    const events = await inScope(scope, (tx) =>
      tx.select().from(contactEvents).where(eq(contactEvents.workspaceId, scope.workspaceId)),
    );
    expect(events.map((event) => event.type)).not.toContain('resubscribed');
  });

  it('of a test message says that it is one', async () => {
    const { scope, subscribed } = await delivered();
    const token = unsubscribeUrl(scope, null).split('/u/')[1] ?? '';
    for (const result of [await readUnsubscribe(token), await unsubscribe(token), await resubscribe(token)])
      expect(result).toMatchObject({ ok: true, value: { state: 'test', address: null } });
    expect(await subscribed()).toEqual([true, true]);
  });

  it('works for nobody in another workspace', async () => {
    const { ann, subscribed } = await delivered();
    const other = await testWorkspace('Other');
    const crossed = writeUnsubscribeToken({ workspaceId: other.scope.workspaceId, deliveryId: ann.id });
    expect(await unsubscribe(crossed)).toMatchObject({ ok: false, problem: { code: 'not_found' } });
    expect(await subscribed()).toEqual([true, true]);
  });

  it('is refused when a single bit of it is another', () => {
    const target = { workspaceId: newId(WorkspaceId), deliveryId: newId(DeliveryId) };
    const token = writeUnsubscribeToken(target);
    expect(readUnsubscribeToken(token)).toEqual(target);
    const bytes = Buffer.from(token, 'base64url');
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const forged = Buffer.from(bytes);
      forged.writeUInt8(forged.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      expect(readUnsubscribeToken(forged.toString('base64url'))).toBeUndefined();
    }
  });

  it('is read from any text without a crash, and only from a real one', () => {
    const inputs = fc.oneof(
      fc.string({ maxLength: 100 }),
      fc.string({ unit: 'binary', maxLength: 100 }),
      fc
        .uint8Array({ minLength: 48, maxLength: 48 })
        .map((bytes) => Buffer.from(bytes).toString('base64url')),
      fc.string({ minLength: 64, maxLength: 64 }),
    );
    fc.assert(
      fc.property(inputs, (text) => {
        expect(readUnsubscribeToken(text)).toBeUndefined();
      }),
      { numRuns: 2000 },
    );
    fc.assert(
      fc.property(fc.uuid(), fc.option(fc.uuid({ version: 7 })), (workspace, delivery) => {
        const target = {
          workspaceId: WorkspaceId.parse(workspace),
          deliveryId: delivery === null ? null : DeliveryId.parse(delivery),
        };
        expect(readUnsubscribeToken(writeUnsubscribeToken(target))).toEqual(target);
      }),
    );
  });
});

describe('what somebody opens and clicks', () => {
  const trackingOf = async (token: string) => {
    const page = await readUnsubscribe(token);
    return page.ok ? page.value.tracking : undefined;
  };

  it('is no longer recorded when they say so, until they take it back, and nothing else changes', async () => {
    const { scope, token, contactId, campaignId, subscribed } = await delivered();
    const { workspaceId } = scope;
    const own = () =>
      inScope(scope, (tx) =>
        tx
          .select({ email: contacts.email, tracking: contacts.tracking })
          .from(contacts)
          .orderBy(contacts.email),
      );
    await chooseTracking(token, true);
    for (let n = 0; n < 2; n++)
      expect(await chooseTracking(token, false)).toMatchObject({
        value: { state: 'subscribed', tracking: 'off here' },
      });
    expect(await own()).toEqual([
      { email: 'ann@example.com', tracking: false },
      { email: 'bob@example.com', tracking: true },
    ]);
    expect(await chooseTracking(token, true)).toMatchObject({ value: { tracking: 'on' } });
    expect(await subscribed()).toEqual([true, true]);
    const events = await inScope(scope, (tx) =>
      tx
        .select({ type: contactEvents.type, campaignId: contactEvents.campaignId })
        .from(contactEvents)
        .where(and(eq(contactEvents.workspaceId, workspaceId), eq(contactEvents.contactId, contactId)))
        .orderBy(contactEvents.id),
    );
    expect(events).toEqual([
      { type: 'tracking_off', campaignId },
      { type: 'tracking_on', campaignId },
    ]);
    const log = await inScope(scope, (tx) =>
      tx
        .select({ detail: auditLog.detail })
        .from(auditLog)
        .where(and(eq(auditLog.workspaceId, workspaceId), eq(auditLog.action, 'contact.tracking_chosen')))
        .orderBy(auditLog.id),
    );
    expect(log.map(({ detail }) => detail.tracking)).toEqual([false, true]);
  });

  it('stays off when somebody else, or another campaign, switched it off', async () => {
    const { scope, token, contactId } = await delivered();
    await editContact(scope, contactId, { tracking: false });
    expect(await trackingOf(token)).toBe('off');
    expect(await chooseTracking(token, true)).toMatchObject({ value: { tracking: 'off' } });
  });

  it('is nobody’s question where nothing is recorded, nor that of a test message', async () => {
    const { scope, token } = await delivered();
    const { workspaceId } = scope;
    expect(await trackingOf(writeUnsubscribeToken({ workspaceId, deliveryId: null }))).toBeNull();
    await changeTracking(scope, { tracking: false });
    expect(await chooseTracking(token, false)).toMatchObject({ value: { tracking: null } });
    await changeTracking(scope, { tracking: true });
    expect(await trackingOf(token)).toBe('on');
  });
});
