import { and, eq, sql } from 'drizzle-orm';
import { expect, test, vi } from 'vitest';
import type { Scope } from '../auth/scope';
import { launchNow, testCampaign, testList } from '../campaigns/testing';
import { senders } from '../db/schema/senders';
import { inScope, inScopeOnce } from '../db/scoped';
import type { CampaignId } from '../ids';
import { testWorkspace } from '../workspaces/testing';

/** As a batch does: one message goes out, or is refused, and the ledger says so. */
const send = (scope: Scope, id: CampaignId, isRefused: boolean) =>
  inScopeOnce(
    scope,
    sql`update deliveries set state = ${isRefused ? 'failed' : 'sent'}::delivery_state,
        sent_at = ${isRefused ? null : sql`clock_timestamp()`}
      where id = (select id from deliveries where campaign_id = ${id} and state = 'queued' limit 1)`,
  );

/** The line of a process of its own. */
async function anotherProcess() {
  vi.resetModules();
  const { pause, waitForPermits } = await import('./wait');
  return { pause, waitForPermits };
}

/** Which of two campaigns each message is of, where one has more batches at work in each of so many processes. */
async function turnsOver(
  processes: number,
  messages: number,
  { refused }: { refused?: 'large' } = {},
): Promise<('large' | 'small')[]> {
  const { scope, senderId } = await testWorkspace();
  await inScope(scope, (tx) =>
    tx
      .update(senders)
      // So slow that a message comes after more than a second, which nobody waits for in line.
      .set({ perMinute: 50, limitsProposed: false })
      .where(and(eq(senders.workspaceId, scope.workspaceId), eq(senders.id, senderId))),
  );
  const { listId } = await testList(scope, 30);
  const [large, small] = [
    await testCampaign(scope, senderId, [listId], { name: 'large' }),
    await testCampaign(scope, senderId, [listId], { name: 'small' }),
  ];
  for (const id of [large, small]) await launchNow(scope, id);
  const sent: ('large' | 'small')[] = [];
  const stop = new AbortController();
  const batch = async (process: Awaited<ReturnType<typeof anotherProcess>>, name: 'large' | 'small') => {
    const campaignId = name === 'large' ? large : small;
    while (!stop.signal.aborted) {
      const permits = await process.waitForPermits(scope, { senderId, campaignId }, 1, stop.signal);
      if (!permits) return;
      if ('waitMs' in permits) await process.pause(Math.min(permits.waitMs, 1000), stop.signal);
      else {
        await send(scope, campaignId, name === refused);
        sent.push(name);
        if (sent.length >= messages) stop.abort();
      }
    }
  };
  const all = await Promise.all(Array.from({ length: processes }, anotherProcess));
  const [first] = all;
  if (!first) throw new Error('there is one process at least');
  await Promise.all([
    ...all.flatMap((process) => [batch(process, 'large'), batch(process, 'large'), batch(process, 'large')]),
    batch(first, 'small'),
  ]);
  return sent;
}

test('a large campaign and a small one take turns under a slow limit, over one process and over four, also when one is refused', async () => {
  const messages = 12;
  const all = [turnsOver(1, messages), turnsOver(4, messages), turnsOver(1, messages, { refused: 'large' })];
  for (const turns of await Promise.all(all)) {
    const small = turns.filter((name) => name === 'small').length;
    expect(small, turns.join(' ')).toBeGreaterThanOrEqual(messages / 2 - 2);
    expect(small, turns.join(' ')).toBeLessThanOrEqual(messages / 2 + 1);
  }
}, 60_000);

test('whoever steps aside for campaigns that do not come asks no later than the next message may go', async () => {
  const { scope, senderId } = await testWorkspace();
  await inScope(scope, (tx) =>
    tx
      .update(senders)
      .set({ perMinute: 50, limitsProposed: false })
      .where(and(eq(senders.workspaceId, scope.workspaceId), eq(senders.id, senderId))),
  );
  const { listId } = await testList(scope, 2);
  const campaigns = [];
  for (const name of ['at work', 'absent', 'absent as well', 'and this one'])
    campaigns.push(await testCampaign(scope, senderId, [listId], { name }));
  for (const id of campaigns) await launchNow(scope, id);
  const [campaignId] = campaigns;
  if (!campaignId) throw new Error('there are four');
  const { pause, waitForPermits } = await anotherProcess();
  const { signal } = new AbortController();
  const ask = () => waitForPermits(scope, { senderId, campaignId }, 1, signal);
  let waits = 0;
  for (let answer = await ask(); waits < 2; answer = await ask()) {
    if (!answer) throw new Error('nobody has stopped');
    if (!('waitMs' in answer)) {
      await send(scope, campaignId, false);
      continue;
    }
    waits++;
    const [due] = await inScopeOnce<{ ms: number }>(
      scope,
      sql`select extract(epoch from minute_tat - clock_timestamp())::float8 * 1000 as ms from throttles where id = ${senderId}`,
    );
    expect(answer.waitMs).toBeLessThan((due?.ms ?? 0) + 50);
    if (waits < 2) await pause(answer.waitMs - 500, signal);
  }
}, 20_000);
