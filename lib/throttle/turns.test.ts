import { and, eq, sql } from 'drizzle-orm';
import { expect, test, vi } from 'vitest';
import type { Scope } from '../auth/scope';
import { launchNow, testCampaign, testList } from '../campaigns/testing';
import { senders } from '../db/schema/senders';
import { inScope, inScopeOnce } from '../db/scoped';
import type { CampaignId } from '../ids';
import { testWorkspace } from '../workspaces/testing';

/** As a batch does: one message goes out, and the ledger says so. */
const send = (scope: Scope, id: CampaignId) =>
  inScopeOnce(
    scope,
    sql`update deliveries set state = 'sent', sent_at = clock_timestamp() where id = (
      select id from deliveries where campaign_id = ${id} and state = 'queued' limit 1)`,
  );

/** The line of a process of its own. */
async function anotherProcess() {
  vi.resetModules();
  const { pause, waitForPermits } = await import('./wait');
  return { pause, waitForPermits };
}

/** Which of two campaigns each message is of, where one has more batches at work in each of so many processes. */
async function turnsOver(processes: number, messages: number): Promise<('large' | 'small')[]> {
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
        await send(scope, campaignId);
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

test('a large campaign and a small one take turns under a slow limit, over one process and over four', async () => {
  const messages = 12;
  for (const turns of await Promise.all([turnsOver(1, messages), turnsOver(4, messages)])) {
    const small = turns.filter((name) => name === 'small').length;
    expect(small, turns.join(' ')).toBeGreaterThanOrEqual(messages / 2 - 2);
    expect(small, turns.join(' ')).toBeLessThanOrEqual(messages / 2 + 1);
  }
}, 60_000);
