import { randomUUID } from 'node:crypto';
import { and, eq, isNotNull, sql } from 'drizzle-orm';
import { afterEach, describe, expect, it } from 'vitest';
import type { Scope } from '../auth/scope';
import { countAsleep } from '../campaigns/audience';
import { statusOf } from '../campaigns/change-status';
import { preflight } from '../campaigns/preflight';
import { holdIfRestored } from '../campaigns/restored';
import { launchNow, ledger, testList } from '../campaigns/testing';
import { followShortLink, readSlug } from '../codes/short-links';
import { unsafeDatabase } from '../db/client';
import { campaigns } from '../db/schema/campaigns';
import { contactEvents, deliveries, softBounces, suppressions } from '../db/schema/deliveries';
import { contacts } from '../db/schema/lists';
import { instance } from '../db/schema/operation';
import { throttles } from '../db/schema/senders';
import { workspaces } from '../db/schema/workspaces';
import { inScope } from '../db/scoped';
import type { CampaignId, SenderId } from '../ids';
import { measureText } from '../messages/segments';
import { senderFlows } from '../monitoring/sender-flow';
import { startTwilioStandIn, type TwilioScript } from '../providers/testing-twilio';
import { closeSenders } from '../senders/open-sender';
import { changeSendingRules } from '../workspaces/sending-rules';
import { testWorkspace } from '../workspaces/testing';
import { runBatch } from './batch';
import { Engine } from './engine';
import { recordProviderEvents } from './events';
import { failedAttempts } from './reasons';
import { processAllReports, receiveReport } from './reports';
import { sendReturned } from './soft-bounces';
import { testSignals } from './testing';
import { reportToken, testText, testTwilioSender, twilioReport } from './testing-texts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  await closeSenders();
  for (const close of closing.splice(0)) await close();
});

type Person = Partial<typeof contacts.$inferInsert>;
let phones = 0;
const person = (more: Person = {}): Person => ({
  firstName: 'Ann',
  phone: `+1500555${String(1000 + phones++)}`,
  smsSubscribed: true,
  ...more,
});

async function texting(people: Person[], script?: TwilioScript, perMinute: number | null = null) {
  const { scope } = await testWorkspace();
  // Whatever the hour of the test.
  await unsafeDatabase()
    .update(workspaces)
    .set({ quietFrom: '00:00', quietUntil: '00:00' })
    .where(eq(workspaces.id, scope.workspaceId));
  const standIn = await startTwilioStandIn(script);
  closing.push(() => standIn.close());
  const senderId = await testTwilioSender(scope, standIn.url, perMinute);
  const { listId } = await testList(scope, people);
  const send = async (body?: string) => {
    const campaignId = await testText(scope, senderId, [listId], body);
    await launchNow(scope, campaignId);
    return { campaignId, end: await run(scope, campaignId) };
  };
  return { scope, senderId, listId, standIn, send };
}

const run = async (scope: Scope, campaignId: CampaignId) => {
  const engine = new Engine();
  await engine.life.beat();
  const end = await runBatch(engine, scope, { campaignId, batch: 0 }, testSignals());
  await engine.gauge.flush();
  return end;
};

const states = async (scope: Scope, campaignId: CampaignId) =>
  (await ledger(scope, campaignId)).map(({ state, reason }) => (reason ? `${state}: ${reason}` : state));

const lastEvents = (scope: Scope) =>
  inScope(scope, (tx) =>
    tx
      .select({ type: contactEvents.type, detail: contactEvents.detail })
      .from(contactEvents)
      .orderBy(contactEvents.id),
  );

