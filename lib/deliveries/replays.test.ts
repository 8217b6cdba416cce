import { eq, inArray, sql } from 'drizzle-orm';
import { afterEach, describe, expect, it } from 'vitest';
import { encrypt } from '../auth/secrets';
import { findCampaign } from '../campaigns/campaigns';
import { campaignStats } from '../campaigns/stats';
import { cancelCampaign, pauseCampaign, resumeCampaign } from '../campaigns/status';
import { launchNow, ledger, makeDue, testCampaign, testList, unthrottle } from '../campaigns/testing';
import { eraseContact } from '../contacts/erase-contact';
import { deliveries, replays } from '../db/schema/deliveries';
import { contacts } from '../db/schema/lists';
import { breakers, senders } from '../db/schema/senders';
import { inScope } from '../db/scoped';
import { env } from '../env';
import { uuidv7 } from '../ids';
import { type ResendScript, resendProblem, rightKey, startResendStandIn } from '../providers/testing-resend';
import { openSender } from '../senders/open-sender';
import { openEmailSender } from '../senders/testing';
import { testWorkspace } from '../workspaces/testing';
import { runBatch } from './batch';
import { Engine } from './engine';
import { recordProviderEvents } from './events';
import { dueReplay, takeUp } from './replays';
import { sweep } from './sweep';
import { endLife, testClaim, testSignals } from './testing';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** A campaign that is being sent through Resend, which answers as it is told. */
async function launched(people: number, script: ResendScript = () => undefined) {
  const standIn = await startResendStandIn(script);
  closing.push(() => standIn.close());
  env().RESEND_BASE_URL = standIn.url;
  const { scope, senderId } = await testWorkspace();
  await unthrottle(scope, senderId);
  const setKey = (apiKey: string) =>
    inScope(scope, (tx) =>
      tx
        .update(senders)
        .set({ provider: 'resend', config: encrypt('provider-config', JSON.stringify({ apiKey })) })
        .where(eq(senders.id, senderId)),
    );
  await setKey(rightKey);
  const { listId, contactIds } = await testList(scope, people);
  const campaignId = await testCampaign(scope, senderId, [listId]);
  await launchNow(scope, campaignId);
  const job = { campaignId, batch: 0 };
  return {
    ...{ scope, senderId, setKey, standIn, contactIds, campaignId, job },
    engine: new Engine(openSender),
    stateOf: async () => (await ledger(scope, campaignId)).map((row) => row.state),
    kept: () => inScope(scope, (tx) => tx.select().from(replays)),
    /** Runs the batch, and again as long as somebody waits: as if the time of each had come. */
    async runToTheEnd(engine: Engine) {
      for (let n = 0; n < 20; n++) {
        if ((await runBatch(engine, scope, job, testSignals())) === 'done') return;
        await makeDue(scope, campaignId);
        await inScope(scope, (tx) => tx.update(breakers).set({ openUntil: sql`now()` }));
      }
      throw new Error('the batch comes to no end');
    },
  };
}

type Launched = Awaited<ReturnType<typeof launched>>;

const times = <Value>(count: number, value: Value): Value[] => Array.from({ length: count }, () => value);

async function expectAllSentOnce({ scope, campaignId, standIn, stateOf, kept }: Launched, people: number) {
  expect(await stateOf()).toEqual(times(people, 'sent'));
  const addresses = standIn.messages.flatMap(({ to }) => to);
  expect(addresses).toHaveLength(people);
  expect(new Set(addresses).size).toBe(people);
  expect(await kept()).toEqual([]);
  expect(await campaignStats(scope, campaignId)).toMatchObject({
    value: { status: 'completed', sent: people },
  });
}

/** The worker is gone as a whole, and another looks after what it has left. */
async function takeOver({ scope }: Launched, dead: Engine): Promise<Engine> {
  await endLife(dead);
  const engine = new Engine(openSender);
  await sweep(scope, engine);
  return engine;
}

