import { randomUUID } from 'node:crypto';
import { eq, sql } from 'drizzle-orm';
import { afterEach, describe, expect, it } from 'vitest';
import { countAsleep } from '../campaigns/audience';
import { preflight } from '../campaigns/preflight';
import { ledger } from '../campaigns/testing';
import { followShortLink, readSlug } from '../codes/short-links';
import { unsafeDatabase } from '../db/client';
import { deliveries, suppressions } from '../db/schema/deliveries';
import { contacts } from '../db/schema/lists';
import { throttles } from '../db/schema/senders';
import { inScope } from '../db/scoped';
import { measureText } from '../messages/segments';
import { senderFlows } from '../monitoring/sender-flow';
import { changeSendingRules } from '../workspaces/sending-rules';
import { closeTexts, person, run, states, testText, texting } from './testing-texts';

afterEach(closeTexts);

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
