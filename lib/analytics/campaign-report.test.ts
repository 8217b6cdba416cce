import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import type { Scope } from '../auth/scope';
import { inScope } from '../db/scoped';
import { type DeliveryFilter, listDeliveries } from '../deliveries/deliveries';
import { CampaignId, newId } from '../ids';
import { settledAfterMs } from '../tracking/bursts';
import { countTracking } from '../tracking/count';
import { sentTracked } from '../tracking/testing';
import { testWorkspace } from '../workspaces/testing';
import { campaignDomains, namedDomains } from './campaign-domains';
import { campaignReport } from './campaign-report';
import { foldCounts } from './fold-counts';

type Event = { of: number; kind: 'open' | 'click'; link?: number; class?: string; minutes: number };

/** A campaign that began at a time, and what happened to its messages so many minutes later; then counted. */
async function withEvents(
  events: Event[],
  people = 6,
  startedAt = '2026-03-28T10:00:30Z',
  zone = 'Europe/Berlin',
) {
  const sent = await sentTracked(
    Array.from({ length: people }, (_, n) => ({
      email: `p${n}@${n % 3 === 0 ? 'example.org' : 'example.com'}`,
    })),
  );
  const { scope, campaignId, rows } = sent;
  const list = events.map(({ of, kind, link = 0, class: its = 'human', minutes }) => ({
    ...{ delivery: rows[of]?.id, kind, link, class: its, minutes },
  }));
  await inScope(scope, async (tx) => {
    await tx.execute(
      sql`update campaigns set started_at = ${startedAt}::timestamptz where id = ${campaignId}`,
    );
    // All went out within the first minute, the second comes back a minute later, the others arrive.
    await tx.execute(sql`
      update deliveries set sent_at = ${startedAt}::timestamptz,
        bounced_at = case when id = ${rows[1]?.id} then ${startedAt}::timestamptz + interval '1 minute' end,
        delivered_at = case when id <> ${rows[1]?.id} then ${startedAt}::timestamptz + interval '1 minute' end
      where campaign_id = ${campaignId}`);
    await tx.execute(sql`update workspaces set time_zone = ${zone} where id = ${scope.workspaceId}`);
    await tx.execute(sql`
      insert into tracking_events (workspace_id, id, delivery_id, campaign_id, kind, link, class, at)
      select ${scope.workspaceId}, uuid_v7(), delivery, ${campaignId}, kind, link, class,
        ${startedAt}::timestamptz + make_interval(mins => minutes)
      from jsonb_to_recordset(${JSON.stringify(list)}::text::jsonb)
        as e(delivery uuid, kind text, link smallint, class text, minutes int)`);
  });
  await countTracking(scope, Date.now() + settledAfterMs);
  return sent;
}

/** In the order in which the people of a page stand. */
const idsOf = (rows: readonly { id: string }[], ...which: number[]) =>
  which.map((n) => String(rows[n]?.id)).sort();

async function reportOf(scope: Scope, id: CampaignId) {
  const report = await campaignReport(scope, id);
  if (!report.ok) throw new Error(report.problem.message);
  return report.value;
}

const nothing = { sent: 0, delivered: 0, bounced: 0, opened: 0, clicked: 0 };
const some: Event[] = [
  { of: 0, kind: 'open', minutes: 1 },
  { of: 0, kind: 'open', minutes: 3 },
  { of: 0, kind: 'click', link: 2, minutes: 3 },
  { of: 1, kind: 'open', class: 'apple', minutes: 0 },
  { of: 1, kind: 'click', link: 2, minutes: 4 },
  { of: 1, kind: 'click', link: 1, minutes: 4 },
  { of: 2, kind: 'click', link: 1, class: 'scanner', minutes: 4 },
  { of: 3, kind: 'open', minutes: 4 },
];