describe('a campaign of text messages', () => {
  it('writes to those who agreed and have a number, once each, and says of everybody else why not', async () => {
    const { scope, standIn, send } = await texting([
      person({ firstName: 'Ann' }),
      person({ firstName: 'Bea', smsSubscribed: false }),
      person({ firstName: 'Cyd', phone: null }),
      person({ firstName: 'Dot', phone: '0301234' }),
      person({ firstName: 'Eve' }),
      person({ firstName: 'Fay', attributes: { long: 'x'.repeat(200) } }),
    ]);
    const eve = (
      await inScope(scope, (tx) => tx.select().from(contacts).where(eq(contacts.firstName, 'Eve')))
    )[0];
    await inScope(scope, (tx) =>
      tx.insert(suppressions).values({
        ...{ workspaceId: scope.workspaceId, id: randomUUID(), channel: 'sms', reason: 'opted_out' },
        address: eve?.phone ?? '',
      }),
    );
    const { campaignId, end } = await send('Hello {{ first_name }} {{ long }}');
    expect(end).toBe('done');
    expect(await states(scope, campaignId)).toEqual([
      ...['sent', 'skipped: unsubscribed', 'skipped: no_address'],
      ...['skipped: invalid_address', 'skipped: suppressed', 'skipped: too_long'],
    ]);
    expect(standIn.messages).toHaveLength(1);
    expect(standIn.messages[0]?.body).toMatch(
      /^Hello Ann\nhttp:\/\/localhost:3000\/s\/[0-9A-HJKMNP-TV-Z]{10}\nReply STOP to unsubscribe$/,
    );
    const [ann] = await ledger(scope, campaignId);
    expect(new URL(standIn.messages[0]?.statusCallback ?? '').searchParams.get('delivery')).toBe(ann?.id);
    expect(ann).toMatchObject({ channel: 'sms', providerMessageId: standIn.messages[0]?.sid });
  });

  it('keeps a message until morning where its recipient sleeps, and sends the others', async () => {
    const { scope, standIn, send } = await texting([
      person({ firstName: 'Early', timeZone: 'UTC' }),
      person({ firstName: 'Awake', timeZone: 'Asia/Tokyo' }),
    ]);
    await unsafeDatabase().execute(sql`
      update workspaces set quiet_from = (now() at time zone 'UTC' - interval '1 hour')::time,
        quiet_until = (now() at time zone 'UTC' + interval '1 hour')::time where id = ${scope.workspaceId}`);
    const { campaignId, end } = await send();
    expect(standIn.messages.map(({ body }) => body.split(',')[0])).toEqual(['Hello Awake']);
    const [early] = await ledger(scope, campaignId);
    expect(early).toMatchObject({ state: 'queued', attempts: 0, claimedBy: null });
    const hour = 3_600_000;
    expect(Math.abs((early?.retryAt?.getTime() ?? 0) - Date.now() - hour)).toBeLessThan(120_000);
    expect(end).toMatchObject({ again: expect.any(Date) });
    await inScope(scope, (tx) =>
      tx.update(deliveries).set({ retryAt: sql`now()` }).where(sql`retry_at is not null`),
    );
    // Its time has come, and the hours have been moved meanwhile: it is looked at again.
    await run(scope, campaignId);
    expect(standIn.messages).toHaveLength(1);
    const rules = { unconfirmedPolicy: 'leave' as const, scheduleGraceMinutes: 60, helpText: '' };
    await changeSendingRules(scope, { ...rules, quietFrom: '00:00', quietUntil: '00:00' });
    expect(await run(scope, campaignId)).toBe('done');
    expect(await states(scope, campaignId)).toEqual(['sent', 'sent']);
  });

  it('goes by the clock of the country of a number where nobody has said a time zone', async () => {
    const { scope, standIn, send } = await texting([
      person({ firstName: 'Tokyo', phone: '+81312345678' }),
      person({ firstName: 'Said', phone: '+81312345679', timeZone: 'UTC' }),
      person({ firstName: 'Unsure' }), // +1 has many clocks: the workspace's
    ]);
    // Nobody is asleep but who has Japan's clock.
    await unsafeDatabase().execute(sql`
      update workspaces set time_zone = 'UTC', quiet_from = (now() at time zone 'Asia/Tokyo' - interval '1 hour')::time,
        quiet_until = (now() at time zone 'Asia/Tokyo' + interval '1 hour')::time where id = ${scope.workspaceId}`);
    const { campaignId } = await send();
    expect(new Set(standIn.messages.map(({ body }) => body.split(',')[0]))).toEqual(
      new Set(['Hello Said', 'Hello Unsure']),
    );
    expect(await inScope(scope, (tx) => countAsleep(tx, scope, campaignId))).toBe(1);
  });

  it('says before what all of it is charged for, and how long it takes at the limit', async () => {
    const { scope, senderId, listId } = await texting(
      [
        person({ firstName: 'Žižek' }),
        person({ firstName: 'Maximilian' }),
        person(),
        person({ attributes: { long: 'x'.repeat(200) } }),
      ],
      undefined,
      1,
    );
    const id = await testText(
      scope,
      senderId,
      [listId],
      '{{ first_name }}, this is a message that is longer than seventy characters. {{ long }}',
    );
    const plan = await preflight(scope, id);
    expect(plan).toMatchObject({
      value: { recipients: 3, charged: { segments: 4, exact: true }, texts: { tooLong: 1, mostSegments: 2 } },
    });
    expect(plan.ok && plan.value.seconds).toBeGreaterThanOrEqual(3 * 60);
    expect(plan.ok && plan.value.seconds).toBeLessThan(4 * 60);
  });

  it('counts a message for its segments under the limits', async () => {
    const { scope, senderId, standIn, send } = await texting(
      [person({ firstName: 'Žižek' }), person({ firstName: 'Ann' })],
      undefined,
      6000,
    );
    await send(
      '{{ first_name }}, this is a message that is longer than seventy characters, with its footer.',
    );
    expect(standIn.messages).toHaveLength(2);
    const weights = await inScope(scope, (tx) =>
      tx
        .select({ grants: throttles.grants, weight: throttles.weight })
        .from(throttles)
        .where(eq(throttles.id, senderId)),
    );
    expect(weights).toEqual([{ grants: 2, weight: 1 }]);
    const segments = standIn.requests.map((form) => measureText(form.get('Body') ?? '').segments);
    expect(segments.toSorted((a, b) => a - b)).toEqual([1, 3]);
    const flows = await inScope(scope, (tx) => senderFlows(tx, scope, new Date()));
    expect(flows.find(({ id }) => id === senderId)).toMatchObject({ sent: 2, lastHour: 4, lastDay: 4 });
  });

  it('charges the limit nothing for a message that is too long to be sent', async () => {
    const { scope, senderId, send, standIn } = await texting(
      [person({ attributes: { long: 'ž'.repeat(900) } }), person()],
      undefined,
      60,
    );
    await send('Hello {{ long }}');
    expect(standIn.messages).toHaveLength(1);
    const [throttle] = await inScope(scope, (tx) =>
      tx.select().from(throttles).where(eq(throttles.id, senderId)),
    );
    expect((throttle?.minuteTat.getTime() ?? 0) - Date.now()).toBeLessThan(10_000);
  });

  it('takes a followed link for a proof that its message arrived', async () => {
    const { scope, send, standIn } = await texting([person()], (_form, n) => (n === 1 ? 'drop' : undefined));
    const { campaignId } = await send();
    expect(await states(scope, campaignId)).toEqual(['unconfirmed: in_doubt']);
    const slug = readSlug(/\/s\/([0-9A-Z]{10})/.exec(standIn.requests[0]?.get('Body') ?? '')?.[1] ?? '');
    if (!slug) throw new Error('it has a short link');
    await followShortLink(slug, { clicked: true });
    expect(await states(scope, campaignId)).toEqual(['sent']);
  });

  it('sends nothing twice whose answer was lost, and leaves in doubt what nobody can find', async () => {
    const { scope, standIn, send } = await texting([person(), person()], (_form, n) =>
      n === 1 ? 'lose' : 'drop',
    );
    const { campaignId } = await send();
    expect((await states(scope, campaignId)).sort()).toEqual(['sent', 'unconfirmed: in_doubt']);
    expect(standIn.requests).toHaveLength(2);
  }, 30_000);
});

