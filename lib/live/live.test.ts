import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Scope, userOf } from '../auth/scope';
import { pauseCampaign } from '../campaigns/status';
import { launchNow, ledger, testCampaign, testList, unthrottle } from '../campaigns/testing';
import { connect, unsafeDatabase } from '../db/client';
import { sessions } from '../db/schema/accounts';
import { members } from '../db/schema/workspaces';
import { inScope } from '../db/scoped';
import { runBatch } from '../deliveries/batch';
import { closeBreaker, openBreaker } from '../deliveries/breaker';
import { recordProviderEvents } from '../deliveries/events';
import { sentResult, standinProvider, testSignals } from '../deliveries/testing';
import { required } from '../env';
import { CampaignId, newId, SessionId, UserId } from '../ids';
import { testWorkspace } from '../workspaces/testing';
import { announceCampaign } from './announce';
import { stopWatching, type Watched, watch } from './watch';

const signal = new AbortController().signal;
const never = 60_000;
const soon = { timeout: 10_000 };

/** Every notification of the database, as it comes. */
const heard: string[] = [];
const { $client: listener } = connect(required('DATABASE_URL'), { max: 1 });

beforeAll(async () => {
  await listener.listen('live', (id) => heard.push(id));
});

afterAll(async () => {
  await stopWatching();
  await listener.end({ timeout: 1 });
});

/** How long after `change` whoever watches `id` is woken, in milliseconds. */
async function wokenAfter(id: Watched, change: () => Promise<unknown>): Promise<number> {
  const watching = watch([id]);
  await listening();
  await watching.next(0, signal); // what was said before
  try {
    await change();
    const changed = performance.now();
    await watching.next(never, signal);
    return performance.now() - changed;
  } finally {
    watching.end();
  }
}

const ours = sql`datname = current_database() and query = 'listen "live"'`;

/** The watch of this process and the one of this test. */
const listening = () =>
  vi.waitFor(async () => {
    const rows = await unsafeDatabase().execute(sql`select pid from pg_stat_activity where ${ours}`);
    expect(rows).toHaveLength(2);
  }, soon);

/** What was told before comes in before what is told now. */
async function forgetHeard(): Promise<void> {
  const marker = crypto.randomUUID();
  await unsafeDatabase().execute(sql`select pg_notify('live', ${marker})`);
  await vi.waitFor(() => expect(heard).toContain(marker), soon);
  heard.length = 0;
}

async function going(people = 3) {
  const { scope, senderId } = await testWorkspace();
  await unthrottle(scope, senderId);
  const { listId } = await testList(scope, people);
  const id = await testCampaign(scope, senderId, [listId]);
  await launchNow(scope, id);
  return { scope, senderId, id };
}

const rollBack = (scope: Scope, id: CampaignId) =>
  inScope(scope, async (tx) => {
    await tx.execute(sql`update campaigns set name = 'Winter' where id = ${id}`);
    throw new Error('rolled back');
  }).catch(() => undefined);

describe('what changes wakes whoever watches it, within a second', () => {
  it('a campaign, its sender’s breaker, what is told of its messages', async () => {
    const { scope, senderId, id } = await going();
    const [row] = await ledger(scope, id);
    if (!row) throw new Error('it was launched');
    const changes = [
      () => openBreaker(scope, senderId, 'It does not answer.'),
      () => closeBreaker(scope, senderId),
      () => recordProviderEvents(scope, [{ deliveryId: row.id, type: 'delivered' }]),
      () => pauseCampaign(scope, id),
      async () => announceCampaign(id),
    ];
    for (const change of changes) expect(await wokenAfter(id, change)).toBeLessThan(1000);
  });

  it('what somebody may do, and where they are signed in', async () => {
    const { scope } = await testWorkspace();
    const user = userOf(scope);
    if (!user) throw new Error('they are a member');
    const id = newId(SessionId);
    await unsafeDatabase()
      .insert(sessions)
      .values({ id, userId: user, expiresAt: sql`now() + interval '1 day'` });
    const role = () =>
      inScope(scope, (tx) => tx.update(members).set({ role: 'viewer' }).where(eq(members.userId, user)));
    const signOut = () => unsafeDatabase().delete(sessions).where(eq(sessions.id, id));
    expect(await wokenAfter(user, role)).toBeLessThan(1000);
    expect(await wokenAfter(user, signOut)).toBeLessThan(1000);
  });

  it('nothing that was rolled back, and nobody who watches something else', async () => {
    const { scope, id } = await going();
    const others = watch([newId(CampaignId), newId(UserId)]);
    await listening();
    await others.next(0, signal);
    await forgetHeard();
    await rollBack(scope, id);
    await pauseCampaign(scope, id);
    await vi.waitFor(() => expect(heard).toContain(id), soon);
    expect(heard).toEqual([id]);
    const asked = performance.now();
    await others.next(50, signal);
    expect(performance.now() - asked).toBeGreaterThanOrEqual(45);
    others.end();
  });

  it('also after the connection that listens was cut, and looks at once for what it missed', async () => {
    const { scope, id } = await going();
    const watching = watch([id]);
    for (let cut = 0; cut < 3; cut++) {
      await listening();
      await watching.next(0, signal);
      await unsafeDatabase().execute(
        sql`select pg_terminate_backend(pid) from pg_stat_activity where ${ours}`,
      );
      const asked = performance.now();
      await watching.next(never, signal);
      expect(performance.now() - asked).toBeLessThan(5000);
    }
    watching.end();
    expect(await wokenAfter(id, () => pauseCampaign(scope, id))).toBeLessThan(1000);
  });
});

describe('a campaign that goes out', () => {
  it('announces itself a few times a second, however fast it sends, and its end', async () => {
    const { scope, id } = await going(2000);
    const { engine } = standinProvider(() => sentResult);
    await listening();
    await forgetHeard();
    const began = performance.now();
    const { stop, abort } = testSignals();
    for (let batch = 0; batch < 40; batch++)
      await runBatch(engine, scope, { campaignId: id, batch }, { stop, abort });
    const seconds = (performance.now() - began) / 1000;
    const ofThis = () => heard.filter((one) => one === id).length;
    const during = ofThis();
    expect(during).toBeGreaterThanOrEqual(Math.floor(seconds));
    expect(during).toBeLessThanOrEqual(Math.ceil(seconds / 0.3) + 2);
    await vi.waitFor(() => expect(ofThis()).toBeGreaterThan(during), soon);
    expect((await ledger(scope, id)).every(({ state }) => state === 'sent')).toBe(true);
  });

  it('tells the last of many changes too', async () => {
    const id = newId(CampaignId);
    await listening();
    await forgetHeard();
    for (let n = 0; n < 1000; n++) announceCampaign(id);
    await vi.waitFor(() => expect(heard.filter((one) => one === id)).toEqual([id, id]), soon);
  });
});
