import { sql } from 'drizzle-orm';
import { expect, it } from 'vitest';
import type { Scope } from '../auth/scope';
import { ledger } from '../campaigns/testing';
import { inScope } from '../db/scoped';
import { settledAfterMs } from './bursts';
import { countTracking } from './count';
import { sentTracked, visit } from './testing';

const kept = (scope: Scope) =>
  inScope(scope, async (tx) => [
    ...(await tx.execute(
      sql`select link, class, count(*)::int as n from tracking_events group by 1, 2 order by 1, 2`,
    )),
  ]);

it('keeps twenty of one who asks for the same link again and again, and answers all; whoever else asks is kept', async () => {
  const { scope, campaignId, messages } = await sentTracked(2);
  const [[a = '', b = ''] = [], [other = ''] = []] = messages.map((message) =>
    [...(message?.html ?? '').matchAll(/href="([^"]*\/t\/[^"]*)"/g)].map(([, url]) => url ?? ''),
  );
  const to = { to: 'https://example.com/a' };
  const ask = async (times: number, visitor = {}) => {
    for (const answer of await Promise.all(Array.from({ length: times }, () => visit(a, visitor))))
      expect(answer).toEqual(to);
  };
  // A scanner first: it leaves what a person does its place.
  await ask(30, { agent: 'curl/8.7' });
  await ask(15);
  await ask(70);
  await ask(3);
  expect(await visit(b)).toEqual({ to: 'https://example.com/b' });
  expect(await visit(other)).toEqual(to);
  expect(await kept(scope)).toEqual([
    { link: 1, class: 'human', n: 21 },
    { link: 1, class: 'scanner', n: 20 },
    { link: 2, class: 'human', n: 1 },
  ]);
  await countTracking(scope, Date.now() + settledAfterMs);
  expect((await ledger(scope, campaignId)).map(({ clickedAt }) => clickedAt !== null)).toEqual([true, true]);
});

it('keeps more of it an hour later', async () => {
  const { scope, rows, messages } = await sentTracked(1);
  const [, url = ''] = /href="([^"]*\/t\/[^"]*)"/.exec(messages[0]?.html ?? '') ?? [];
  const before = '01900000-0000-7000-8000-';
  await inScope(scope, (tx) =>
    tx.execute(sql`
      insert into tracking_events (workspace_id, id, delivery_id, campaign_id, kind, link, class, at)
      select workspace_id, (${before} || lpad(n::text, 12, '0'))::uuid, id, campaign_id, 'click', 1, 'human', now() - interval '2 hours'
      from deliveries cross join generate_series(1, 30) n where id = ${rows[0]?.id}`),
  );
  await visit(url);
  expect(await kept(scope)).toEqual([{ link: 1, class: 'human', n: 31 }]);
});