/** What a worker does up to its end, right before or behind the call. */
async function dieSending(of: Launched, when: 'before' | 'after'): Promise<Engine> {
  const { scope, campaignId, engine } = of;
  const { claimed } = await testClaim(engine, scope, campaignId);
  const [sender] = await inScope(scope, (tx) =>
    tx.select().from(senders).where(eq(senders.channel, 'email')),
  );
  const connection = sender && openEmailSender(scope, sender);
  if (!connection?.replays) throw new Error('Resend has idempotency keys');
  const message = claimed.map(({ id, address }) => ({
    ...{ deliveryId: id, from: { name: 'Ann', address: 'ann@example.com' }, replyTo: null },
    ...{ to: { name: '', address }, subject: 'Hello', headers: [], html: '', text: 'Hello' },
  }));
  const { freeze, send, ...more } = connection.replays;
  const request = { key: uuidv7(), body: freeze(message), count: claimed.length, ...more };
  const claim = { campaignId, workerId: engine.life.id };
  expect(await engine.handovers.writeRequest(scope, claim, claimed, request)).toBe(true);
  if (when === 'after') await send(request, new AbortController().signal);
  return engine;
}

describe('a request whose answer is lost', () => {
  it('is sent again as it was, under its key, and everybody gets one', async () => {
    let lost = 0;
    const all = await launched(30, () => (lost++ === 0 ? 'lose' : undefined));
    expect(await runBatch(all.engine, all.scope, all.job, testSignals())).toMatchObject({
      again: expect.any(Date),
    });
    expect(await all.stateOf()).toEqual(times(30, 'retrying'));
    expect(await all.kept()).toHaveLength(1);
    await all.runToTheEnd(all.engine);
    await expectAllSentOnce(all, 30);
    const [first, again, ...more] = all.standIn.requests;
    expect(again).toEqual(first);
    expect(more).toEqual([]);
  });

  it('goes out under a limit that by now lets go fewer at once, and so slowly that nobody stands in line', async () => {
    let lost = 0;
    const all = await launched(2, () => (lost++ === 0 ? 'lose' : undefined));
    await runBatch(all.engine, all.scope, all.job, testSignals());
    await makeDue(all.scope, all.campaignId);
    await inScope(all.scope, (tx) =>
      tx.update(senders).set({ perMinute: 40, limitsProposed: false }).where(eq(senders.id, all.senderId)),
    );
    const signals = testSignals();
    const patience = setTimeout(() => signals.stopNow(), 8_000);
    expect(await runBatch(all.engine, all.scope, all.job, signals)).toBe('done');
    clearTimeout(patience);
    await expectAllSentOnce(all, 2);
  }, 20_000);

  it('is the only one that its people go out with', async () => {
    const all = await launched(3, () => 'lose');
    await runBatch(all.engine, all.scope, all.job, testSignals());
    await makeDue(all.scope, all.campaignId);
    expect(await testClaim(all.engine, all.scope, all.campaignId)).toEqual({
      claimed: [],
      skipped: 0,
      waiting: 0,
    });
  });

  it('is sent at last when it had not been taken', async () => {
    let n = 0;
    const all = await launched(20, () =>
      n++ < 3 ? resendProblem(500, 'application_error', 'Unexpected.') : undefined,
    );
    await all.runToTheEnd(all.engine);
    await expectAllSentOnce(all, 20);
    expect(new Set(all.standIn.requests.map(({ key }) => key)).size).toBe(1);
    const [row] = await inScope(all.scope, (tx) => tx.select().from(deliveries).limit(1));
    expect(row).toMatchObject({ attempts: 1, replayId: null, reason: null });
  });

  it('waits longer each time, up to five minutes, and costs nobody a retry', async () => {
    const all = await launched(3, () => resendProblem(500, 'application_error', 'Unexpected.'));
    const wait = async (): Promise<number> => {
      const [row] = await inScope(all.scope, (tx) =>
        tx
          .select({ seconds: sql<number>`extract(epoch from ${deliveries.retryAt} - now())::float8` })
          .from(deliveries)
          .limit(1),
      );
      return row?.seconds ?? 0;
    };
    await runBatch(all.engine, all.scope, all.job, testSignals());
    expect(await wait()).toBeLessThanOrEqual(2);
    for (const [age, longest] of [
      [60, 61],
      [3600, 301],
    ] as const) {
      await inScope(all.scope, (tx) =>
        tx.update(replays).set({ createdAt: sql`now() - make_interval(secs => ${age})` }),
      );
      await makeDue(all.scope, all.campaignId);
      await runBatch(all.engine, all.scope, all.job, testSignals());
      expect(await wait()).toBeGreaterThan(longest - 5);
      expect(await wait()).toBeLessThanOrEqual(longest);
    }
    expect((await ledger(all.scope, all.campaignId)).map(({ attempts }) => attempts)).toEqual([1, 1, 1]);
  });

  it('is not changed by a refusal of our key: the campaign pauses, and the same request goes out later', async () => {
    const answers = ['lose', resendProblem(401, 'invalid_api_key', 'API key is invalid.')] as const;
    let n = 0;
    const all = await launched(5, () => answers[n++]);
    await runBatch(all.engine, all.scope, all.job, testSignals());
    all.standIn.forget(); // as if it had not been taken
    await makeDue(all.scope, all.campaignId);
    await runBatch(all.engine, all.scope, all.job, testSignals());
    expect(await findCampaign(all.scope, all.campaignId)).toMatchObject({ value: { status: 'paused' } });
    expect(await all.stateOf()).toEqual(times(5, 'retrying'));
    await resumeCampaign(all.scope, all.campaignId);
    await all.runToTheEnd(all.engine);
    await expectAllSentOnce(all, 5);
  });
});

