import { and, asc, eq, sql } from 'drizzle-orm';
import PostalMime from 'postal-mime';
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Scope } from '../auth/scope';
import { findCampaign } from '../campaigns/campaigns';
import { pauseCampaign, resumeCampaign } from '../campaigns/status';
import { launchNow, ledger, testCampaign, testList } from '../campaigns/testing';
import { unsafeDatabase } from '../db/client';
import { users } from '../db/schema/accounts';
import { campaigns } from '../db/schema/campaigns';
import { deliveries } from '../db/schema/deliveries';
import { alerts, workers } from '../db/schema/operation';
import { breakers, mailboxes, senders } from '../db/schema/senders';
import { webhookMessages } from '../db/schema/webhooks';
import { members } from '../db/schema/workspaces';
import { inScope } from '../db/scoped';
import { tooManyWords } from '../db/states';
import { runBatch } from '../deliveries/batch';
import { openBreaker } from '../deliveries/breaker';
import { Engine } from '../deliveries/engine';
import { recordProviderEvents } from '../deliveries/events';
import { sentResult, testSignals } from '../deliveries/testing';
import { env } from '../env';
import { type CampaignId, newId, type SenderId, UserId } from '../ids';
import { SendGauge } from '../monitoring/gauge';
import { foldOldMinutes } from '../monitoring/sender-flow';
import { type Moment, startSmtpStandIn } from '../providers/testing-smtp';
import { closeSenders } from '../senders/open-sender';
import { createSender } from '../senders/senders';
import { messageBody } from '../webhooks/message-body';
import { createWebhook } from '../webhooks/webhooks';
import { testWorkspace } from '../workspaces/testing';
import { evaluateAlerts, watchReputation } from './evaluate';
import { AlertRules, changeAlertRules } from './rules';
import { tellOfAlerts } from './tell';

const minute = 60_000;
/** What the database notes the time of is near it, however long the tests before took. */
let start = Date.now();
const at = (minutes: number) => new Date(start + minutes * minute);

const rowsOf = (scope: Scope) =>
  inScope(scope, (tx) =>
    tx.select().from(alerts).where(eq(alerts.workspaceId, scope.workspaceId)).orderBy(asc(alerts.id)),
  );

/** What is open, as one reads it. */
const openOf = async (scope: Scope) =>
  (await rowsOf(scope)).filter(({ openedAt, resolvedAt }) => openedAt && !resolvedAt).map(({ kind }) => kind);

/** The kinds that are open after each look. */
async function looks(scope: Scope, moments: number[]): Promise<string[][]> {
  const seen = [];
  for (const minutes of moments) {
    await evaluateAlerts(scope, at(minutes));
    seen.push(await openOf(scope));
  }
  return seen;
}

const oneWorks = () =>
  unsafeDatabase()
    .insert(workers)
    .values({ id: crypto.randomUUID(), aliveUntil: sql`now() + interval '1 hour'` });

beforeEach(async () => {
  start = Date.now();
  await unsafeDatabase().delete(workers);
  await oneWorks();
});

const repair = (scope: Scope) =>
  inScope(scope, (tx) => tx.delete(breakers).where(eq(breakers.workspaceId, scope.workspaceId)));

/** A campaign all of whose messages were sent, and is sending still. */
async function sentTo(people: number) {
  const { scope, senderId } = await testWorkspace();
  const { listId } = await testList(scope, people);
  const id = await testCampaign(scope, senderId, [listId]);
  await launchNow(scope, id);
  await inScope(scope, (tx) =>
    tx
      .update(deliveries)
      .set({ state: 'sent', sentAt: sql`now()` })
      .where(and(eq(deliveries.workspaceId, scope.workspaceId), eq(deliveries.campaignId, id))),
  );
  return { scope, senderId, id };
}

const report = async (
  scope: Scope,
  id: CampaignId,
  type: 'bounced' | 'complained',
  from: number,
  to: number,
) =>
  recordProviderEvents(
    scope,
    (await ledger(scope, id)).slice(from, to).map((row) => ({ deliveryId: row.id, type })),
  );

