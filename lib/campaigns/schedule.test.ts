import { and, eq, sql } from 'drizzle-orm';
import { beforeAll, describe, expect, it } from 'vitest';
import { userOf } from '../auth/scope';
import { campaigns } from '../db/schema/campaigns';
import { lists } from '../db/schema/lists';
import { auditLog } from '../db/schema/operation';
import { workspaces } from '../db/schema/workspaces';
import { inScope } from '../db/scoped';
import type { CampaignId, ListId } from '../ids';
import { testWorkspace } from '../workspaces/testing';
import { findCampaign } from './campaigns';
import { saveDraft } from './draft';
import { launchAllDue, launchDue } from './due';
import { runLaunch } from './launch';
import { type ScheduleInput, scheduleCampaign, unscheduleCampaign } from './schedule';
import { nextScheduled } from './scheduled';
import { sendCampaign } from './send';
import { cancelCampaign } from './status';
import { ledger, testCampaign, testList } from './testing';

let owner: Awaited<ReturnType<typeof testWorkspace>>;
let listId: ListId;
beforeAll(async () => {
  owner = await testWorkspace();
  ({ listId } = await testList(owner.scope, 2));
});

const now = new Date('2026-03-01T12:00:00Z');
const nine: ScheduleInput = { date: '2026-03-27', time: '09:00', zone: 'Europe/Berlin', which: null };
const nineAt = new Date('2026-03-27T08:00:00Z');
/** The database's clock, so many minutes after nine. */
const minutesAfter = (minutes: number) =>
  sql`${new Date(nineAt.getTime() + minutes * 60_000).toISOString()}::timestamptz`;

async function scheduled(input = nine): Promise<CampaignId> {
  const id = await testCampaign(owner.scope, owner.senderId, [listId]);
  expect(await scheduleCampaign(owner.scope, id, input, now)).toMatchObject({ ok: true });
  return id;
}

const rowOf = (id: CampaignId) =>
  inScope(owner.scope, async (tx) => {
    const ofId = and(eq(campaigns.workspaceId, owner.scope.workspaceId), eq(campaigns.id, id));
    const [row] = await tx.select().from(campaigns).where(ofId);
    return row;
  });

const lastAudit = (id: CampaignId) =>
  inScope(owner.scope, async (tx) => {
    const entries = await tx
      .select()
      .from(auditLog)
      .where(and(eq(auditLog.workspaceId, owner.scope.workspaceId), eq(auditLog.targetId, id)))
      .orderBy(auditLog.id);
    return entries.at(-1);
  });

const jobsOf = (name: string, id: CampaignId) =>
  inScope(owner.scope, (tx) =>
    tx.execute<{ at: Date }>(sql`select start_after as at from pgboss.job
      where name = ${name} and data->>'campaignId' = ${id} order by start_after`),
  );

