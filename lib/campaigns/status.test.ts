import { and, eq, inArray } from 'drizzle-orm';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Scope } from '../auth/scope';
import { campaigns } from '../db/schema/campaigns';
import { auditLog } from '../db/schema/operation';
import { inScope } from '../db/scoped';
import { campaignStatuses } from '../db/states';
import type { CampaignId } from '../ids';
import { testWorkspace } from '../workspaces/testing';
import { createCampaign, deleteDraft, duplicateCampaign, findCampaign, listCampaigns } from './campaigns';
import { type Changed, changeStatus } from './change-status';
import { saveDraft } from './draft';
import { scheduleCampaign, unscheduleCampaign } from './schedule';
import { sendCampaign } from './send';
import { cancelCampaign, pauseCampaign, resumeCampaign } from './status';
import { testCampaign, testList } from './testing';
import { type CampaignEvent, canChange, transitions } from './transitions';

const events = Object.keys(transitions) as CampaignEvent[];

let owner: Awaited<ReturnType<typeof testWorkspace>>;
beforeAll(async () => {
  owner = await testWorkspace();
});

const rowOf = (id: CampaignId) =>
  inScope(owner.scope, async (tx) => {
    const ofId = and(eq(campaigns.workspaceId, owner.scope.workspaceId), eq(campaigns.id, id));
    const [row] = await tx.select().from(campaigns).where(ofId);
    return row;
  });

const auditOf = (id: CampaignId) =>
  inScope(owner.scope, (tx) =>
    tx
      .select()
      .from(auditLog)
      .where(and(eq(auditLog.workspaceId, owner.scope.workspaceId), eq(auditLog.targetId, id))),
  );

describe('a campaign’s status', () => {
  const cells = campaignStatuses.flatMap((status) => events.map((event) => [status, event] as const));

  it.each(cells)('%s, asked to %s: as the table says, or nothing and an answer', async (status, event) => {
    const id = await testCampaign(owner.scope, owner.senderId, [], { status });
    const before = await rowOf(id);
    const answer = await inScope(owner.scope, (tx) => changeStatus(tx, owner.scope, id, event));
    const actions = (await auditOf(id)).map((entry) => entry.action);
    if (!canChange(status, event)) {
      expect(answer).toMatchObject({
        ok: false,
        problem: {
          code: 'conflict',
          message: expect.stringMatching(/^This cannot be done: the campaign is .*\.$/),
        },
      });
      expect(await rowOf(id)).toEqual(before);
      expect(actions).toEqual([]);
      return;
    }
    const { to } = transitions[event];
    expect(answer).toEqual({ ok: true, value: { status: to } });
    expect(await rowOf(id)).toMatchObject({ status: to });
    expect(actions).toEqual([`campaign.${event}`]);
  });

  /** What a person can ask for, on a campaign in which nothing else stands in the way. */
  const verbs: Partial<Record<CampaignEvent, (scope: Scope, id: CampaignId) => Promise<Changed>>> = {
    schedule: (scope, id) =>
      scheduleCampaign(
        scope,
        id,
        { date: '2026-06-01', time: '09:00', zone: 'UTC', which: null },
        new Date('2026-01-01'),
      ),
    unschedule: unscheduleCampaign,
    launch: sendCampaign,
    pause: pauseCampaign,
    resume: resumeCampaign,
    cancel: cancelCampaign,
  };
  const asked = Object.entries(verbs).flatMap(([event, verb]) =>
    campaignStatuses.map((status) => [event as CampaignEvent, status, verb] as const),
  );

  it.each(asked)('a person asks to %s one that is %s', async (event, status, verb) => {
    const { listId } = await testList(owner.scope, 1);
    const id = await testCampaign(owner.scope, owner.senderId, [listId], { status });
    const before = await rowOf(id);
    const answer = await verb(owner.scope, id);
    if (canChange(status, event)) {
      expect(answer).toEqual({ ok: true, value: { status: transitions[event].to } });
      expect((await auditOf(id)).map((entry) => entry.action)).toEqual([`campaign.${event}`]);
      return;
    }
    expect(answer).toMatchObject({ ok: false, problem: { code: 'conflict' } });
    expect(await rowOf(id)).toEqual(before);
    expect(await auditOf(id)).toEqual([]);
  });

  it('is changed by one of several who try at once', async () => {
    const { scope, senderId } = await testWorkspace();
    const id = await testCampaign(scope, senderId, [], { status: 'sending' });
    const results = await Promise.all([1, 2, 3].map(() => pauseCampaign(scope, id)));
    expect(results.filter((result) => result.ok)).toHaveLength(1);
    expect(results.filter((result) => !result.ok && result.problem.code === 'conflict')).toHaveLength(2);
  });

  it('of another workspace is not found and not changed', async () => {
    const mine = await testWorkspace('Mine');
    const theirs = await testWorkspace('Theirs');
    const id = await testCampaign(theirs.scope, theirs.senderId, [], { status: 'sending' });
    for (const verb of [pauseCampaign, resumeCampaign, cancelCampaign])
      expect(await verb(mine.scope, id)).toMatchObject({ ok: false, problem: { code: 'not_found' } });
    expect(await findCampaign(mine.scope, id)).toMatchObject({ ok: false, problem: { code: 'not_found' } });
    expect(await deleteDraft(mine.scope, id)).toMatchObject({ ok: false, problem: { code: 'not_found' } });
    expect(await findCampaign(theirs.scope, id)).toMatchObject({ ok: true, value: { status: 'sending' } });
  });
});