const statusOf = async (scope: Scope, id: CampaignId) => {
  const found = await findCampaign(scope, id);
  return found.ok ? found.value : undefined;
};

describe('a sender that does not get through', () => {
  it('is told of after a minute, not when it heals before', async () => {
    const { scope, senderId } = await testWorkspace();
    await openBreaker(scope, senderId, 'Nothing answers.');
    expect(await looks(scope, [0.5])).toEqual([[]]);
    await repair(scope);
    expect(await looks(scope, [1.5])).toEqual([[]]);
    expect(await rowsOf(scope)).toEqual([]);
    await openBreaker(scope, senderId, 'Nothing answers.');
    expect(await looks(scope, [2])).toEqual([['sender_down']]);
    expect(await rowsOf(scope)).toMatchObject([{ subjectId: senderId, detail: 'Nothing answers.' }]);
  });

  it('is one alert, however often it comes and goes, and over once it has been well for two minutes', async () => {
    const { scope, senderId } = await testWorkspace();
    for (let round = 0; round < 3; round++) {
      await openBreaker(scope, senderId, 'Nothing answers.');
      expect(await looks(scope, [2 + 2 * round])).toEqual([['sender_down']]);
      await repair(scope);
      expect(await looks(scope, [3 + 2 * round])).toEqual([['sender_down']]);
    }
    expect(await looks(scope, [8.9, 9.1])).toEqual([['sender_down'], []]);
    expect(await rowsOf(scope)).toHaveLength(1);
  });
});

