import { eq, isNotNull, sql } from 'drizzle-orm';
import { afterEach, describe, expect, it } from 'vitest';
import { statusOf } from '../campaigns/change-status';
import { holdIfRestored } from '../campaigns/restored';
import { ledger } from '../campaigns/testing';
import { unsafeDatabase } from '../db/client';
import { campaigns } from '../db/schema/campaigns';
import { softBounces, suppressions } from '../db/schema/deliveries';
import { contacts } from '../db/schema/lists';
import { instance } from '../db/schema/operation';
import { inScope } from '../db/scoped';
import { recordProviderEvents } from './events';
import { failedAttempts } from './reasons';
import { processAllReports, receiveReport } from './reports';
import { sendReturned } from './soft-bounces';
import {
  closeTexts,
  person,
  reportToken,
  run,
  states,
  status,
  tell,
  texting,
  twilioReport,
} from './testing-texts';

afterEach(closeTexts);

describe('what Twilio reports', () => {
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

  it('is kept whatever bytes its status has, and nobody is kept waiting by a form of a hundred thousand fields', async () => {
    const { scope, senderId } = await texting([person()]);
    expect(await tell(scope, senderId, status('del\0ivered'))).toMatchObject({ what: 'kept' });
    const fields = Array.from({ length: 100_000 }, (_, n) => [`f${n}`, '']);
    const many = { ...status('delivered'), ...Object.fromEntries(fields) };
    expect(await tell(scope, senderId, many)).toMatchObject({ what: 'unsigned' });
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
});
