import { and, eq } from 'drizzle-orm';
import { describe, expect, it, vi } from 'vitest';
import { unsafeDatabase } from '../db/client';
import { campaigns } from '../db/schema/campaigns';
import { suppressions } from '../db/schema/deliveries';
import { contacts, listContacts } from '../db/schema/lists';
import { auditLog } from '../db/schema/operation';
import { inScope } from '../db/scoped';
import { uuidv7 } from '../ids';
import { liveCampaignJobs } from '../jobs/live';
import { testWorkspace } from '../workspaces/testing';
import { findCampaign } from './campaigns';
import { runLaunch } from './launch';
import { preflight } from './preflight';
import { sendCampaign } from './send';
import { campaignStats } from './stats';
import { launchNow, ledger, testCampaign, testList } from './testing';

const never = new AbortController().signal;

describe('launching a campaign', () => {
  it('writes every person once, with the reason for whoever is skipped', async () => {
    const { scope, senderId } = await testWorkspace();
    const { workspaceId } = scope;
    const one = await testList(scope, [
      { email: 'ann@example.com' },
      { email: 'gone@example.com', emailSubscribed: false },
      { email: 'bounced@example.com' },
      { email: null, phone: '+4930123456' },
      { email: 'not an address' },
    ]);
    const two = await testList(scope, [{ email: 'bob@example.com' }]);
    const ann = one.contactIds[0];
    if (!ann) throw new Error('ann was made');
    await inScope(scope, async (tx) => {
      await tx.insert(listContacts).values({ workspaceId, listId: two.listId, contactId: ann });
      await tx.insert(suppressions).values({
        workspaceId,
        id: uuidv7(),
        channel: 'email',
        address: 'bounced@example.com',
        reason: 'bounced',
      });
    });
    const id = await testCampaign(scope, senderId, [one.listId, two.listId]);
    const before = await preflight(scope, id);
    await launchNow(scope, id);

    const rows = await ledger(scope, id);
    expect(rows.map((row) => [row.address, row.state, row.reason, row.batch])).toEqual([
      ['ann@example.com', 'queued', null, 0],
      ['gone@example.com', 'skipped', 'unsubscribed', null],
      ['bounced@example.com', 'skipped', 'suppressed', null],
      [null, 'skipped', 'no_address', null],
      ['not an address', 'skipped', 'invalid_address', null],
      ['bob@example.com', 'queued', null, 0],
    ]);
    if (!before.ok) throw new Error('preflight works');
    expect(before.value.recipients).toBe(2);
    expect(before.value.skipped.map(({ reason, count }) => `${reason} ${count}`).sort()).toEqual([
      'invalid_address 1',
      'no_address 1',
      'suppressed 1',
      'unsubscribed 1',
    ]);
    const stats = await campaignStats(scope, id);
    expect(stats).toMatchObject({
      ok: true,
      value: { planned: 6, queued: 2, skipped: 4, status: 'sending' },
    });
  });

  it('goes on behind the last whole chunk when it was killed, without gap or double', async () => {
    const { scope, senderId } = await testWorkspace();
    const { listId, contactIds } = await testList(scope, 230);
    const id = await testCampaign(scope, senderId, [listId]);
    expect((await sendCampaign(scope, id)).ok).toBe(true);
    const stop = new AbortController();
    let looks = 0;
    const dying = new Proxy(stop.signal, {
      get: (target, key) => (key === 'aborted' ? ++looks > 2 : Reflect.get(target, key)),
    });
    expect(await runLaunch(scope, id, dying, [60])).toBe(false);
    expect(await ledger(scope, id)).toHaveLength(120);
    const half = await findCampaign(scope, id);
    expect(half).toMatchObject({ ok: true, value: { planned: null } });

    expect(await runLaunch(scope, id, never, [60])).toBe(true);
    const rows = await ledger(scope, id);
    expect(rows.map((row) => row.contactId)).toEqual([...contactIds].sort());
    const sizes = Map.groupBy(rows, (row) => row.batch);
    expect([...sizes.keys()].sort((a, b) => Number(a) - Number(b))).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(Math.max(...[...sizes.values()].map((batch) => batch.length))).toBe(50);
    const jobs = await inScope(scope, (tx) => liveCampaignJobs(tx, id));
    expect([...jobs.batches].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(await findCampaign(scope, id)).toMatchObject({ ok: true, value: { planned: 230 } });
  });

  it('goes on in batches of another size where somebody has set it', async () => {
    const { scope, senderId } = await testWorkspace();
    const { listId } = await testList(scope, 130);
    const id = await testCampaign(scope, senderId, [listId]);
    expect((await sendCampaign(scope, id)).ok).toBe(true);
    const stop = new AbortController();
    let looks = 0;
    const dying = new Proxy(stop.signal, {
      get: (target, key) => (key === 'aborted' ? ++looks > 1 : Reflect.get(target, key)),
    });
    expect(await runLaunch(scope, id, dying, [70])).toBe(false);

    vi.stubEnv('BATCH_SIZE', '20');
    vi.resetModules();
    const another = await import('./launch');
    vi.unstubAllEnvs();
    expect(await another.runLaunch(scope, id, never, [60])).toBe(true);
    const batches = Map.groupBy(await ledger(scope, id), (row) => row.batch);
    expect([...batches.values()].map((batch) => batch.length)).toEqual([50, 20, 20, 20, 20]);
  });

  it('writes nobody to an address twice that is somebody else’s by the time it comes to them', async () => {
    const { scope, senderId } = await testWorkspace();
    const { listId, contactIds } = await testList(scope, 4);
    const [first, , third] = contactIds.sort();
    if (!first || !third) throw new Error('there are four');
    const id = await testCampaign(scope, senderId, [listId]);
    expect((await sendCampaign(scope, id)).ok).toBe(true);
    let looks = 0;
    const dying = new Proxy(never, {
      get: (target, key) => (key === 'aborted' ? ++looks > 1 : Reflect.get(target, key)),
    });
    expect(await runLaunch(scope, id, dying, [2])).toBe(false);
    const before = await ledger(scope, id);
    expect(before).toHaveLength(2);
    await inScope(scope, async (tx) => {
      await tx.update(contacts).set({ email: 'moved@example.com' }).where(eq(contacts.id, first));
      const email = before.find((row) => row.contactId === first)?.address;
      await tx.update(contacts).set({ email }).where(eq(contacts.id, third));
    });
    expect(await runLaunch(scope, id, never, [2])).toBe(true);
    const rows = await ledger(scope, id);
    expect(rows.map((row) => row.contactId)).toEqual(contactIds.filter((contact) => contact !== third));
    expect(new Set(rows.map((row) => row.address)).size).toBe(3);
    expect(await findCampaign(scope, id)).toMatchObject({ ok: true, value: { planned: 3 } });
    const jobs = await inScope(scope, (tx) => liveCampaignJobs(tx, id));
    expect(rows.every(({ batch }) => batch !== null && jobs.batches.has(batch))).toBe(true);
  });

  it('lets two launches of one campaign take turns', async () => {
    const { scope, senderId } = await testWorkspace();
    const { listId } = await testList(scope, 300);
    const id = await testCampaign(scope, senderId, [listId]);
    expect((await sendCampaign(scope, id)).ok).toBe(true);
    await Promise.all([1, 2, 3].map(() => runLaunch(scope, id, never, [20])));
    const rows = await ledger(scope, id);
    expect(rows).toHaveLength(300);
    expect(new Set(rows.map((row) => row.contactId)).size).toBe(300);
    const batches = Map.groupBy(rows, (row) => row.batch);
    expect(Math.max(...[...batches.values()].map((batch) => batch.length))).toBe(20);
    expect(await findCampaign(scope, id)).toMatchObject({ ok: true, value: { planned: 300 } });
  });

  it('sends once when two people send at the same time', async () => {
    const { scope, senderId } = await testWorkspace();
    const { listId } = await testList(scope, 3);
    const id = await testCampaign(scope, senderId, [listId]);
    const results = await Promise.all([sendCampaign(scope, id), sendCampaign(scope, id)]);
    expect(results.filter((result) => result.ok)).toHaveLength(1);
    const refused = results.find((result) => !result.ok);
    expect(refused).toMatchObject({ problem: { code: 'conflict' } });
    const entries = await inScope(scope, (tx) =>
      tx
        .select()
        .from(auditLog)
        .where(and(eq(auditLog.workspaceId, scope.workspaceId), eq(auditLog.action, 'campaign.launch'))),
    );
    expect(entries).toHaveLength(1);
    const jobs = await unsafeDatabase().execute(`select id from pgboss.job where name = 'launch-campaign'
      and data->>'campaignId' = '${id}'`);
    expect(jobs).toHaveLength(1);
  });

  it('completes at once when everybody is skipped at launch', async () => {
    const { scope, senderId } = await testWorkspace();
    const { listId, contactIds } = await testList(scope, [{ email: 'ann@example.com' }]);
    const id = await testCampaign(scope, senderId, [listId]);
    expect((await sendCampaign(scope, id)).ok).toBe(true);
    const [contactId] = contactIds;
    if (!contactId) throw new Error('the contact was made');
    await inScope(scope, (tx) =>
      tx
        .update(contacts)
        .set({ emailSubscribed: false })
        .where(and(eq(contacts.workspaceId, scope.workspaceId), eq(contacts.id, contactId))),
    );
    await runLaunch(scope, id, never);
    expect(await findCampaign(scope, id)).toMatchObject({
      ok: true,
      value: { status: 'completed', planned: 1 },
    });
  });

  it.each([
    ['the subject', { subject: ' ' }, 'subject'],
    ['the message', { content: { format: 'markdown' as const, body: '' } }, 'message is empty'],
    ['a sender', { senderId: null }, 'sender'],
    ['a readable template', { subject: 'Hi {{ first_name' }, 'subject'],
  ])('refuses what lacks %s, and changes nothing', async (_, more, word) => {
    const { scope, senderId } = await testWorkspace();
    const { listId } = await testList(scope, 1);
    const id = await testCampaign(scope, senderId, [listId], more);
    const result = await sendCampaign(scope, id);
    expect(result).toMatchObject({ ok: false, problem: { code: 'invalid' } });
    expect(result.ok ? '' : result.problem.message).toContain(word);
    expect(await findCampaign(scope, id)).toMatchObject({ ok: true, value: { status: 'draft' } });
    expect(await ledger(scope, id)).toHaveLength(0);
  });

  it('refuses a campaign without a list or with nobody to write to', async () => {
    const { scope, senderId } = await testWorkspace();
    const nowhere = await testCampaign(scope, senderId, []);
    expect(await sendCampaign(scope, nowhere)).toMatchObject({ ok: false, problem: { code: 'invalid' } });
    const { listId } = await testList(scope, [{ emailSubscribed: false }]);
    const nobody = await testCampaign(scope, senderId, [listId]);
    expect(await sendCampaign(scope, nobody)).toMatchObject({ ok: false, problem: { code: 'invalid' } });
  });

  it('does not find, and does not change, the campaign of another workspace', async () => {
    const mine = await testWorkspace('Mine');
    const theirs = await testWorkspace('Theirs');
    const { listId } = await testList(theirs.scope, 2);
    const id = await testCampaign(theirs.scope, theirs.senderId, [listId]);
    expect(await sendCampaign(mine.scope, id)).toMatchObject({ ok: false, problem: { code: 'not_found' } });
    expect(await runLaunch(mine.scope, id, never)).toBe(true);
    const rows = await inScope(theirs.scope, (tx) =>
      tx.select().from(campaigns).where(eq(campaigns.workspaceId, theirs.scope.workspaceId)),
    );
    expect(rows).toMatchObject([{ id, status: 'draft', compiled: null, planned: null }]);
    expect(await ledger(theirs.scope, id)).toHaveLength(0);
  });
});