describe('a draft', () => {
  it('is not overwritten from a second window', async () => {
    const { scope } = await testWorkspace();
    const { listId } = await testList(scope, 1);
    const made = await createCampaign(scope, { name: 'Autumn' });
    if (!made.ok) throw new Error('it was made');
    const { id } = made.value;
    const first = await saveDraft(scope, id, { revision: 1, changes: { subject: 'One', listIds: [listId] } });
    expect(first).toEqual({ ok: true, value: { revision: 2 } });
    const second = await saveDraft(scope, id, { revision: 1, changes: { subject: 'Two', listIds: [] } });
    expect(second).toMatchObject({ ok: false, problem: { code: 'conflict' } });
    expect(await findCampaign(scope, id)).toMatchObject({
      ok: true,
      value: { subject: 'One', listIds: [listId], name: 'Autumn', revision: 2 },
    });
  });

  it('takes no list or sender of another workspace', async () => {
    const mine = await testWorkspace('Mine');
    const theirs = await testWorkspace('Theirs');
    const { listId } = await testList(theirs.scope, 1);
    const id = await testCampaign(mine.scope, mine.senderId, []);
    for (const changes of [{ listIds: [listId] }, { senderId: theirs.senderId }])
      expect(await saveDraft(mine.scope, id, { revision: 1, changes })).toMatchObject({
        ok: false,
        problem: { code: 'invalid' },
      });
    expect(await findCampaign(mine.scope, id)).toMatchObject({
      ok: true,
      value: { revision: 1, listIds: [] },
    });
  });

  it('can be deleted and duplicated; a sent campaign only duplicated', async () => {
    const { scope, senderId } = await testWorkspace();
    const { listId } = await testList(scope, 1);
    const sent = await testCampaign(scope, senderId, [listId], { status: 'completed' });
    expect(await deleteDraft(scope, sent)).toMatchObject({ ok: false, problem: { code: 'conflict' } });
    const copy = await duplicateCampaign(scope, sent);
    if (!copy.ok) throw new Error('it was copied');
    expect(await findCampaign(scope, copy.value.id)).toMatchObject({
      ok: true,
      value: { status: 'draft', listIds: [listId], name: 'Copy of Autumn', startedAt: null },
    });
    expect(await deleteDraft(scope, copy.value.id)).toEqual({ ok: true, value: undefined });
    const left = await inScope(scope, (tx) =>
      tx
        .select()
        .from(campaigns)
        .where(
          and(eq(campaigns.workspaceId, scope.workspaceId), inArray(campaigns.id, [sent, copy.value.id])),
        ),
    );
    expect(left.map((row) => row.id)).toEqual([sent]);
  });

  it('is found by name, status and page', async () => {
    const { scope, senderId } = await testWorkspace();
    for (let n = 0; n < 60; n++)
      await testCampaign(scope, senderId, [], { name: `News 100%_${n}`, subject: '' });
    await testCampaign(scope, senderId, [], { status: 'paused' });
    const all = await listCampaigns(scope, {});
    expect(all.rows).toHaveLength(50);
    const rest = await listCampaigns(scope, { cursor: all.next });
    expect(rest.rows).toHaveLength(11);
    expect(rest.next).toBeNull();
    expect((await listCampaigns(scope, { cursor: rest.previous })).rows).toEqual(all.rows);
    expect((await listCampaigns(scope, { search: '%_59' })).rows).toMatchObject([{ name: 'News 100%_59' }]);
    expect((await listCampaigns(scope, { status: 'paused' })).rows).toHaveLength(1);
    expect((await listCampaigns((await testWorkspace('Other')).scope, {})).rows).toEqual([]);
  });
});