describe('a schedule', () => {
  it('keeps the moment and the zone in which it was said, and sets the alarm', async () => {
    const id = await scheduled();
    expect(await rowOf(id)).toMatchObject({
      ...{ status: 'scheduled', scheduledAt: nineAt, scheduledZone: 'Europe/Berlin', held: false },
      compiled: null,
    });
    const [job, ...others] = await jobsOf('launch-scheduled', id);
    expect(others).toEqual([]);
    expect(new Date(job?.at ?? 0)).toEqual(nineAt);
    expect(await lastAudit(id)).toMatchObject({
      ...{ action: 'campaign.schedule', userId: userOf(owner.scope) },
      detail: { at: nineAt.toISOString(), zone: 'Europe/Berlin' },
    });
  });

  it.each([
    ['never comes', { date: '2026-03-29', time: '02:30' }, 'time', /no such time.* from 02:00 to 03:00/],
    ['comes twice', { date: '2026-10-25', time: '02:30' }, 'which', /twice.* from 03:00 to 02:00/],
    ['has passed', { date: '2026-03-01', time: '13:00' }, 'time', /passed/],
    ['is too far away', { date: '2028-03-02' }, 'date', /two years/],
    ['is none', { date: '2026-02-30' }, 'date', /Enter a day/],
  ])('is refused for a time that %s', async (_, wrong, field, message) => {
    const id = await testCampaign(owner.scope, owner.senderId, [listId]);
    const before = await rowOf(id);
    expect(await scheduleCampaign(owner.scope, id, { ...nine, ...wrong }, now)).toMatchObject({
      ok: false,
      problem: { code: 'invalid', fields: { [field]: expect.stringMatching(message) } },
    });
    expect(await rowOf(id)).toEqual(before);
  });

  it.each([
    ['first', '2026-10-25T00:30:00Z'],
    ['second', '2026-10-25T01:30:00Z'],
  ] as const)('takes the %s of a time that comes twice', async (which, at) => {
    const id = await scheduled({ ...nine, date: '2026-10-25', time: '02:30', which });
    expect(await rowOf(id)).toMatchObject({ scheduledAt: new Date(at) });
  });

  it('is refused while something stands in the way', async () => {
    const id = await testCampaign(owner.scope, owner.senderId, [listId], { subject: ' ' });
    expect(await scheduleCampaign(owner.scope, id, nine, now)).toMatchObject({
      ok: false,
      problem: { code: 'invalid', message: 'The subject is empty. Write a subject.' },
    });
    expect(await rowOf(id)).toMatchObject({ status: 'draft', scheduledAt: null });
  });

  it('keeps the campaign from being changed, until it is a draft again', async () => {
    const id = await scheduled();
    const change = { revision: 1, changes: { subject: 'New' } };
    expect(await saveDraft(owner.scope, id, change)).toMatchObject({
      ok: false,
      problem: { code: 'conflict', message: expect.stringContaining('back to draft') },
    });
    expect(await unscheduleCampaign(owner.scope, id)).toMatchObject({ ok: true });
    expect(await rowOf(id)).toMatchObject({ status: 'draft', scheduledAt: null, scheduledZone: null });
    expect(await saveDraft(owner.scope, id, change)).toMatchObject({ ok: true });
    await launchDue(owner.scope, id, minutesAfter(0));
    expect(await rowOf(id)).toMatchObject({ status: 'draft' });
  });

  it('of another workspace is not found and not changed', async () => {
    const id = await scheduled();
    const before = await rowOf(id);
    const { scope } = await testWorkspace('Other');
    const notFound = { ok: false, problem: { code: 'not_found' } };
    expect(await scheduleCampaign(scope, id, nine, now)).toMatchObject(notFound);
    expect(await unscheduleCampaign(scope, id)).toMatchObject(notFound);
    await launchDue(scope, id, minutesAfter(0));
    expect(await rowOf(id)).toEqual(before);
  });
});