describe('messages that fail', () => {
  const [good, bad] = [Array(80).fill(sentResult), Array(20).fill({ outcome: 'retry', reason: 'temporary' })];
  const note = async (scope: Scope, senderId: SenderId, minutes: number, results: (typeof sentResult)[]) => {
    const gauge = new SendGauge(() => at(minutes).getTime());
    gauge.note(scope, senderId, 100, results);
    await gauge.flush();
  };

  it('are told of when they are many, for a while, and until they are clearly fewer', async () => {
    const { scope, senderId } = await testWorkspace();
    await note(scope, senderId, 0, [...bad, ...good]);
    expect(await looks(scope, [0, 1.5])).toEqual([[], ['error_rate']]);
    expect(await rowsOf(scope)).toMatchObject([
      // None of these messages has failed so far: each is tried again.
      {
        title: '20 % of the attempts to send through “Sandbox” fail',
        detail: expect.stringMatching(/^20 of 100 attempts failed .+ tried again up to three times\./),
      },
    ]);
    // 9 %: better than the limit, and not yet well.
    await note(scope, senderId, 4, [...good, ...good, ...good].slice(0, 200));
    await note(scope, senderId, 4, bad);
    expect(await looks(scope, [7, 8])).toEqual([['error_rate'], ['error_rate']]);
    expect(await looks(scope, [20, 24.9, 25.1])).toEqual([['error_rate'], ['error_rate'], []]);
  });

  it('say nothing when they are few, or when it is the recipients who are refused', async () => {
    const { scope, senderId } = await testWorkspace();
    await note(scope, senderId, 0, bad.slice(0, 10));
    expect(await looks(scope, [0, 2])).toEqual([[], []]);
    await note(scope, senderId, 2, Array(100).fill({ outcome: 'refused', reason: 'address_refused' }));
    expect(await looks(scope, [2, 4])).toEqual([[], []]);
  });

  it('and those that were sent are kept in the sum when their minutes are forgotten', async () => {
    const { scope, senderId } = await testWorkspace();
    const sum = () =>
      inScope(scope, (tx) =>
        tx.execute(sql`select count(*)::int as rows, sum(messages)::int as messages, sum(sent)::int as sent,
          max(slowest_ms) as slowest from sender_minutes where workspace_id = ${scope.workspaceId}`),
      );
    await note(scope, senderId, 0, [...bad, ...good]);
    await note(scope, senderId, 0, good);
    await note(scope, senderId, 2, good);
    const before = { messages: 260, sent: 240, slowest: 100 };
    expect(await sum()).toMatchObject([{ rows: 2, ...before }]);
    await foldOldMinutes(scope, at(4 * 24 * 60));
    await foldOldMinutes(scope, at(5 * 24 * 60));
    expect(await sum()).toMatchObject([{ rows: 1, ...before }]);
  });

  it('a quota of a day is told of at 80 and again at 95 percent', async () => {
    const { scope, senderId } = await testWorkspace();
    await inScope(scope, (tx) => tx.update(senders).set({ perDay: 100 }).where(eq(senders.id, senderId)));
    const events = ['alert.opened' as const, 'alert.resolved' as const];
    expect((await createWebhook(scope, { url: 'https://shop.example.com/hook', events })).ok).toBe(true);
    const severity = async () =>
      (await rowsOf(scope)).map((row) => [row.severity, row.openedToldAt !== null]);
    await note(scope, senderId, 0, good.slice(0, 79));
    expect(await looks(scope, [10])).toEqual([[]]);
    await note(scope, senderId, 10, good.slice(0, 1));
    expect(await looks(scope, [20])).toEqual([['quota']]);
    await tellOfAlerts(scope, at(20));
    expect(await severity()).toEqual([['warning', true]]);
    await note(scope, senderId, 20, good.slice(0, 15));
    await looks(scope, [30]);
    expect(await severity()).toEqual([['critical', false]]);
    // Hours after it opened, and once, though it comes and goes around 95 %.
    await tellOfAlerts(scope, at(20 + 8 * 60));
    expect(await severity()).toEqual([['critical', true]]);
    await inScope(scope, (tx) => tx.update(senders).set({ perDay: 105 }).where(eq(senders.id, senderId)));
    await looks(scope, [31]);
    await inScope(scope, (tx) => tx.update(senders).set({ perDay: 100 }).where(eq(senders.id, senderId)));
    await looks(scope, [32]);
    expect(await severity()).toEqual([['critical', true]]);
    await tellOfAlerts(scope, at(20 + 8 * 60 + 1));
    expect(await looks(scope, [60 * 24 + 30, 60 * 24 + 41])).toEqual([['quota'], []]);
    const mails = await inScope(scope, (tx) =>
      tx.execute<{ subject: string }>(sql`select subject from sandbox_messages order by id`),
    );
    expect(mails.map(({ subject }) => subject)).toEqual([
      'Alert: “Sandbox” has used 80 % of its daily limit (Test Bakery)',
      'Alert: “Sandbox” has used 95 % of its daily limit (Test Bakery)',
    ]);
    const told = await inScope(scope, (tx) =>
      tx.select().from(webhookMessages).orderBy(asc(webhookMessages.id)),
    );
    expect(told.map(({ type }) => type)).toEqual(['alert.opened', 'alert.opened', 'alert.resolved']);
    expect(new Set(told.map(({ subjectId }) => subjectId)).size).toBe(1);
  });
});

