import { eq, sql } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { launchNow, testCampaign, testList, unthrottle } from '../campaigns/testing';
import { senders } from '../db/schema/senders';
import { inScope } from '../db/scoped';
import { runBatch } from '../deliveries/batch';
import { openBreaker } from '../deliveries/breaker';
import { sentResult, standinProvider, testSignals } from '../deliveries/testing';
import type { SendResult } from '../providers/provider';
import { testWorkspace } from '../workspaces/testing';
import { metricsText } from './metrics';
import { mayReadMetrics } from './metrics-access';
import { systemState } from './system-state';

const refused: SendResult = {
  outcome: 'refused',
  reason: 'address_refused',
  detail: '550 5.1.1 no such user',
};
const blocked: SendResult = { outcome: 'refused', reason: 'content_refused', detail: '554 5.7.1 blocked' };

it('counts what a batch hands over, by what became of it, for the page and for Prometheus', async () => {
  const { scope, senderId } = await testWorkspace('Weiß "& Söhne"\n');
  await unthrottle(scope, senderId);
  await inScope(scope, (tx) => tx.update(senders).set({ perDay: 1000 }).where(eq(senders.id, senderId)));
  const { listId } = await testList(scope, 60);
  const id = await testCampaign(scope, senderId, [listId]);
  await launchNow(scope, id);
  await inScope(scope, (tx) => tx.update(senders).set({ perDay: null }).where(eq(senders.id, senderId)));
  const { engine } = standinProvider((_message, n) => (n <= 3 ? refused : n === 4 ? blocked : sentResult));
  await runBatch(engine, scope, { campaignId: id, batch: 0 }, testSignals());
  const before = await systemState(scope, new Date());
  expect(before.messages).toBe(0); // sending itself writes none of it
  // Of the last seconds, as on the page of the campaign: a minute or more would have idle time in it.
  expect(before.messagesPerMinute).toBeGreaterThanOrEqual(4 * 46);
  await inScope(scope, (tx) => tx.update(senders).set({ perDay: 1000 }).where(eq(senders.id, senderId)));
  await engine.gauge.flush();
  await engine.gauge.flush();
  await openBreaker(scope, senderId, 'Nothing answers.');

  const now = new Date();
  const state = await systemState(scope, now);
  expect(state).toMatchObject({ messages: 50, sent: 46, errors: 1, queue: { waiting: 10 } });
  const flow = state.flows.find(({ id: of }) => of === senderId);
  expect(flow).toMatchObject({ lastMinute: 46, lastDay: 46, hasSent: true, problem: 'Nothing answers.' });
  expect(state.flows.filter(({ hasSent }) => hasSent)).toHaveLength(1);

  const text = await metricsText(now);
  const { workspaceId: workspace } = scope;
  const of = `workspace="${workspace}",sender="${senderId}"`;
  expect(text).toContain(`posthaste_messages_total{${of},outcome="sent"} 46\n`);
  expect(text).toContain(`posthaste_messages_total{${of},outcome="error"} 1\n`);
  expect(text).toContain(`posthaste_messages_total{${of},outcome="refused"} 3\n`);
  expect(text).toContain(`posthaste_messages_waiting{workspace="${workspace}"} 10\n`);
  expect(text).toContain(`posthaste_breaker_open{${of},provider="sandbox"} 1\n`);
  expect(text).toContain(`posthaste_limit_used_ratio{${of},provider="sandbox",window="day"} 0.046\n`);
  expect(text).toMatch(/^posthaste_jobs\{job="send-batch",state="waiting"\} [1-9]\d*$/m);
  expect(text).toMatch(/^posthaste_workers \d+$/m);
  expect(text).not.toContain('Söhne');
  for (const line of text.trimEnd().split('\n'))
    expect(line).toMatch(
      /^(?:# (?:HELP|TYPE) posthaste_\w+ .+|posthaste_\w+(?:\{(?:\w+="[^"]*",?)+\})? -?\d+(?:\.\d+)?(?:e[+-]\d+)?)$/,
    );
});

it('a sender that was deleted meanwhile has no figures, and holds up no other', async () => {
  const { scope, senderId } = await testWorkspace();
  const { engine } = standinProvider(() => sentResult);
  engine.gauge.note(scope, senderId, 10, [sentResult]);
  await inScope(scope, (tx) => tx.execute(sql`delete from senders where id = ${senderId}`));
  await engine.gauge.flush();
  expect((await systemState(scope, new Date())).flows.some(({ id }) => id === senderId)).toBe(false);
});

it('shows the figures to whoever has the token, and without one on this machine alone', () => {
  const token = 'a token for metrics'.replaceAll(' ', '-');
  const asks = (headers: HeadersInit, set?: string) => mayReadMetrics(new Headers(headers), set);
  const local = { 'x-posthaste-local': '1' };
  expect(asks({})).toBe(false);
  expect(asks(local)).toBe(true);
  expect(asks({ Authorization: `Bearer ${token}` })).toBe(false);
  expect(asks(local, token)).toBe(false);
  expect(asks({ Authorization: 'Bearer wrong' }, token)).toBe(false);
  expect(asks({ Authorization: `Bearer ${token}` }, token)).toBe(true);
});
