import { and, eq } from 'drizzle-orm';
import { beforeAll, expect, test } from 'vitest';
import { mintScope, type Scope } from '../auth/scope';
import { launchNow, testCampaign, testList } from '../campaigns/testing';
import { encodeCursor } from '../db/page';
import { bounces, deliveries } from '../db/schema/deliveries';
import { inScope } from '../db/scoped';
import { ContactId, DeliveryId, type ListId, newId, type SenderId, UserId } from '../ids';
import { testWorkspace } from '../workspaces/testing';
import { contactHistory, type HistoryEntry } from './contact-history';

let scope: Scope;
let contactId: ContactId;
let senderId: SenderId;
let lists: ListId[];

const at = (minute: number) => new Date(Date.UTC(2026, 2, 3, 10, minute));

/** One who got two campaigns of two lists, and did much with the first; the third did not go out to them. */
beforeAll(async () => {
  ({ scope, senderId } = await testWorkspace());
  const first = await testList(scope, 1);
  contactId = first.contactIds[0] ?? newId(ContactId);
  const second = await testList(scope, 0);
  lists = [first.listId, second.listId];
  const times = {
    sentAt: at(1),
    deliveredAt: at(0), // it was told before it was written down
    openedAt: at(2),
    clickedAt: at(3),
    codeOpenedAt: at(4),
    codeScannedAt: at(5),
    redeemedAt: at(5),
    complainedAt: at(6),
  };
  const sent = { state: 'sent' as const };
  for (const [name, values] of [
    ['Bread', { ...sent, ...times }],
    ['Buns', { ...sent, sentAt: at(7), deferredAt: at(8), bouncedAt: at(9) }],
    ['Rolls', { state: 'failed' as const, reason: 'address_refused' as const, createdAt: at(10) }],
  ] as const) {
    const id = await testCampaign(scope, senderId, [first.listId], { name });
    await launchNow(scope, id);
    await inScope(scope, async (tx) => {
      const [row] = await tx
        .update(deliveries)
        .set(values)
        .where(and(eq(deliveries.workspaceId, scope.workspaceId), eq(deliveries.campaignId, id)))
        .returning({ id: deliveries.id });
      if (name !== 'Buns') return;
      const deliveryId = row?.id ?? newId(DeliveryId);
      const { workspaceId } = scope;
      await tx.insert(bounces).values({ workspaceId, deliveryId, kind: 'soft_bounced', detail: '452 full' });
    });
  }
});

const tell = (entry: HistoryEntry) => {
  if (entry.kind === 'message')
    return `${entry.campaign.name} ${entry.step}${entry.bounce ? ` ${entry.bounce.kind}: ${entry.bounce.said}` : ''}`;
  return entry.kind === 'unsent' ? `${entry.campaign.name} ${entry.state}: ${entry.reason}` : entry.kind;
};

const story = [
  'Rolls failed: address_refused',
  'Buns bounced soft_bounced: 452 full',
  'Buns deferred',
  'Buns sent',
  'Bread complained',
  'Bread redeemed',
  'Bread codeScanned',
  'Bread codeOpened',
  'Bread clicked',
  'Bread opened',
  'Bread delivered',
  'Bread sent',
];

test('everything over all campaigns stands at its own time, and what led to it before it', async () => {
  const { rows } = await contactHistory(scope, contactId);
  expect(rows.map(tell)).toEqual(story);
  expect(rows.at(-1)?.at).toEqual(at(0));
});

test('pages neither skip nor repeat what happened at the same time', async () => {
  const id = await testCampaign(scope, senderId, []);
  await inScope(scope, (tx) =>
    tx.insert(deliveries).values(
      Array.from({ length: 40 }, () => ({
        ...{ workspaceId: scope.workspaceId, id: newId(DeliveryId), campaignId: id, contactId },
        ...{ channel: 'email' as const, state: 'sent' as const, sentAt: at(20), deliveredAt: at(20) },
      })),
    ),
  );
  const first = await contactHistory(scope, contactId);
  const all: HistoryEntry[] = [];
  let page = first;
  for (;;) {
    all.push(...page.rows);
    if (page.next === null) break;
    page = await contactHistory(scope, contactId, page.next);
  }
  expect(new Set(all.map((entry) => entry.id)).size).toBe(story.length + 80);
  expect(all.map(tell).slice(-story.length)).toEqual(story);
  while (page.previous !== null) page = await contactHistory(scope, contactId, page.previous);
  expect(page.rows).toEqual(first.rows);
  const never = encodeCursor({ direction: 'after', key: ['0000-01-01T00:00:00.000000Z', '1', 'x'] });
  for (const cursor of ['nonsense', never])
    expect((await contactHistory(scope, contactId, cursor)).rows).toEqual(first.rows);
});

test('of campaigns over lists that were not granted nothing is told', async () => {
  const as = (granted: ListId[]) =>
    mintScope(
      scope.workspaceId,
      { kind: 'member', id: newId(UserId), role: 'marketer' },
      new Map(granted.map((list) => [list, 'view' as const])),
    );
  expect((await contactHistory(as(lists.slice(0, 1)), contactId)).rows.map(tell)).toContain('Bread sent');
  expect((await contactHistory(as(lists.slice(1)), contactId)).rows).toEqual([]);
});