describe('a campaign whose messages come back or are complained of', () => {
  it('is paused from 5 percent on, and says why; resumed by a person, it is left alone', async () => {
    const { scope, id } = await sentTo(300);
    await report(scope, id, 'bounced', 0, 14);
    expect(await looks(scope, [0])).toEqual([[]]);
    expect((await statusOf(scope, id))?.status).toBe('sending');
    await report(scope, id, 'bounced', 14, 15);
    expect(await looks(scope, [1])).toEqual([['bounces']]);
    expect(await statusOf(scope, id)).toMatchObject({
      status: 'paused',
      problem: expect.stringMatching(
        /^5 % of “Autumn” came back for good\. 15 of 300 messages so far, returned or refused at once; the threshold is 5 %\..+ spammer\.$/,
      ),
    });
    const isPaused = {
      detail: expect.stringMatching(/The campaign is paused; it can be resumed on its page\.$/),
    };
    expect(await rowsOf(scope)).toMatchObject([isPaused]);
    await tellOfAlerts(scope, at(1));
    const [mail] = await inScope(scope, (tx) =>
      tx.execute<{ text: string }>(sql`select text from sandbox_messages where subject like 'Alert:%'`),
    );
    expect(mail?.text).toContain('The campaign is paused');
    expect(mail?.text).toContain(`${env().APP_URL}/campaigns/${id}`);
    expect(await looks(scope, [2])).toEqual([['bounces']]); // and no second one for the pause
    await resumeCampaign(scope, id);
    await report(scope, id, 'bounced', 15, 30);
    expect(await looks(scope, [3])).toEqual([['bounces']]);
    expect((await statusOf(scope, id))?.status).not.toBe('paused');
    expect(await looks(scope, [5 * 24 * 60])).toEqual([[]]);
  });

  it('is paused from 0.3 percent complaints on, after 200 at least', async () => {
    const few = await sentTo(199);
    await report(few.scope, few.id, 'complained', 0, 30);
    expect(await looks(few.scope, [0])).toEqual([[]]);
    const many = await sentTo(300);
    await report(many.scope, many.id, 'complained', 0, 1);
    expect(await looks(many.scope, [0])).toEqual([['complaints']]);
    const { status, problem } = (await statusOf(many.scope, many.id)) ?? {};
    expect(status).toBe('paused');
    // By these words the campaign's page knows whom to show.
    expect(problem).toContain(tooManyWords.complaints);
  });

  it('is paused between two looks at everything, as soon as it is noticed, and told of once', async () => {
    const { scope, id } = await sentTo(300);
    expect(await watchReputation(scope, at(0))).toBe(false);
    await report(scope, id, 'bounced', 0, 14);
    expect(await watchReputation(scope, at(0))).toBe(false);
    await report(scope, id, 'bounced', 14, 15);
    // Two workers, at the same moment.
    const both = await Promise.all([watchReputation(scope, at(0)), watchReputation(scope, at(0))]);
    expect(both).toContain(true);
    expect((await statusOf(scope, id))?.status).toBe('paused');
    const mails = await inScope(scope, (tx) => tx.execute(sql`select subject from sandbox_messages`));
    expect(mails).toEqual([{ subject: 'Alert: 5 % of “Autumn” came back for good (Test Bakery)' }]);
    await inScope(scope, (tx) => tx.update(campaigns).set({ status: 'sending' }).where(eq(campaigns.id, id)));
    expect(await watchReputation(scope, at(0.1))).toBe(false); // whoever resumed it has decided
    await report(scope, id, 'complained', 20, 21);
    expect(await watchReputation(scope, at(0.2))).toBe(true); // but not about this
    expect(await openOf(scope)).toEqual(['bounces', 'complaints']);
  });

  it('is told of with its exact share, however much of the ledger had to be counted', async () => {
    const { scope, id } = await sentTo(1000);
    await changeAlertRules(scope, AlertRules.parse({ bouncePercent: 2, leastSent: 10 }));
    await report(scope, id, 'bounced', 0, 15);
    expect(await looks(scope, [0])).toEqual([[]]);
    await report(scope, id, 'bounced', 15, 23);
    expect(await looks(scope, [1])).toEqual([['bounces']]);
    const [row] = await rowsOf(scope);
    expect(row?.detail).toMatch(
      /^23 of 1,000 messages so far, returned or refused at once; the threshold is 2 %\./,
    );
  });

  it('goes on where the workspace wants that, with limits of its own', async () => {
    const { scope, id } = await sentTo(50);
    const rules = AlertRules.parse({ bouncePercent: 20, leastSent: 40, pauseCampaigns: false });
    expect((await changeAlertRules(scope, rules)).ok).toBe(true);
    await report(scope, id, 'bounced', 0, 9);
    expect(await looks(scope, [0])).toEqual([[]]);
    await report(scope, id, 'bounced', 9, 10);
    expect(await looks(scope, [1])).toEqual([['bounces']]);
    expect((await statusOf(scope, id))?.status).toBe('sending');
  });
});