describe('a campaign whose time comes', () => {
  it('goes out then and not before, once', async () => {
    const id = await scheduled();
    await launchDue(owner.scope, id, minutesAfter(-0.001));
    expect(await rowOf(id)).toMatchObject({ status: 'scheduled', held: false });
    await Promise.all([1, 2, 3].map(() => launchDue(owner.scope, id, minutesAfter(0))));
    expect(await rowOf(id)).toMatchObject({
      ...{ status: 'sending', startedAt: expect.any(Date) },
      compiled: { subject: expect.any(String) },
    });
    expect(await jobsOf('launch-campaign', id)).toHaveLength(1);
    expect(await lastAudit(id)).toMatchObject({
      ...{ action: 'campaign.launch' },
      detail: { scheduledAt: nineAt.toISOString() },
    });
  });

  it('goes out although its job was lost', async () => {
    const id = await scheduled();
    await launchAllDue(minutesAfter(-1));
    expect(await rowOf(id)).toMatchObject({ status: 'scheduled' });
    await launchAllDue(minutesAfter(1));
    expect(await rowOf(id)).toMatchObject({ status: 'sending' });
  });

  it('goes out at its new time, and its old job does nothing', async () => {
    const id = await scheduled();
    expect(
      await scheduleCampaign(owner.scope, id, { ...nine, time: '10:00', zone: 'UTC' }, now),
    ).toMatchObject({ ok: true });
    await launchDue(owner.scope, id, minutesAfter(0));
    expect(await rowOf(id)).toMatchObject({ status: 'scheduled', scheduledZone: 'UTC' });
    await launchDue(owner.scope, id, minutesAfter(120));
    expect(await rowOf(id)).toMatchObject({ status: 'sending' });
  });

  it('reaches who is on its lists then, not who was before', async () => {
    const { scope, senderId } = owner;
    const one = await testList(scope, 1);
    const later = await testList(scope, 1);
    const id = await testCampaign(scope, senderId, [one.listId]);
    await scheduleCampaign(scope, id, nine, now);
    await inScope(scope, (tx) =>
      tx.execute(sql`update list_contacts set list_id = ${one.listId} where list_id = ${later.listId}`),
    );
    await launchDue(scope, id, minutesAfter(0));
    await runLaunch(scope, id, new AbortController().signal);
    const reached = (await ledger(scope, id)).map((row) => row.contactId);
    expect(new Set(reached)).toEqual(new Set([...one.contactIds, ...later.contactIds]));
  });

  it('is held when nothing ran for too long, and a person decides', async () => {
    const { workspaceId } = owner.scope;
    const id = await scheduled();
    await launchDue(owner.scope, id, minutesAfter(60.01));
    expect(await rowOf(id)).toMatchObject({
      ...{ status: 'scheduled', held: true, compiled: null },
      problem:
        'It was to go out on Friday 27 March 2026, 09:00 (Europe/Berlin, GMT+1), but nothing was running then, and that is more than an hour ago.',
    });
    expect(await lastAudit(id)).toMatchObject({ action: 'campaign.hold' });
    await launchAllDue(minutesAfter(61));
    await launchDue(owner.scope, id, minutesAfter(0));
    expect(await rowOf(id)).toMatchObject({ status: 'scheduled', held: true });

    expect(await sendCampaign(owner.scope, id)).toMatchObject({ ok: true });
    expect(await rowOf(id)).toMatchObject({ status: 'sending', held: false, problem: null });

    await inScope(owner.scope, (tx) =>
      tx.update(workspaces).set({ scheduleGraceMinutes: 180 }).where(eq(workspaces.id, workspaceId)),
    );
    const patient = await scheduled();
    await launchDue(owner.scope, patient, minutesAfter(179));
    expect(await rowOf(patient)).toMatchObject({ status: 'sending' });
  });

  it('is held when something stands in the way by then, and goes at another time', async () => {
    const gone = await testList(owner.scope, 1, 'Spring');
    const id = await testCampaign(owner.scope, owner.senderId, [gone.listId]);
    await scheduleCampaign(owner.scope, id, nine, now);
    const archive = (archivedAt: Date | null) =>
      inScope(owner.scope, (tx) =>
        tx
          .update(lists)
          .set({ archivedAt })
          .where(and(eq(lists.workspaceId, owner.scope.workspaceId), eq(lists.id, gone.listId))),
      );
    await archive(now);
    await launchDue(owner.scope, id, minutesAfter(0));
    expect(await rowOf(id)).toMatchObject({
      ...{ status: 'scheduled', held: true, startedAt: null },
      problem: expect.stringMatching(
        /^It could not go out on Friday 27 March 2026, 09:00 .*: The list “Spring” is archived\./,
      ),
    });
    await archive(null);
    expect(await scheduleCampaign(owner.scope, id, { ...nine, time: '11:00' }, now)).toMatchObject({
      ok: true,
    });
    expect(await rowOf(id)).toMatchObject({ held: false, problem: null });
    await launchDue(owner.scope, id, minutesAfter(120));
    expect(await rowOf(id)).toMatchObject({ status: 'sending' });
  });

  it('is held when nobody is left to write to', async () => {
    const { listId: empty } = await testList(owner.scope, [{ firstName: 'Ann' }]);
    const id = await testCampaign(owner.scope, owner.senderId, [empty]);
    await scheduleCampaign(owner.scope, id, nine, now);
    await inScope(owner.scope, (tx) =>
      tx.execute(sql`update contacts set email_subscribed = false
        where id in (select contact_id from list_contacts where list_id = ${empty})`),
    );
    await launchDue(owner.scope, id, minutesAfter(0));
    expect(await rowOf(id)).toMatchObject({
      held: true,
      problem: expect.stringContaining('None of the 1 person on the chosen lists can be written to.'),
    });
  });

  it('stays cancelled', async () => {
    const id = await scheduled();
    expect(await cancelCampaign(owner.scope, id)).toMatchObject({ ok: true });
    await launchDue(owner.scope, id, minutesAfter(0));
    expect(await findCampaign(owner.scope, id)).toMatchObject({ value: { status: 'cancelled' } });
  });
});

it('the next ones are told the soonest first, without those that are held', async () => {
  const { scope, senderId } = await testWorkspace();
  const { listId: list } = await testList(scope, 1);
  const ids = new Map<string, CampaignId>();
  for (const [time, zone] of [
    ['10:00', 'Europe/Berlin'],
    ['09:00', 'Europe/Berlin'],
    ['09:30', 'UTC'],
  ] as const) {
    const id = await testCampaign(scope, senderId, [list], { name: time });
    ids.set(time, id);
    expect(await scheduleCampaign(scope, id, { ...nine, time, zone }, now)).toMatchObject({ ok: true });
  }
  expect((await nextScheduled(scope, 2)).map(({ name }) => name)).toEqual(['09:00', '10:00']);
  for (const { id } of await nextScheduled(scope, 1)) await launchDue(scope, id, minutesAfter(61));
  expect(await nextScheduled(scope, 5)).toMatchObject([
    { id: ids.get('10:00'), at: new Date('2026-03-27T09:00:00Z'), zone: 'Europe/Berlin' },
    { id: ids.get('09:30'), at: new Date('2026-03-27T09:30:00Z'), zone: 'UTC' },
  ]);
});