describe('what Twilio reports', () => {
  const sid = () => `SM${randomUUID().replaceAll('-', '')}`;
  const status = (MessageStatus: string, more: Record<string, string> = {}) => ({
    ...{ MessageSid: sid(), MessageStatus },
    ...more,
  });
  const tell = async (
    scope: Scope,
    senderId: SenderId,
    form: Record<string, string>,
    delivery?: string,
    token?: string,
  ) => {
    const report = twilioReport(scope, senderId, form, { delivery, token });
    const received = await receiveReport('twilio', reportToken(scope, senderId), report);
    await processAllReports(scope);
    return received;
  };

  it('is believed when it is signed with the account’s token for this very address, and kept once', async () => {
    const { scope, senderId, send } = await texting([person()]);
    const { campaignId } = await send();
    const [row] = await ledger(scope, campaignId);
    const form = status('delivered');
    expect(await tell(scope, senderId, form, row?.id, 'wrong')).toMatchObject({ what: 'unsigned' });
    const report = twilioReport(scope, senderId, form, { delivery: row?.id });
    const elsewhere = { ...report, url: `${report.url}x` };
    const token = reportToken(scope, senderId);
    expect(await receiveReport('twilio', token, elsewhere)).toMatchObject({ what: 'unsigned' });
    expect((await ledger(scope, campaignId))[0]?.deliveredAt).toBeNull();
    expect(await receiveReport('twilio', token, report)).toMatchObject({ what: 'kept' });
    expect(await receiveReport('twilio', token, report)).toMatchObject({ what: 'seen' });
    await processAllReports(scope);
    expect((await ledger(scope, campaignId))[0]?.deliveredAt).not.toBeNull();
  });

  it('settles what was in doubt, and suppresses numbers behind which there is nobody', async () => {
    const { scope, senderId, send } = await texting([person(), person()], () => 'drop');
    const { campaignId } = await send();
    const [first, second] = await ledger(scope, campaignId);
    expect(await states(scope, campaignId)).toEqual(['unconfirmed: in_doubt', 'unconfirmed: in_doubt']);
    await tell(scope, senderId, status('sent'), first?.id);
    await tell(scope, senderId, status('undelivered', { ErrorCode: '30005' }), second?.id);
    expect(await states(scope, campaignId)).toEqual(['sent', 'sent']);
    const gone = await inScope(scope, (tx) => tx.select().from(suppressions));
    expect(gone).toMatchObject([{ channel: 'sms', address: second?.address, reason: 'bounced' }]);
  }, 30_000);

  it('ends in the same state shuffled, doubled and forged as in order', async () => {
    const ends = [
      ['queued', 'sent', 'delivered'],
      ['queued', 'sent', 'undelivered 30005'],
      ['sent', 'undelivered 30003'],
      ['failed 21610'],
      ['sent'],
    ];
    const outcome = async (shuffles: boolean) => {
      const people = Array.from({ length: 40 }, (_, n) => person({ phone: `+1500556${String(1000 + n)}` }));
      const { scope, senderId, send } = await texting(people);
      const { campaignId } = await send();
      const rows = (await ledger(scope, campaignId)).sort((a, b) =>
        (a.address ?? '') < (b.address ?? '') ? -1 : 1,
      );
      const told = rows.flatMap(({ id, providerMessageId }, n) =>
        (ends[n % ends.length] ?? []).map((end) => {
          const [MessageStatus = '', ErrorCode] = end.split(' ');
          const form = {
            MessageSid: providerMessageId ?? '',
            MessageStatus,
            ...(ErrorCode && { ErrorCode }),
          };
          return twilioReport(scope, senderId, form, { delivery: id });
        }),
      );
      if (shuffles) {
        const forged = rows.map(({ id }) =>
          twilioReport(scope, senderId, status('undelivered', { ErrorCode: '30005' }), {
            delivery: id,
            token: 'wrong',
          }),
        );
        told.push(...told.map((report) => ({ ...report })), ...forged);
        const places = new Map(told.map((report) => [report, Math.random()]));
        told.sort((a, b) => (places.get(a) ?? 0) - (places.get(b) ?? 0));
      }
      for (const report of told) await receiveReport('twilio', reportToken(scope, senderId), report);
      await processAllReports(scope);
      const gone = await inScope(scope, (tx) => tx.select().from(suppressions));
      return {
        marks: (await ledger(scope, campaignId))
          .map((row) => `${row.address} ${row.state} ${row.deliveredAt !== null} ${row.bouncedAt !== null}`)
          .sort(),
        suppressed: gone.map(({ address, reason }) => `${address} ${reason}`).sort(),
      };
    };
    const inOrder = await outcome(false);
    expect(inOrder.suppressed).toHaveLength(16);
    expect(await outcome(true)).toEqual(inOrder);
  }, 60_000);

  it('sends again later what came back for now, twice at most, and counts each return once', async () => {
    const { scope, senderId, standIn, send } = await texting([person(), person()]);
    const { campaignId } = await send();
    const [first, other] = await ledger(scope, campaignId);
    if (!first || !other) throw new Error('they are in the ledger');
    const comesBack = async () => {
      const [row] = await ledger(scope, campaignId);
      const form = { MessageSid: row?.providerMessageId ?? '', MessageStatus: 'undelivered' };
      await tell(scope, senderId, { ...form, ErrorCode: '30003' }, first.id);
      return form.MessageSid;
    };
    /** Those that wait, and whether it is for so many minutes, to the end of that quarter of an hour. */
    const waitFor = async (minutes: number) => {
      const rows = await inScope(scope, (tx) =>
        tx.select().from(softBounces).where(isNotNull(softBounces.dueAt)),
      );
      return rows.map(({ dueAt }) => {
        const more = ((dueAt?.getTime() ?? 0) - Date.now()) / 60_000 - minutes;
        return more > -1 && more <= 15;
      });
    };
    const hoursPass = async () => {
      await inScope(scope, (tx) =>
        tx.update(softBounces).set({ dueAt: sql`now()` }).where(isNotNull(softBounces.dueAt)),
      );
      await sendReturned(scope);
    };
    const firstSid = await comesBack();
    expect(await waitFor(60)).toEqual([true]);
    await sendReturned(scope);
    expect(await states(scope, campaignId)).toEqual(['sent', 'sent']);

    await hoursPass();
    expect(await states(scope, campaignId)).toEqual(['queued', 'sent']);
    expect(await inScope(scope, (tx) => statusOf(tx, scope, campaignId))).toBe('sending');
    // Told of in other words, while it waits to go out again.
    await recordProviderEvents(scope, [
      { deliveryId: first.id, type: 'soft_bounced', returned: 'other words' },
    ]);
    expect((await ledger(scope, campaignId))[0]).toMatchObject({ state: 'queued', bouncedAt: null });
    expect(await waitFor(0)).toEqual([]);
    await run(scope, campaignId);
    expect(await inScope(scope, (tx) => statusOf(tx, scope, campaignId))).toBe('completed');
    expect(standIn.messages.map(({ to }) => to)).toEqual([first.address, other.address, first.address]);
    // The first return, told of once more, is none of the second message.
    await recordProviderEvents(scope, [{ deliveryId: first.id, type: 'soft_bounced', returned: firstSid }]);
    expect((await ledger(scope, campaignId))[0]).toMatchObject({ state: 'sent', bouncedAt: null });
    const attempts = await failedAttempts(scope, [first.id]);
    expect(attempts.get(first.id)).toMatchObject([{ reason: 'soft_bounced' }]);

    await comesBack();
    expect(await waitFor(240)).toEqual([true]);
    await hoursPass();
    await run(scope, campaignId);
    await comesBack();
    expect(await waitFor(0)).toEqual([]);
    await hoursPass();
    expect(await states(scope, campaignId)).toEqual(['sent', 'sent']);
    expect((await ledger(scope, campaignId))[0]?.bouncedAt).not.toBeNull();
    expect(standIn.messages).toHaveLength(4);
  });

  it.each([
    { status: 'paused', after: ['sent', 'sent', 'sent'], due: 3 },
    { status: 'completed', after: ['sent', 'sent', 'queued'], due: 0 },
    { status: 'cancelled', after: ['sent', 'sent', 'sent'], due: 0 },
  ] as const)(
    'sends again only to whom it did not reach, and who agrees, when it is $status',
    async (then) => {
      const people = ['Reached', 'Against', 'Silent'].map((firstName) => person({ firstName }));
      const { scope, senderId, send } = await texting(people);
      const { campaignId } = await send();
      const rows = await ledger(scope, campaignId);
      for (const { id, providerMessageId } of rows)
        await tell(
          scope,
          senderId,
          { MessageSid: providerMessageId ?? '', MessageStatus: 'undelivered', ErrorCode: '30003' },
          id,
        );
      await tell(scope, senderId, status('delivered'), rows[0]?.id);
      await inScope(scope, async (tx) => {
        await tx.update(contacts).set({ smsSubscribed: false }).where(eq(contacts.firstName, 'Against'));
        await tx.update(campaigns).set({ status: then.status }).where(eq(campaigns.id, campaignId));
        await tx.update(softBounces).set({ dueAt: sql`now()` });
      });
      await sendReturned(scope);
      expect(await states(scope, campaignId)).toEqual(then.after);
      const due = await inScope(scope, (tx) => tx.$count(softBounces, isNotNull(softBounces.dueAt)));
      expect(due).toBe(then.due);
    },
  );

  it('sends nothing again by itself from a ledger that was restored', async () => {
    const { scope, senderId, standIn, send } = await texting([person()]);
    const { campaignId } = await send();
    const [row] = await ledger(scope, campaignId);
    const form = {
      MessageSid: row?.providerMessageId ?? '',
      MessageStatus: 'undelivered',
      ErrorCode: '30003',
    };
    await tell(scope, senderId, form, row?.id);
    for (let start = 0; start < 3; start++) await holdIfRestored();
    // The backup is of now; that it was sent again, and arrived, it does not know.
    await unsafeDatabase()
      .update(instance)
      .set({ epoch: sql`${instance.epoch} - 2` });
    await inScope(scope, (tx) => tx.update(softBounces).set({ dueAt: sql`now()` }));
    await holdIfRestored();
    await sendReturned(scope);
    expect(await states(scope, campaignId)).toEqual(['sent']);
    expect(await inScope(scope, (tx) => statusOf(tx, scope, campaignId))).toBe('completed');
    expect(standIn.messages).toHaveLength(1);
  });

  it('never holds against a person what is about the sender', async () => {
    const { scope, senderId, send } = await texting([person()]);
    for (const code of ['30007', '30034', '30007']) {
      const { campaignId } = await send();
      const [row] = await ledger(scope, campaignId);
      await tell(scope, senderId, status('undelivered', { ErrorCode: code }), row?.id);
    }
    expect(await inScope(scope, (tx) => tx.select().from(suppressions))).toEqual([]);
  });

  it('ends text messages at STOP, for the number and everybody who has it, until START', async () => {
    const shared = '+15005559000';
    const { scope, senderId, send, standIn } = await texting([
      person({ firstName: 'Ann', phone: shared }),
      person({ firstName: 'Bea', phone: shared }),
      person({ firstName: 'Cyd' }),
    ]);
    const first = await send();
    expect(await states(scope, first.campaignId)).toEqual(['sent', 'skipped: duplicate', 'sent']);
    expect(standIn.messages).toHaveLength(2);
    const write = (Body: string) =>
      tell(scope, senderId, { MessageSid: sid(), From: shared, To: '+15005550006', Body });
    expect(await write(' Stop. ')).toMatchObject({
      what: 'kept',
      answer: { body: expect.stringContaining('<Response></Response>') },
    });
    const agreed = () =>
      inScope(scope, async (tx) =>
        (await tx.select().from(contacts).orderBy(contacts.firstName)).map(
          ({ smsSubscribed }) => smsSubscribed,
        ),
      );
    expect(await agreed()).toEqual([false, false, true]);
    expect(await inScope(scope, (tx) => tx.select().from(suppressions))).toMatchObject([
      { channel: 'sms', address: shared, reason: 'opted_out' },
    ]);
    expect((await lastEvents(scope)).map(({ type, detail }) => `${type} ${String(detail.text)}`)).toEqual([
      'unsubscribed  Stop. ',
      'unsubscribed  Stop. ',
    ]);
    const answered = (await ledger(scope, first.campaignId)).filter(({ unsubscribedAt }) => unsubscribedAt);
    expect(answered.map(({ address }) => address)).toEqual([shared]);
    const sent = standIn.messages.length;
    const second = await send();
    expect(await states(scope, second.campaignId)).toEqual([
      'skipped: unsubscribed',
      'skipped: unsubscribed',
      'sent',
    ]);
    expect(standIn.messages).toHaveLength(sent + 1);
    await write('START मत करो');
    expect(await agreed()).toEqual([false, false, true]);
    await write('START');
    expect(await agreed()).toEqual([true, true, true]);
    expect(await inScope(scope, (tx) => tx.select().from(suppressions))).toEqual([]);
  });

  it('takes a mere yes for nothing, and STOP for more than a number that failed before', async () => {
    const phone = '+15005559200';
    const { scope, senderId, send } = await texting([person({ phone })]);
    await send();
    const write = (Body: string) =>
      tell(scope, senderId, { MessageSid: sid(), From: phone, To: '+15005550006', Body });
    const contactOf = async () => (await inScope(scope, (tx) => tx.select().from(contacts)))[0];
    await inScope(scope, (tx) =>
      tx.update(contacts).set({ smsSubscribed: false, smsUnsubscribedAt: sql`now()` }),
    );
    await write('Yes');
    expect((await contactOf())?.smsSubscribed).toBe(false);
    await inScope(scope, (tx) =>
      tx.insert(suppressions).values({
        ...{ workspaceId: scope.workspaceId, id: randomUUID(), channel: 'sms', reason: 'bounced' },
        address: phone,
      }),
    );
    await write('STOP');
    expect(await inScope(scope, (tx) => tx.select().from(suppressions))).toMatchObject([
      { address: phone, reason: 'opted_out' },
    ]);
  });

  it('reads whatever bytes somebody sends, and holds up nobody else', async () => {
    const [odd, other] = ['+15005559300', '+15005559301'];
    const { scope, senderId } = await texting([person({ phone: odd }), person({ phone: other })]);
    const report = (From: string, Body: string) =>
      twilioReport(scope, senderId, { MessageSid: sid(), From, To: '+15005550006', Body });
    const token = reportToken(scope, senderId);
    await receiveReport('twilio', token, report(odd, 'a\0b'));
    await receiveReport('twilio', token, report(odd, `${'x'.repeat(1599)}🥐`));
    await receiveReport('twilio', token, report(other, 'STOP'));
    await processAllReports(scope);
    expect((await lastEvents(scope)).map(({ type }) => type)).toEqual(['texted', 'texted', 'unsubscribed']);
  });

  it('answers HELP once Twilio has not done so itself, and keeps whatever else people write', async () => {
    const phone = '+15005559100';
    const { scope, senderId, send } = await texting([person({ phone })]);
    await send();
    const form = (Body: string, more = {}) => ({
      MessageSid: sid(),
      From: phone,
      To: '+15005550006',
      Body,
      ...more,
    });
    const help = await tell(scope, senderId, form('help'));
    expect(help).toMatchObject({
      answer: {
        type: expect.stringContaining('xml'),
        body: expect.stringContaining('Test Bakery, 1 Main Street'),
      },
    });
    expect(await tell(scope, senderId, form('HELP', { OptOutType: 'HELP' }))).toMatchObject({
      answer: { body: expect.stringContaining('<Response></Response>') },
    });
    await tell(scope, senderId, form('Do you stop at noon?'));
    expect((await lastEvents(scope)).map(({ type, detail }) => `${type} ${String(detail.text)}`)).toEqual([
      'texted help',
      'texted HELP',
      'texted Do you stop at noon?',
    ]);
    const [contact] = await inScope(scope, (tx) =>
      tx
        .select()
        .from(contacts)
        .where(and(eq(contacts.phone, phone))),
    );
    expect(contact?.smsSubscribed).toBe(true);
  });
});

it.each([
  ['America/New_York', '2026-03-08T05:30:00Z', '2026-03-08T12:00:00.000Z'], // 00:30 before the clocks go forward
  ['America/New_York', '2026-11-01T04:30:00Z', '2026-11-01T13:00:00.000Z'], // 00:30 before they go back
  ['Europe/Berlin', '2026-06-01T19:00:00Z', '2026-06-02T06:00:00.000Z'], // 21:00 sharp
  ['Europe/Berlin', '2026-06-01T18:59:59Z', null],
  ['Europe/Berlin', '2026-06-01T06:00:00Z', null], // 8:00 sharp
  ['Nowhere/Land', '2026-06-01T22:00:00Z', '2026-06-02T08:00:00.000Z'], // the workspace's, which is UTC here
])('quiet hours in %s at %s end at %s', async (zone, moment, until) => {
  const [row] = await unsafeDatabase().execute<{ until: string | null }>(sql`
    select to_json(quiet_until(${zone}, 'UTC', '21:00', '08:00', ${moment}::timestamptz)) #>> '{}' as until`);
  expect(row?.until === null ? null : new Date(row?.until ?? '').toISOString()).toBe(until);
});
