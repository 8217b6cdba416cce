import { randomUUID } from 'node:crypto';
import { and, eq, sql } from 'drizzle-orm';
import { afterEach, describe, expect, it } from 'vitest';
import { ledger } from '../campaigns/testing';
import { suppressions } from '../db/schema/deliveries';
import { contacts } from '../db/schema/lists';
import { inScope } from '../db/scoped';
import { processAllReports, receiveReport } from './reports';
import {
  closeTexts,
  lastEvents,
  person,
  reportToken,
  sid,
  states,
  tell,
  texting,
  twilioReport,
} from './testing-texts';

afterEach(closeTexts);

describe('what people write back', () => {
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
