import { and, eq, sql } from 'drizzle-orm';
import { beforeAll, expect, test } from 'vitest';
import { mintScope, type Scope } from '../auth/scope';
import { launchNow, testCampaign, testList } from '../campaigns/testing';
import { deliveries } from '../db/schema/deliveries';
import { workspaces } from '../db/schema/workspaces';
import { inScope } from '../db/scoped';
import { type ContactId, type ListId, newId, UserId } from '../ids';
import { testWorkspace } from '../workspaces/testing';
import { type Day, lastDays, meantDays } from './last-days';

let scope: Scope;
let granted: ListId;

/** Five people of one list and two of another, sent to on this and other days by the clocks of a place far in the east. */
beforeAll(async () => {
  const made = await testWorkspace();
  scope = made.scope;
  const { workspaceId } = scope;
  await inScope(scope, (tx) =>
    tx.update(workspaces).set({ timeZone: 'Pacific/Auckland' }).where(eq(workspaces.id, workspaceId)),
  );
  const write = async (who: ContactId | undefined, midnight: number, more: Record<string, unknown> = {}) =>
    inScope(scope, async (tx) => {
      if (!who) throw new Error('there is somebody');
      const sentAt = sql`((now() at time zone 'Pacific/Auckland')::date + ${midnight}::int)::timestamp at time zone 'Pacific/Auckland'`;
      await tx
        .update(deliveries)
        .set({ state: 'sent', sentAt, ...more })
        .where(and(eq(deliveries.workspaceId, workspaceId), eq(deliveries.contactId, who)));
    });
  const now = new Date();
  const many = await testList(scope, 5);
  granted = many.listId;
  await launchNow(scope, await testCampaign(scope, made.senderId, [many.listId]));
  const [a, b, c, d, e] = many.contactIds;
  await write(a, 0, { deliveredAt: now, openedAt: now, clickedAt: now });
  await write(b, -3, { deliveredAt: now, openedAt: now, unsubscribedAt: now });
  await write(c, -29, { bouncedAt: now });
  await write(d, -30, { deliveredAt: now });
  await write(e, 0, { state: 'unconfirmed' });
  const few = await testList(scope, 2);
  await launchNow(scope, await testCampaign(scope, made.senderId, [few.listId]));
  for (const contact of few.contactIds) await write(contact, -3);
});

const seen = (all: Day[]) =>
  all.flatMap(({ sent, delivered, opened, clicked, unsubscribed, bounced }, at) =>
    sent > 0 ? [[at - 29, [sent, delivered, opened, clicked, unsubscribed, bounced]]] : [],
  );

test('messages count on the day on which they were sent, on the calendar of the workspace', async () => {
  const days = await lastDays(scope);
  expect(days).toHaveLength(30);
  expect(seen(days)).toEqual([
    [-29, [1, 0, 0, 0, 0, 1]],
    [-3, [3, 1, 1, 0, 1, 0]],
    [0, [1, 1, 1, 1, 0, 0]],
  ]);
  const today = new Intl.DateTimeFormat('en-CA', { timeZone: 'Pacific/Auckland' }).format(new Date());
  expect(days.at(-1)?.day).toBe(today);
});

test('whoever has the rights of one list sees what hangs from it alone', async () => {
  const as = (grants: Map<ListId, 'view'>) =>
    mintScope(scope.workspaceId, { kind: 'member', id: newId(UserId), role: 'marketer' }, grants);
  expect(seen(await lastDays(as(new Map([[granted, 'view']]))))).toEqual([
    [-29, [1, 0, 0, 0, 0, 1]],
    [-3, [1, 1, 1, 0, 1, 0]],
    [0, [1, 1, 1, 1, 0, 0]],
  ]);
  expect(seen(await lastDays(as(new Map())))).toEqual([]);
  expect(seen(await lastDays((await testWorkspace('Other')).scope))).toEqual([]);
});

test('days that nobody names are these', async () => {
  const shown = await lastDays(scope);
  const [first, last] = [String(shown.at(0)?.day), String(shown.at(-1)?.day)];
  expect(await meantDays(scope, {})).toEqual({ from: first, until: last });
  expect(await meantDays(scope, { from: '2026-03-29' })).toEqual({ from: '2026-03-29', until: last });
  expect(await meantDays(scope, { until: '2026-03-30' })).toEqual({
    from: '2026-03-01',
    until: '2026-03-30',
  });
  const both = { from: '2026-03-01', until: '2026-03-02' };
  expect(await meantDays(scope, both)).toEqual(both);
});
