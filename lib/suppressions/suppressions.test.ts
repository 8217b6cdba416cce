import { and, eq } from 'drizzle-orm';
import { beforeEach, expect, test } from 'vitest';
import type { Scope } from '../auth/scope';
import { launchNow, ledger, testCampaign, testList } from '../campaigns/testing';
import { contactEvents, suppressions } from '../db/schema/deliveries';
import { auditLog } from '../db/schema/operation';
import { inScope } from '../db/scoped';
import { recordProviderEvents } from '../deliveries/events';
import type { SenderId } from '../ids';
import { testWorkspace } from '../workspaces/testing';
import { listSuppressions } from './list-suppressions';
import { suppressMany } from './suppress-many';
import { unsuppress } from './suppressions';

let scope: Scope;
let senderId: SenderId;
beforeEach(async () => {
  ({ scope, senderId } = await testWorkspace());
});

const audited = (action: string) =>
  inScope(scope, (tx) =>
    tx
      .select({ detail: auditLog.detail })
      .from(auditLog)
      .where(and(eq(auditLog.workspaceId, scope.workspaceId), eq(auditLog.action, action))),
  );

test('many addresses are found in whatever text, each once, and say who and why', async () => {
  const { contactIds } = await testList(scope, [{ email: 'ann@example.com' }]);
  const file =
    'Email;Reason\n"Ann@Example.com";left\nBen <ben@example.com>, ben@example.com\nno@address@here\n';
  expect(await suppressMany(scope, file, 'from the old tool')).toEqual({
    ok: true,
    value: { added: 2, already: 0, invalid: 1, examples: ['no@address@here'] },
  });
  expect(await suppressMany(scope, 'ann@example.com cleo@example.com', '')).toMatchObject({
    value: { added: 1, already: 1 },
  });
  const { rows } = await listSuppressions(scope, {});
  expect(Object.fromEntries(rows.map(({ address, note }) => [address, note]))).toEqual({
    'ann@example.com': 'from the old tool',
    'ben@example.com': 'from the old tool',
    'cleo@example.com': '',
  });
  expect(rows[0]).toMatchObject({ reason: 'manual', by: expect.any(String), campaign: null });
  expect((await audited('address.suppressed_many')).map(({ detail }) => detail)).toEqual([
    { count: 2, note: 'from the old tool' },
    { count: 1, note: '' },
  ]);
  const told = await inScope(scope, (tx) =>
    tx
      .select()
      .from(contactEvents)
      .where(eq(contactEvents.contactId, contactIds[0] as never)),
  );
  expect(told.filter(({ type }) => type === 'suppressed')).toHaveLength(1);
});

test('a text without an address adds nothing and says so', async () => {
  expect(await suppressMany(scope, 'nobody here\n', '')).toMatchObject({ problem: { code: 'invalid' } });
  expect((await listSuppressions(scope, {})).rows).toEqual([]);
  expect(await audited('address.suppressed_many')).toEqual([]);
});

test('what came back names its campaign, and is found by how the address begins, in the own workspace only', async () => {
  const { listId } = await testList(scope, [{ email: 'ann@example.com' }, { email: 'anton@example.com' }]);
  const campaignId = await testCampaign(scope, senderId, [listId], { name: 'June' });
  await launchNow(scope, campaignId);
  for (const { id } of await ledger(scope, campaignId))
    await recordProviderEvents(scope, [{ deliveryId: id, type: 'bounced' }]);
  const found = await listSuppressions(scope, { search: ' ANN' });
  expect(found.rows).toMatchObject([
    { address: 'ann@example.com', reason: 'bounced', by: null, campaign: { id: campaignId, name: 'June' } },
  ]);
  const other = await testWorkspace('Other');
  expect((await listSuppressions(other.scope, { search: 'an' })).rows).toEqual([]);
});

test('an address is let go of with the reason', async () => {
  await suppressMany(scope, 'ann@example.com', '');
  const [row] = (await listSuppressions(scope, {})).rows;
  expect(await unsuppress(scope, row?.id ?? '', 'she asked us to')).toMatchObject({ ok: true });
  expect((await audited('address.unsuppressed')).map(({ detail }) => detail)).toMatchObject([
    { note: 'she asked us to' },
  ]);
  expect(await inScope(scope, (tx) => tx.select().from(suppressions))).toEqual([]);
});

test('pages turn both ways', async () => {
  const all = Array.from({ length: 120 }, (_, n) => `person${n}@example.com`);
  await suppressMany(scope, all.join('\n'), '');
  const first = await listSuppressions(scope, {});
  const second = await listSuppressions(scope, { cursor: first.next });
  const third = await listSuppressions(scope, { cursor: second.next });
  expect([first, second, third].map(({ rows }) => rows.length)).toEqual([50, 50, 20]);
  expect(third.next).toBeNull();
  expect((await listSuppressions(scope, { cursor: third.previous })).rows).toEqual(second.rows);
});