describe('the report of a campaign', () => {
  it('counts people once, and machines apart, in all, by link and by minute', async () => {
    const { scope, campaignId } = await withEvents(some);
    const report = await reportOf(scope, campaignId);
    expect(report).toMatchObject({
      tracked: true,
      opens: { people: 3, human: 3, machine: 1, machinePeople: 1 },
      clicks: { people: 2, human: 3, machine: 1, machinePeople: 1 },
      span: 'minute',
    });
    expect(report.links).toEqual([
      { link: 2, url: 'https://example.com/b', people: 2, human: 2, machine: 0, machinePeople: 0 },
      { link: 1, url: 'https://example.com/a', people: 1, human: 1, machine: 1, machinePeople: 1 },
      { link: 3, url: 'https://example.com/c?d=e&f=g', people: 0, human: 0, machine: 0, machinePeople: 0 },
    ]);
    expect(report.moments).toEqual([
      { at: '2026-03-28T10:00:00Z', ...nothing, sent: 6 },
      { at: '2026-03-28T10:01:00Z', ...nothing, delivered: 5, bounced: 1, opened: 1 },
      { at: '2026-03-28T10:02:00Z', ...nothing },
      { at: '2026-03-28T10:03:00Z', ...nothing, clicked: 1 },
      { at: '2026-03-28T10:04:00Z', ...nothing, opened: 2, clicked: 1 },
    ]);
  });

  it('goes by hours when it is older, and by days of the workspace after some of them, also where a clock changes', async () => {
    const hours = await withEvents([...some, { of: 4, kind: 'click', link: 1, minutes: 20 * 60 }]);
    const byHour = await reportOf(hours.scope, hours.campaignId);
    expect(byHour.span).toBe('hour');
    expect(byHour.moments).toHaveLength(21);
    const first = { sent: 6, delivered: 5, bounced: 1, opened: 3, clicked: 2 };
    expect(byHour.moments[0]).toEqual({ at: '2026-03-28T10:00:00Z', ...first });
    expect(byHour.moments.at(-1)).toEqual({ at: '2026-03-29T06:00:00Z', ...nothing, opened: 1, clicked: 1 });

    const days = await withEvents([...some, { of: 4, kind: 'open', minutes: 5 * 24 * 60 }]);
    const byDay = await reportOf(days.scope, days.campaignId);
    expect(byDay.span).toBe('day');
    expect(byDay.moments.map(({ at, sent, opened }) => `${at} ${sent} ${opened}`)).toEqual([
      '2026-03-27T23:00:00Z 6 3',
      '2026-03-28T23:00:00Z 0 0',
      '2026-03-29T22:00:00Z 0 0',
      '2026-03-30T22:00:00Z 0 0',
      '2026-03-31T22:00:00Z 0 0',
      '2026-04-01T22:00:00Z 0 1',
    ]);
  });

  it('of a campaign that nobody has opened has no opens, and of another workspace’s is not there', async () => {
    const { scope, campaignId } = await withEvents([]);
    expect(await reportOf(scope, campaignId)).toMatchObject({
      tracked: true,
      opens: { people: 0 },
      moments: [{ sent: 6 }, { delivered: 5, bounced: 1, opened: 0 }],
    });
    const other = (await testWorkspace('Other')).scope;
    for (const [who, id] of [
      [other, campaignId],
      [scope, newId(CampaignId)],
    ] as const)
      expect(await campaignReport(who, id)).toMatchObject({ ok: false, problem: { code: 'not_found' } });
  });

  it('opens the people behind a link, page by page, and behind a mail domain', async () => {
    const { scope, campaignId, rows } = await withEvents(some);
    const first = await listDeliveries(scope, campaignId, { link: 2, limit: 1 });
    const second = await listDeliveries(scope, campaignId, { link: 2, limit: 1, cursor: first.next });
    const found = [...first.rows, ...second.rows].map(({ id }) => id);
    expect(new Set(found)).toEqual(new Set([rows[0]?.id, rows[1]?.id]));
    expect(second.next).toBeNull();
    expect(
      (await listDeliveries(scope, campaignId, { link: 2, limit: 1, cursor: second.previous })).rows,
    ).toEqual(first.rows);
    expect(
      (await listDeliveries(scope, campaignId, { link: 2, search: 'p1' })).rows.map(({ id }) => id),
    ).toEqual(idsOf(rows, 1));
    expect((await listDeliveries(scope, campaignId, { link: 3 })).rows).toEqual([]);
    expect((await listDeliveries(scope, campaignId, { domain: 'example.org' })).rows).toHaveLength(2);
    expect(await campaignDomains(scope, campaignId)).toEqual([
      { domain: 'example.com', planned: 4, sent: 4, failed: 0, bounced: 1, opened: 1, clicked: 1 },
      { domain: 'example.org', planned: 2, sent: 2, failed: 0, bounced: 0, opened: 2, clicked: 1 },
    ]);
  });

  it('opens the people with whose messages machines did something, each once and page by page', async () => {
    const { scope, campaignId, rows } = await withEvents([
      ...some,
      { of: 2, kind: 'click', link: 1, class: 'scanner', minutes: 5 },
      { of: 2, kind: 'click', link: 3, class: 'scanner', minutes: 5 },
      { of: 4, kind: 'click', link: 3, class: 'head', minutes: 5 },
      { of: 0, kind: 'click', link: 3, class: 'burst', minutes: 6 },
    ]);
    const report = await reportOf(scope, campaignId);
    expect(report.clicks).toMatchObject({ machine: 5, machinePeople: 3 });
    expect(report.links.find(({ link }) => link === 1)).toMatchObject({ machine: 2, machinePeople: 1 });
    const who = async (filter: DeliveryFilter) => {
      const found: (string | undefined)[] = [];
      for (let cursor: string | null | undefined; cursor !== null; ) {
        const page = await listDeliveries(scope, campaignId, { ...filter, limit: 1, cursor });
        found.push(...page.rows.map(({ id }) => id));
        cursor = page.next;
      }
      return found;
    };
    expect(await who({ machine: 'click' })).toEqual(idsOf(rows, 0, 2, 4));
    expect(await who({ machine: 'click', link: 1 })).toEqual(idsOf(rows, 2));
    expect(await who({ machine: 'click', link: 2 })).toEqual([]);
    expect(await who({ machine: 'open' })).toEqual(idsOf(rows, 1));
    expect(await who({ machine: 'click', event: 'opened' })).toEqual(idsOf(rows, 0));
    // What nobody has judged yet counts in no number, and opens with none.
    await inScope(scope, (tx) =>
      tx.execute(sql`
      insert into tracking_events (workspace_id, id, delivery_id, campaign_id, kind, link, class, at)
      values (${scope.workspaceId}, uuid_v7(), ${rows[5]?.id}, ${campaignId}, 'click', 2, 'scanner', now())`),
    );
    expect(await who({ machine: 'click' })).toHaveLength(3);
  });

  it('opens all who are at none of the named mail domains, but for those who were erased', async () => {
    const { scope, campaignId, rows } = await withEvents(some);
    const at = (domain: string, of: number) =>
      inScope(scope, (tx) =>
        tx.execute(sql`update deliveries set address = 'p@' || ${domain} where id = ${rows[of]?.id}`),
      );
    for (let n = 0; n < 5; n++) await at(`d${n}.example.org`, n);
    await at('example.com', 5);
    const who = async (filter: DeliveryFilter) =>
      (await listDeliveries(scope, campaignId, filter)).rows.map(({ id }) => id);
    const notAt = ['d0.example.org', 'd1.example.org', 'example.com'];
    expect(await who({ notAt })).toEqual(idsOf(rows, 2, 3, 4));
    expect(await who({ notAt, event: 'opened' })).toEqual(idsOf(rows, 3));
    await inScope(scope, (tx) =>
      tx.execute(sql`update deliveries set contact_id = null where id = ${rows[3]?.id}`),
    );
    expect(await who({ notAt })).toEqual(idsOf(rows, 2, 4));
    expect(await who({ notAt: [] })).toHaveLength(5);
  });

  it('names the largest mail domains, and all others as one behind them, however many these are', async () => {
    const { scope, campaignId, rows } = await withEvents([], 16);
    await inScope(scope, async (tx) => {
      for (const [n, { id }] of rows.entries())
        await tx.execute(sql`
          update deliveries set address = ${`p${n}@${n < 2 ? 'example.com' : `d${n + 10}.example.org`}`} where id = ${id}`);
    });
    const domains = await campaignDomains(scope, campaignId);
    expect(domains).toHaveLength(13);
    expect(domains[0]).toMatchObject({ domain: 'example.com', planned: 2 });
    expect(domains.at(-1)).toMatchObject({ domain: null, planned: 3, sent: 3 });
    const named = await namedDomains(scope, campaignId);
    expect((await listDeliveries(scope, campaignId, { notAt: named })).rows).toHaveLength(3);
  });

  it('names no mail domain that is less than a thousandth of a campaign', async () => {
    const { scope, campaignId, rows } = await withEvents([], 2);
    const [one] = idsOf(rows, 0);
    const planned = (n: number) =>
      inScope(scope, (tx) =>
        tx.execute(
          sql`update delivery_domains set planned = ${n} where campaign_id = ${campaignId} and domain = 'example.com'`,
        ),
      );
    await inScope(scope, (tx) =>
      tx.execute(sql`
        update deliveries set address = case when id = ${one} then 'p0@example.org' else 'p1@example.com' end
        where campaign_id = ${campaignId}`),
    );
    await foldCounts(scope);
    await planned(999);
    expect(await namedDomains(scope, campaignId)).toEqual(['example.com', 'example.org']);
    await planned(1000);
    expect(await namedDomains(scope, campaignId)).toEqual(['example.com']);
    expect((await campaignDomains(scope, campaignId))[1]).toMatchObject({
      domain: null,
      planned: 1,
      sent: 1,
    });
    const others = await listDeliveries(scope, campaignId, { notAt: await namedDomains(scope, campaignId) });
    expect(others.rows.map(({ id }) => id)).toEqual([one]);
  });
});