describe('what stands still', () => {
  it('a campaign that the system stopped is told of until somebody acts, one that a person paused is not', async () => {
    const { scope, senderId } = await testWorkspace();
    const { listId } = await testList(scope, 2);
    const id = await testCampaign(scope, senderId, [listId]);
    await launchNow(scope, id);
    await pauseCampaign(scope, id);
    expect(await looks(scope, [0])).toEqual([[]]);
    await resumeCampaign(scope, id);
    await pauseCampaign(scope, id, 'The sender was refused.');
    expect(await looks(scope, [1])).toEqual([['campaign_stopped']]);
    await resumeCampaign(scope, id);
    expect(await looks(scope, [2])).toEqual([[]]);
  });

  it('a campaign that nobody sends is told of, unless its limits or its sender hold it', async () => {
    const { scope, senderId } = await testWorkspace();
    const { listId } = await testList(scope, 2);
    const id = await testCampaign(scope, senderId, [listId], { perHour: 1 });
    await launchNow(scope, id);
    expect(await looks(scope, [4, 10, 100])).toEqual([[], [], []]);
    await inScope(scope, (tx) => tx.update(campaigns).set({ perHour: null }).where(eq(campaigns.id, id)));
    expect(await looks(scope, [4, 6])).toEqual([[], ['stalled']]);
    // A lower limit was set than what has gone out: it is an hour until there are permits.
    const usedUp = (tat: Date) =>
      inScope(scope, async (tx) => {
        await tx.update(campaigns).set({ perHour: 600 }).where(eq(campaigns.id, id));
        await tx.execute(sql`
          insert into throttles (workspace_id, id, second_tat, minute_tat, hour_tat, day_tat)
          values (${scope.workspaceId}, ${id}, 'epoch', 'epoch', ${tat.toISOString()}, 'epoch')
          on conflict (workspace_id, id) do update set hour_tat = excluded.hour_tat`);
      });
    await usedUp(at(60));
    expect(await looks(scope, [6.2, 8.5, 50])).toEqual([['stalled'], [], []]);
    await usedUp(at(0));
    expect(await looks(scope, [51])).toEqual([['stalled']]);
    start += 51 * minute;
    await openBreaker(scope, senderId, 'Nothing answers.');
    expect(await looks(scope, [7, 9.5])).toEqual([['stalled', 'sender_down'], ['sender_down']]);
  });

  it('what waits too long at the present pace', async () => {
    const { scope, senderId } = await testWorkspace();
    const { listId } = await testList(scope, 200);
    await launchNow(scope, await testCampaign(scope, senderId, [listId]));
    await changeAlertRules(scope, AlertRules.parse({ backlogHours: 2, stalledMinutes: 1000 }));
    for (let minutes = 0; minutes < 20; minutes++) {
      const gauge = new SendGauge(() => at(minutes).getTime());
      gauge.note(scope, senderId, 10, [sentResult]);
      await gauge.flush();
    }
    expect(await looks(scope, [5, 14, 16])).toEqual([[], [], ['backlog']]);
  });

  it('a mailbox that could not be read twice in a row, until it was for a while', async () => {
    const { scope, senderId } = await testWorkspace();
    const fails = (failures: number) =>
      inScope(scope, (tx) =>
        tx
          .insert(mailboxes)
          .values({ ...{ workspaceId: scope.workspaceId, senderId, config: '' }, ...said(failures) })
          .onConflictDoUpdate({ target: [mailboxes.workspaceId, mailboxes.senderId], set: said(failures) }),
      );
    const said = (failures: number) => ({ failures, problem: failures > 0 ? 'Nothing answers.' : null });
    await fails(1);
    expect(await looks(scope, [0])).toEqual([[]]);
    await fails(2);
    expect(await looks(scope, [2])).toEqual([['mailbox']]);
    expect(await rowsOf(scope)).toMatchObject([
      {
        subjectId: senderId,
        title: 'What comes back to “Sandbox” cannot be read',
        detail: expect.stringMatching(/^Nothing answers\. Until it can, /),
      },
    ]);
    await fails(0);
    expect(await looks(scope, [3])).toEqual([['mailbox']]);
    await fails(1);
    expect(await looks(scope, [4])).toEqual([['mailbox']]);
    await fails(0);
    expect(await looks(scope, [5, 14.9, 15.1])).toEqual([['mailbox'], ['mailbox'], []]);
  });

  it('that no worker runs', async () => {
    const { scope } = await testWorkspace();
    await unsafeDatabase().delete(workers);
    expect(await looks(scope, [0])).toEqual([['worker_gone']]);
    await oneWorks();
    expect(await looks(scope, [1, 1.5, 2.1])).toEqual([['worker_gone'], ['worker_gone'], []]);
  });
});