describe('a worker that dies', () => {
  it.each(['before', 'after'] as const)('right %s the call leaves nobody in doubt', async (when) => {
    const all = await launched(10);
    const engine = await takeOver(all, await dieSending(all, when));
    expect(await all.stateOf()).toEqual(times(10, 'retrying'));
    await all.runToTheEnd(engine);
    await expectAllSentOnce(all, 10);
  });

  it('while it sends a request again leaves nobody in doubt either', async () => {
    const all = await launched(10);
    await takeOver(all, await dieSending(all, 'after'));
    const second = new Engine(openSender);
    await second.life.beat();
    const due = await dueReplay(all.scope, all.job);
    expect(due).toMatchObject({ waiting: 10 });
    const order = { campaignId: all.campaignId, key: due?.key ?? '', workerId: second.life.id };
    expect((await takeUp(all.scope, { ...order, fence: second.claims.begin() })).held).toHaveLength(10);
    expect((await takeUp(all.scope, { ...order, fence: 7 })).held).toEqual([]);
    await all.runToTheEnd(await takeOver(all, second));
    await expectAllSentOnce(all, 10);
  });

  it('and whose rows others have taken back writes no request down, and sends nothing', async () => {
    const all = await launched(5);
    const { claimed } = await testClaim(all.engine, all.scope, all.campaignId);
    const { id: workerId } = all.engine.life;
    await takeOver(all, all.engine);
    const written = all.engine.handovers.writeRequest(
      all.scope,
      { campaignId: all.campaignId, workerId },
      claimed,
      { key: uuidv7(), body: '[]', count: 5, account: '', forMs: 1000 },
    );
    expect(await written).toBe(false);
    expect(await all.kept()).toEqual([]);
    expect(await all.stateOf()).toEqual(times(5, 'queued'));
  });
});

