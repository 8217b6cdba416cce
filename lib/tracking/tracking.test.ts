import { and, eq, sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import type { Scope } from '../auth/scope';
import { campaignStats } from '../campaigns/stats';
import { ledger } from '../campaigns/testing';
import { contactHistory } from '../contacts/contact-history';
import { editContact } from '../contacts/edit-contact';
import { eraseContact } from '../contacts/erase-contact';
import { unsafeDatabase } from '../db/client';
import { trackingEvents, trackingRollups } from '../db/schema/tracking';
import { webhookMessages } from '../db/schema/webhooks';
import { inScope } from '../db/scoped';
import { recordProviderEvents } from '../deliveries/events';
import { CampaignId, newId } from '../ids';
import { createWebhook } from '../webhooks/webhooks';
import { settledAfterMs } from './bursts';
import { countTracking } from './count';
import { mendRollups, reclassify, rollupDifferences } from './recount';
import { sentTracked, visit } from './testing';
import { changeTracking } from './tracking-rule';
import { trackingUrl } from './tracking-token';

const later = () => Date.now() + settledAfterMs + 1000;
const apple = { agent: 'Mozilla/5.0' };

const rawOf = (scope: Scope) =>
  inScope(scope, (tx) =>
    tx
      .select()
      .from(trackingEvents)
      .where(eq(trackingEvents.workspaceId, scope.workspaceId))
      .orderBy(trackingEvents.id),
  );

async function rollup(scope: Scope, campaignId: CampaignId, kind: 'open' | 'click', link = 0) {
  const [row] = await inScope(scope, (tx) =>
    tx
      .select({
        human: trackingRollups.human,
        machine: trackingRollups.machine,
        people: trackingRollups.people,
        machinePeople: trackingRollups.machinePeople,
      })
      .from(trackingRollups)
      .where(
        and(
          eq(trackingRollups.workspaceId, scope.workspaceId),
          eq(trackingRollups.campaignId, campaignId),
          eq(trackingRollups.grain, 'all'),
          eq(trackingRollups.kind, kind),
          eq(trackingRollups.link, link),
        ),
      ),
  );
  return row;
}

/** The addresses in a message: its links, then its pixel. */
function addressesIn(html: string | undefined): string[] {
  const links = [...(html ?? '').matchAll(/(?:href|src)="([^"]*\/t\/[^"]*)"/g)].map(([, url]) => url ?? '');
  return links;
}

const differences = (scope: Scope, id: CampaignId) =>
  inScope(scope, (tx) => rollupDifferences(tx, scope, id));

describe('a message that went out', () => {
  it('leads where its author said, and its row is there before the answer', async () => {
    const { scope, campaignId, rows, messages } = await sentTracked(1);
    const [a = '', b = '', c = '', pixel = ''] = addressesIn(messages[0]?.html);
    expect(await visit(a)).toEqual({ to: 'https://example.com/a' });
    expect(await rawOf(scope)).toMatchObject([
      { deliveryId: rows[0]?.id, campaignId, kind: 'click', link: 1, class: 'human', counted: false },
    ]);
    expect(await visit(b)).toEqual({ to: 'https://example.com/b' });
    expect(await visit(c)).toEqual({ to: 'https://example.com/c?d=e&f=g' });
    expect(await visit(pixel)).toBe('pixel');
    expect((await rawOf(scope)).map(({ kind, link }) => `${kind} ${link}`)).toEqual([
      'click 1',
      'click 2',
      'click 3',
      'open 0',
    ]);
  });

  it('leads each person to their own place, by what is known of them now', async () => {
    const body = '<a href="https://example.com/{{ city }}?to={{ email }}">a</a>';
    const { scope, contactIds, messages } = await sentTracked([{ attributes: { city: 'Bad Ems' } }, {}], {
      body,
    });
    const [ems = '', nowhere = ''] = messages.map((message) => addressesIn(message?.html)[0]);
    expect(await visit(ems)).toEqual({
      to: expect.stringMatching(/^https:\/\/example\.com\/Bad%20Ems\?to=p0-.*%40example\.com$/),
    });
    expect(await visit(nowhere)).toEqual({ to: expect.stringMatching(/^https:\/\/example\.com\/\?to=p1-/) });
    await editContact(scope, contactIds[0] ?? ('' as never), {
      attributes: { city: '//evil.example.com/@' },
    });
    expect(await visit(ems)).toEqual({
      to: expect.stringMatching(/^https:\/\/example\.com\/%2F%2Fevil\.example\.com%2F%40\?to=/),
    });
    await eraseContact(scope, contactIds[0] ?? ('' as never));
    expect(await visit(ems)).toEqual({ to: 'https://example.com/?to=' });
  });

  it('leads nowhere by an address that was not in it, and nothing is recorded', async () => {
    const { scope, rows, messages } = await sentTracked(1);
    const [a = ''] = addressesIn(messages[0]?.html);
    const elsewhere = trackingUrl(scope, rows[0]?.campaignId as never);
    for (const url of [
      a.replace(/\/1$/, '/4'),
      a.replace(/\/1$/, '/0'),
      a.replace(/\/1$/, '/1/https://evil.example.com'),
      a.replace(/\/t\/./, (start) => (start.endsWith('A') ? '/t/B' : '/t/A')),
      `${elsewhere}/1`,
      'http://localhost:3000/t/x/1',
    ])
      expect({ url, answer: await visit(url) }).toEqual({ url, answer: 'unknown' });
    expect(await rawOf(scope)).toEqual([]);
  });

  it('holds nothing that could be counted where the person or the workspace wants none, and leads on when that changes', async () => {
    const { scope, contactIds, messages } = await sentTracked([{}, { tracking: false }]);
    expect(messages.map((message) => addressesIn(message?.html).length)).toEqual([4, 0]);
    expect(messages[1]?.html).toContain('href="https://example.com/a"');
    const [a = ''] = addressesIn(messages[0]?.html);
    await editContact(scope, contactIds[0] ?? ('' as never), { tracking: false });
    expect(await visit(a)).toEqual({ to: 'https://example.com/a' });
    await editContact(scope, contactIds[0] ?? ('' as never), { tracking: true });
    await changeTracking(scope, { tracking: false });
    expect(await visit(a)).toEqual({ to: 'https://example.com/a' });
    expect(await rawOf(scope)).toEqual([]);
    const off = await sentTracked(1, { off: true });
    expect(addressesIn(off.messages[0]?.html)).toEqual([]);
  });

  it('records nothing more of somebody who was erased, and forgets their programs', async () => {
    const { scope, contactIds, messages } = await sentTracked(1);
    const [a = ''] = addressesIn(messages[0]?.html);
    await visit(a);
    expect((await eraseContact(scope, contactIds[0] ?? ('' as never))).ok).toBe(true);
    expect(await visit(a)).toEqual({ to: 'https://example.com/a' });
    expect((await rawOf(scope)).map(({ agent }) => agent)).toEqual(['']);
  });
});

describe('who did it', () => {
  it.each([
    ['a person', {}, 'human', 'human'],
    ['a request for the head', { method: 'HEAD' }, 'head', 'head'],
    ['a browser that fetches ahead', { purpose: 'prefetch;prerender' }, 'prefetch', 'prefetch'],
    [
      'a scanner',
      { agent: 'Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)' },
      'scanner',
      'scanner',
    ],
    ['a library', { agent: 'python-requests/2.32' }, 'scanner', 'scanner'],
    ['nobody who says', { agent: '' }, 'scanner', 'scanner'],
    ['Apple’s proxy', apple, 'apple', 'scanner'],
    [
      'Gmail’s proxy',
      { agent: 'Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)' },
      'human',
      'scanner',
    ],
    [
      'Outlook',
      { agent: 'Mozilla/4.0 (compatible; ms-office; MSOffice 16; Microsoft Outlook 16.0.5)' },
      'human',
      'human',
    ],
  ])('is told: %s', async (_who, visitor, opens, clicks) => {
    const { scope, messages } = await sentTracked(1);
    const addresses = addressesIn(messages[0]?.html);
    await visit(addresses.at(-1) ?? '', visitor);
    await visit(addresses[0] ?? '', visitor);
    expect((await rawOf(scope)).map((event) => event.class)).toEqual([opens, clicks]);
  });

  it('is a machine when all links are asked for at once right after the message was sent', async () => {
    const { scope, campaignId, messages } = await sentTracked(2);
    const [scanned = [], read = []] = messages.map((message) => addressesIn(message?.html));
    await Promise.all(scanned.map((url) => visit(url)));
    await visit(read[0] ?? '');
    await countTracking(scope, later());
    expect(await rollup(scope, campaignId, 'click')).toEqual({
      human: 1,
      machine: 3,
      people: 1,
      machinePeople: 1,
    });
    expect(await rollup(scope, campaignId, 'open')).toEqual({
      human: 0,
      machine: 1,
      people: 1,
      machinePeople: 1,
    });
    const rows = await ledger(scope, campaignId);
    expect(rows.map((row) => [row.openedAt !== null, row.clickedAt !== null])).toEqual([
      [false, false],
      [true, true],
    ]);
    expect(await differences(scope, campaignId)).toBe(0);
  });
});

describe('the counts', () => {
  it('are what the raw events say, however often they come and in how many parts they are counted', async () => {
    const { scope, campaignId, rows, messages } = await sentTracked(20, {
      body: '<a href="https://example.com/a">a</a><a href="https://example.com/b">b</a>',
    });
    const all = messages.map((message) => addressesIn(message?.html));
    for (const part of [all.slice(0, 12), all.slice(8), all.slice(4, 6)]) {
      await Promise.all(
        part.flatMap(([a = '', b = '', pixel = ''], n) => [
          visit(pixel, n % 3 === 0 ? apple : {}),
          ...(n % 6 === 0 ? [visit(pixel, apple)] : []),
          ...(n % 2 ? [visit(a), visit(a)] : []),
          ...(n % 5 === 0 ? [visit(b, { method: 'HEAD' })] : []),
        ]),
      );
      await Promise.all([countTracking(scope, later()), countTracking(scope, later())]);
      await countTracking(scope, later());
      expect(await differences(scope, campaignId)).toBe(0);
    }
    const raw = await rawOf(scope);
    const human = raw.filter((event) => event.class === 'human');
    const clicks = human.filter(({ kind }) => kind === 'click');
    const whoIn = (events: typeof raw) => new Set(events.map(({ deliveryId }) => deliveryId));
    const opened = raw.filter((event) => event.kind === 'open' && event.class !== 'human');
    expect(raw.length).toBeGreaterThan(40);
    expect(opened.length).toBeGreaterThan(whoIn(opened).size);
    expect(await rollup(scope, campaignId, 'open')).toEqual({
      human: human.length - clicks.length,
      machine: opened.length,
      people: whoIn(human).size,
      machinePeople: whoIn(opened).size,
    });
    expect(await rollup(scope, campaignId, 'click', 1)).toEqual({
      human: clicks.filter(({ link }) => link === 1).length,
      machine: 0,
      people: whoIn(clicks).size,
      machinePeople: 0,
    });
    const followed = raw.filter((event) => event.link === 2 && event.class !== 'human');
    expect(await rollup(scope, campaignId, 'click', 2)).toEqual({
      human: 0,
      machine: followed.length,
      people: 0,
      machinePeople: whoIn(followed).size,
    });
    const stats = await campaignStats(scope, campaignId);
    expect(stats.ok && stats.value).toMatchObject({ opened: whoIn(human).size, clicked: whoIn(clicks).size });
    expect(rows).toHaveLength(20);
  });

  it('wait until all that belongs together can be there', async () => {
    const { scope, campaignId, messages } = await sentTracked(1);
    await visit(addressesIn(messages[0]?.html)[0] ?? '');
    await countTracking(scope);
    expect(await rollup(scope, campaignId, 'click')).toBeUndefined();
  });

  it('hold what a provider tells of opens and clicks, once', async () => {
    const { scope, campaignId, rows } = await sentTracked(2);
    const [one, two] = rows;
    if (!one || !two) throw new Error('both are in the ledger');
    for (let n = 0; n < 2; n++)
      await recordProviderEvents(scope, [
        { deliveryId: one.id, type: 'clicked' },
        { deliveryId: two.id, type: 'opened' },
      ]);
    await countTracking(scope, later());
    expect(await rollup(scope, campaignId, 'open')).toEqual({
      human: 1,
      machine: 0,
      people: 2,
      machinePeople: 0,
    });
    expect(await rollup(scope, campaignId, 'click')).toEqual({
      human: 1,
      machine: 0,
      people: 1,
      machinePeople: 0,
    });
    expect(await differences(scope, campaignId)).toBe(0);
  });

  it('hold the link that was chosen for a click that is played, and a played scanner for nobody', async () => {
    const { scope, campaignId, rows } = await sentTracked(2);
    const [one, two] = rows;
    if (!one || !two) throw new Error('both are in the ledger');
    for (let n = 0; n < 2; n++)
      await recordProviderEvents(scope, [
        { deliveryId: one.id, type: 'clicked', choice: 7 },
        { deliveryId: two.id, type: 'scanned' },
      ]);
    await countTracking(scope, later());
    const links = await Promise.all([1, 2, 3].map((link) => rollup(scope, campaignId, 'click', link)));
    expect(links).toEqual([
      { human: 0, machine: 1, people: 0, machinePeople: 1 },
      { human: 1, machine: 1, people: 1, machinePeople: 1 },
      { human: 0, machine: 1, people: 0, machinePeople: 1 },
    ]);
    const after = await ledger(scope, campaignId);
    expect(after.filter(({ clickedAt, openedAt }) => clickedAt ?? openedAt)).toHaveLength(1);
    expect(await differences(scope, campaignId)).toBe(0);
  });

  it('that are wrong are found and made anew', async () => {
    const { scope, campaignId, messages } = await sentTracked(1);
    await visit(addressesIn(messages[0]?.html)[0] ?? '');
    await countTracking(scope, later());
    await inScope(scope, (tx) =>
      tx.update(trackingRollups).set({ human: 7 }).where(eq(trackingRollups.grain, 'all')),
    );
    expect(await mendRollups(scope, campaignId)).toBeGreaterThan(0);
    expect(await rollup(scope, campaignId, 'click')).toEqual({
      human: 1,
      machine: 0,
      people: 1,
      machinePeople: 0,
    });
    expect(await mendRollups(scope, campaignId)).toBe(0);
  });

  it('follow when what was recorded is judged anew, and the ledger with them', async () => {
    const { scope, campaignId, messages } = await sentTracked(1);
    const addresses = addressesIn(messages[0]?.html);
    await visit(addresses.at(-1) ?? '', { agent: 'curl/8.0' });
    await visit(addresses[0] ?? '', { agent: 'curl/8.0' });
    // As if nobody had known that program yet.
    await inScope(scope, (tx) => tx.update(trackingEvents).set({ class: 'human' }));
    await countTracking(scope, later());
    expect((await ledger(scope, campaignId))[0]?.clickedAt).not.toBeNull();
    expect(await reclassify(scope, campaignId)).toBe(2);
    expect(await rollup(scope, campaignId, 'click')).toEqual({
      human: 0,
      machine: 1,
      people: 0,
      machinePeople: 1,
    });
    expect((await ledger(scope, campaignId))[0]).toMatchObject({ openedAt: null, clickedAt: null });
    expect(await differences(scope, campaignId)).toBe(0);
    expect(await reclassify(scope, campaignId)).toBe(0);
  });
});

it('what a person clicked stands in the history of their contact, with its time and where it led', async () => {
  const { scope, campaignId, contactIds, messages } = await sentTracked(2);
  const [a = '', b = ''] = addressesIn(messages[0]?.html);
  await visit(a);
  await visit(b, { method: 'HEAD' });
  await visit(addressesIn(messages[1]?.html)[1] ?? '');
  await countTracking(scope, later());
  const history = await contactHistory(scope, contactIds[0] ?? ('' as never));
  const told = history.rows.map((entry) => (entry.kind === 'message' ? entry.step : entry.kind));
  expect(told).toEqual(['click', 'opened', 'sent']);
  expect(history.rows[0]).toMatchObject({
    url: 'https://example.com/a',
    campaign: { id: campaignId, name: 'Autumn' },
    at: expect.any(Date),
  });
});

it('webhooks are told of opens and clicks of people, once', async () => {
  const { scope, messages } = await sentTracked(1);
  await createWebhook(scope, {
    url: 'https://shop.example.com',
    events: ['delivery.opened', 'delivery.clicked'],
  });
  const [a = '', , , pixel = ''] = addressesIn(messages[0]?.html);
  await visit(pixel, apple);
  await countTracking(scope, later());
  await visit(a);
  await countTracking(scope, later());
  await visit(a);
  await countTracking(scope, later());
  const told = await inScope(scope, (tx) => tx.select({ type: webhookMessages.type }).from(webhookMessages));
  expect(told.map(({ type }) => type).sort()).toEqual(['delivery.clicked', 'delivery.opened']);
});

it('what was recorded can be added to and judged, and nothing else', async () => {
  const { scope, campaignId, messages } = await sentTracked(1);
  await visit(addressesIn(messages[0]?.html)[0] ?? '');
  for (const change of [
    sql`delete from tracking_events`,
    sql`update tracking_events set at = now()`,
    sql`update tracking_events set agent = 'x'`,
    sql`update tracking_events set campaign_id = ${newId(CampaignId)}`,
    sql`truncate tracking_events`,
  ])
    await expect(inScope(scope, (tx) => tx.execute(change))).rejects.toMatchObject({
      cause: { message: expect.stringContaining('append-only') },
    });
  await inScope(scope, (tx) => tx.execute(sql`delete from campaigns where id = ${campaignId}`));
  expect(await rawOf(scope)).toEqual([]);
  expect(await unsafeDatabase().execute(sql`select 1 from tracking_events`)).toHaveLength(0);
});