describe('a mail server that goes down and comes back', () => {
  const closing: (() => Promise<void>)[] = [];
  afterAll(async () => {
    await closeSenders();
    for (const close of closing) await close();
  });

  const smtpSender = async (scope: Scope, name: string, port: number) => {
    const limits = { perSecond: null, perMinute: null, perHour: null, perDay: null };
    const settings = { host: '127.0.0.1', port, security: 'none', user: '', password: '' };
    const channel = 'email' as const;
    const details = {
      channel,
      name,
      fromName: name,
      fromEmail: 'news@example.com',
      replyTo: null,
      ...limits,
    };
    const made = await createSender(scope, 'smtp', details, { ...settings, acceptAnyCertificate: false });
    if (!made.ok) throw new Error(made.problem.message);
    return made.value.id;
  };

  it('opens an alert, which reaches a mailbox and a webhook by another way, and resolves', async () => {
    const { scope } = await testWorkspace();
    const newsletter = await startSmtpStandIn();
    const spare = await startSmtpStandIn();
    closing.push(() => spare.close());
    const senderId = await smtpSender(scope, 'Newsletter', newsletter.port);
    await smtpSender(scope, 'Office', spare.port);
    const hook = {
      url: 'https://shop.example.com/hook',
      events: ['alert.opened', 'alert.resolved'] as const,
    };
    expect((await createWebhook(scope, { ...hook, events: [...hook.events] })).ok).toBe(true);
    const { listId } = await testList(scope, 5);
    const id = await testCampaign(scope, senderId, [listId]);
    await launchNow(scope, id);
    const engine = new Engine();
    const job = { campaignId: id, batch: 0 };
    const broken = () =>
      inScope(scope, (tx) => tx.select().from(breakers).where(eq(breakers.senderId, senderId)));

    await newsletter.close();
    const down = testSignals();
    const trying = runBatch(engine, scope, job, down);
    await vi.waitFor(async () => expect(await broken()).toHaveLength(1), { timeout: 10_000 });
    down.stopNow();
    await trying;
    start = (await broken())[0]?.since.getTime() ?? 0;
    expect(await looks(scope, [0.1, 1.2])).toEqual([[], ['sender_down']]);
    await tellOfAlerts(scope, at(1.2));
    await tellOfAlerts(scope, at(2)); // once

    const again = await startSmtpStandIn(undefined, newsletter.port);
    closing.push(() => again.close());
    await inScope(scope, (tx) =>
      tx.update(breakers).set({ openUntil: sql`now()` }).where(eq(breakers.senderId, senderId)),
    );
    expect(await runBatch(engine, scope, job, testSignals())).toBe('done');
    expect(again.received).toHaveLength(5);
    expect(await broken()).toEqual([]);
    expect(await looks(scope, [3, 5.1])).toEqual([['sender_down'], []]);
    await tellOfAlerts(scope, at(5.1));

    expect(spare.received.every((to) => to.endsWith('@example.com'))).toBe(true);
    const mails = await Promise.all(
      [...spare.messages, ...again.messages].map((raw) => PostalMime.parse(raw)),
    );
    const about = mails.filter(({ subject }) => !subject?.startsWith('Hello'));
    expect(about.map(({ subject }) => subject)).toEqual([
      'Alert: The sender “Newsletter” does not get through (Test Bakery)',
      'Resolved: The sender “Newsletter” does not get through (Test Bakery)',
    ]);
    expect(about[0]?.text).toContain(`${env().APP_URL}/settings/senders/`);
    expect(about[1]?.text).toContain('It lasted 4 min.');
    const told = await inScope(scope, (tx) =>
      tx.select().from(webhookMessages).orderBy(asc(webhookMessages.id)),
    );
    expect(told.map(({ type }) => type)).toEqual(['alert.opened', 'alert.resolved']);
    for (const message of told)
      expect(JSON.parse(await messageBody(scope, message)).data).toMatchObject({
        kind: 'sender_down',
        subjectId: senderId,
        severity: 'critical',
      });
  });

  it('is not told of through one whose messages fail, and nobody is told twice because another cannot be', async () => {
    const { scope, senderId: sandbox } = await testWorkspace();
    await openBreaker(scope, sandbox, 'It is broken as well.');
    const gone = newId(UserId);
    const email = `gone-${gone}@example.com`;
    await unsafeDatabase().insert(users).values({ id: gone, email, name: 'Gone', passwordHash: '!' });
    await inScope(scope, (tx) =>
      tx.insert(members).values({ workspaceId: scope.workspaceId, userId: gone, role: 'admin' }),
    );
    const script = (_moment: Moment, line: string) =>
      line.includes('<gone-') ? '550 5.1.1 no such user' : undefined;
    const failing = await startSmtpStandIn(script);
    const spare = await startSmtpStandIn(script);
    closing.push(
      () => failing.close(),
      () => spare.close(),
    );
    const senderId = await smtpSender(scope, 'Newsletter', failing.port);
    await inScope(scope, (tx) => tx.update(senders).set({ isDefault: sql`id = ${senderId}` }));
    await smtpSender(scope, 'Office', spare.port);
    const gauge = new SendGauge(() => start);
    gauge.note(scope, senderId, 10, Array(20).fill({ outcome: 'retry', reason: 'temporary' }));
    await gauge.flush();
    expect((await looks(scope, [0, 1.1]))[1]).toContain('error_rate');
    await tellOfAlerts(scope, at(1.1));
    await tellOfAlerts(scope, at(2.1));
    expect([failing.messages.length, spare.messages.length]).toEqual([0, 1]);
  });

  it('without another sender it is told by the server’s own mail, else in the sandbox, else later', async () => {
    const { scope, senderId: sandbox } = await testWorkspace();
    const own = await startSmtpStandIn();
    closing.push(() => own.close());
    const senderId = await smtpSender(scope, 'Newsletter', own.port);
    await openBreaker(scope, senderId, 'Nothing answers.');
    const isTold = async () => (await rowsOf(scope)).map(({ openedToldAt }) => openedToldAt !== null);
    await looks(scope, [1.5]);
    const stored = () =>
      inScope(scope, (tx) => tx.execute(sql`select 1 from sandbox_messages where subject like 'Alert: %'`));

    await openBreaker(scope, sandbox, 'It is broken as well.');
    await tellOfAlerts(scope, at(1.5));
    expect(await isTold()).toEqual([false]);
    await inScope(scope, (tx) => tx.delete(breakers).where(eq(breakers.senderId, sandbox)));
    await tellOfAlerts(scope, at(2.5));
    expect(await isTold()).toEqual([true]);
    expect(await stored()).toHaveLength(1);
    expect(own.messages).toEqual([]);

    env().SMTP_URL = `smtp://127.0.0.1:${own.port}`;
    await inScope(scope, (tx) => tx.update(alerts).set({ openedToldAt: null }));
    await tellOfAlerts(scope, at(3.5));
    env().SMTP_URL = undefined;
    expect(own.messages).toHaveLength(1);
    expect(await stored()).toHaveLength(1);
  });
});