describe('a request in doubt is not sent again', () => {
  /** Taken, and nobody knows. */
  async function inDoubt(people = 5) {
    let n = 0;
    const all = await launched(people, () => (n++ === 0 ? 'lose' : undefined));
    await runBatch(all.engine, all.scope, all.job, testSignals());
    await makeDue(all.scope, all.campaignId);
    return all;
  }
  const expectUnconfirmed = async (all: Launched, people = 5) => {
    await all.runToTheEnd(all.engine);
    expect(await all.stateOf()).toEqual(times(people, 'unconfirmed'));
    expect(all.standIn.requests).toHaveLength(1);
    await sweep(all.scope, all.engine);
    expect(await all.kept()).toEqual([]);
  };

  it('when one of its people has unsubscribed since', async () => {
    const all = await inDoubt();
    await inScope(all.scope, (tx) =>
      tx
        .update(contacts)
        .set({ emailSubscribed: false })
        .where(inArray(contacts.id, all.contactIds.slice(0, 1))),
    );
    await expectUnconfirmed(all);
  });

  it('when the settings of its sender are others', async () => {
    const all = await inDoubt();
    await all.setKey('re_only_sending');
    await expectUnconfirmed(all);
  });

  it('when its sender is of another provider', async () => {
    const all = await inDoubt();
    await inScope(all.scope, (tx) =>
      tx.update(senders).set({ provider: 'sandbox', config: null }).where(eq(senders.id, all.senderId)),
    );
    await expectUnconfirmed(all);
  });

  it('when the provider may have forgotten its key, be the campaign paused', async () => {
    const all = await inDoubt();
    await pauseCampaign(all.scope, all.campaignId);
    await inScope(all.scope, (tx) => tx.update(replays).set({ expiresAt: sql`now()` }));
    await sweep(all.scope, all.engine);
    expect(await all.stateOf()).toEqual(times(5, 'unconfirmed'));
    expect(await all.kept()).toEqual([]);
  });

  it('when its key was used for something else', async () => {
    const all = await inDoubt();
    await inScope(all.scope, (tx) => tx.update(replays).set({ body: sql`${replays.body} || ' '` }));
    await all.runToTheEnd(all.engine);
    expect(await all.stateOf()).toEqual(times(5, 'unconfirmed'));
    expect(all.standIn.messages).toHaveLength(5);
  });

  it('when its campaign is cancelled, nor while it is paused', async () => {
    const all = await inDoubt();
    await pauseCampaign(all.scope, all.campaignId);
    expect(await runBatch(all.engine, all.scope, all.job, testSignals())).toBe('done');
    expect(all.standIn.requests).toHaveLength(1);
    await cancelCampaign(all.scope, all.campaignId);
    expect(await all.stateOf()).toEqual(times(5, 'unconfirmed'));
    await sweep(all.scope, all.engine);
    expect(await all.kept()).toEqual([]);
  });

  it('when the provider has reported on all of it', async () => {
    const all = await inDoubt(2);
    const rows = await ledger(all.scope, all.campaignId);
    await recordProviderEvents(
      all.scope,
      rows.map(({ id }) => ({ deliveryId: id, type: 'delivered' })),
    );
    expect(await all.stateOf()).toEqual(['sent', 'sent']);
    await all.runToTheEnd(all.engine);
    expect(all.standIn.requests).toHaveLength(1);
    await sweep(all.scope, all.engine);
    expect(await all.kept()).toEqual([]);
  });

  it('when one of its people was erased, of whom nothing is kept', async () => {
    const all = await inDoubt();
    const [id] = all.contactIds;
    if (!id) throw new Error('there are people');
    expect(await eraseContact(all.scope, id)).toMatchObject({ ok: true });
    expect(await all.kept()).toEqual([]);
    await all.runToTheEnd(all.engine);
    expect(await all.stateOf()).toEqual(times(5, 'unconfirmed'));
  });
});

it('many workers at the same batch send a request in doubt once', async () => {
  let n = 0;
  const all = await launched(40, () => (n++ === 0 ? 'lose' : undefined));
  await runBatch(all.engine, all.scope, all.job, testSignals());
  await makeDue(all.scope, all.campaignId);
  const engines = times(4, 0).map(() => new Engine(openSender));
  await Promise.all(engines.map((engine) => runBatch(engine, all.scope, all.job, testSignals())));
  await expectAllSentOnce(all, 40);
  expect(all.standIn.requests).toHaveLength(2);
});

it('a limit holds for a request that is sent again', async () => {
  let n = 0;
  const all = await launched(5, () => (n++ === 0 ? 'lose' : undefined));
  await runBatch(all.engine, all.scope, all.job, testSignals());
  await inScope(all.scope, (tx) =>
    tx.update(senders).set({ perMinute: 6000 }).where(eq(senders.id, all.senderId)),
  );
  await all.runToTheEnd(all.engine);
  await expectAllSentOnce(all, 5);
});
