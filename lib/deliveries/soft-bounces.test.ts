import { and, eq, isNotNull, sql } from 'drizzle-orm';
import { afterEach, expect, it } from 'vitest';
import type { Scope } from '../auth/scope';
import { statusOf } from '../campaigns/change-status';
import { cancelCampaign, pauseCampaign, resumeCampaign } from '../campaigns/status';
import { launchNow, ledger, testList } from '../campaigns/testing';
import { unsafeDatabase } from '../db/client';
import { deliveries, softBounces } from '../db/schema/deliveries';
import { workspaces } from '../db/schema/workspaces';
import { inScope } from '../db/scoped';
import type { CampaignId } from '../ids';
import { startTwilioStandIn } from '../providers/testing-twilio';
import { closeSenders } from '../senders/open-sender';
import { testWorkspace } from '../workspaces/testing';
import { runBatch } from './batch';
import { Engine } from './engine';
import { recordProviderEvents } from './events';
import { retryFailed } from './retry-failed';
import { sendReturned } from './soft-bounces';
import { testSignals } from './testing';
import { testText, testTwilioSender } from './testing-texts';
import { resendUnconfirmed } from './unconfirmed';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  await closeSenders();
  for (const close of closing.splice(0)) await close();
});

async function texting(people: number) {
  const { scope } = await testWorkspace();
  // Whatever the hour of the test.
  await unsafeDatabase()
    .update(workspaces)
    .set({ quietFrom: '00:00', quietUntil: '00:00' })
    .where(eq(workspaces.id, scope.workspaceId));
  const standIn = await startTwilioStandIn();
  closing.push(() => standIn.close());
  const senderId = await testTwilioSender(scope, standIn.url);
  const { listId } = await testList(
    scope,
    Array.from({ length: people }, (_, n) => ({
      ...{ firstName: 'Ann', phone: `+1500555${1000 + n}`, smsSubscribed: true },
    })),
  );
  const campaignId = await testText(scope, senderId, [listId]);
  await launchNow(scope, campaignId);
  await run(scope, campaignId);
  const messages = () => Map.groupBy(standIn.messages, ({ to }) => to);
  return { scope, campaignId, messages };
}

async function run(scope: Scope, campaignId: CampaignId): Promise<void> {
  const engine = new Engine();
  await engine.life.beat();
  await runBatch(engine, scope, { campaignId, batch: 0 }, testSignals());
  await engine.gauge.flush();
}

/** Everybody's message has come back, and the hour until it is sent again is over. */
async function allComeBack(scope: Scope, campaignId: CampaignId) {
  const rows = await ledger(scope, campaignId);
  await recordProviderEvents(
    scope,
    rows.map(({ id, providerMessageId }) => ({
      ...{ deliveryId: id, type: 'soft_bounced', returned: providerMessageId ?? '' },
    })),
  );
  await hourPasses(scope);
  return rows;
}

const hourPasses = (scope: Scope) =>
  inScope(scope, (tx) =>
    tx.update(softBounces).set({ dueAt: sql`now()` }).where(isNotNull(softBounces.dueAt)),
  );

const setStates = (scope: Scope, ids: string[], state: 'failed' | 'unconfirmed') =>
  inScope(scope, (tx) =>
    tx
      .update(deliveries)
      .set({ state, bouncedAt: null })
      .where(and(eq(deliveries.workspaceId, scope.workspaceId), sql`id = any(${sql.param(ids)}::uuid[])`)),
  );

const rounds = 5;

it.each(['nobody', 'pauses', 'cancels'] as const)(
  'sends what came back again once each, whoever else acts at that moment: %s',
  async (who) => {
    for (let round = 0; round < rounds; round++) {
      const { scope, campaignId, messages } = await texting(9);
      const rows = await allComeBack(scope, campaignId);
      const of = (part: number) => rows.filter((_, n) => n % 3 === part);
      // A third failed, so that a person sends these again by hand, and a third is told to have arrived after all.
      await setStates(
        scope,
        of(0).map(({ id }) => id),
        'failed',
      );
      const arrived = of(1).map(({ id }) => ({ deliveryId: id, type: 'delivered' as const }));
      const acts: (() => Promise<unknown>)[] = [
        () => sendReturned(scope),
        () => sendReturned(scope),
        () => run(scope, campaignId),
        () => retryFailed(scope, campaignId),
        () => retryFailed(scope, campaignId),
        () => recordProviderEvents(scope, arrived),
        // Each return is told of once more, in the same words.
        () =>
          recordProviderEvents(
            scope,
            rows.map(({ id, providerMessageId }) => ({
              ...{ deliveryId: id, type: 'soft_bounced', returned: providerMessageId ?? '' },
            })),
          ),
        () => run(scope, campaignId),
      ];
      if (who === 'pauses') acts.push(() => pauseCampaign(scope, campaignId));
      if (who === 'pauses') acts.push(() => resumeCampaign(scope, campaignId));
      if (who === 'cancels') acts.push(() => cancelCampaign(scope, campaignId));
      acts.sort(() => Math.random() - 0.5);
      await Promise.all(acts.map((act) => act()));

      // Whatever was left lying in between is taken up by the next look.
      await resumeCampaign(scope, campaignId);
      await retryFailed(scope, campaignId);
      await sendReturned(scope);
      await run(scope, campaignId);
      const status = await inScope(scope, (tx) => statusOf(tx, scope, campaignId));
      expect(status).toBe(who === 'cancels' && status === 'cancelled' ? 'cancelled' : 'completed');
      const sent = messages();
      const ended = await ledger(scope, campaignId);
      for (const [n, row] of ended.entries()) {
        const got = sent.get(row.address ?? '')?.length ?? 0;
        const isKnown = rows.some(({ id }) => id === row.id);
        expect([isKnown, row.state], `${who}, round ${round}`).toEqual([
          true,
          expect.stringMatching(status === 'cancelled' ? /^(sent|cancelled|failed)$/ : /^sent$/),
        ]);
        // Never three; never one, but for who has it after all, or whose campaign has ended.
        const fewest = status === 'cancelled' || n % 3 === 1 ? 1 : 2;
        expect(got, `${who}, round ${round}: ${row.address}`).toBeGreaterThanOrEqual(fewest);
        expect(got, `${who}, round ${round}: ${row.address}`).toBeLessThanOrEqual(2);
      }
      const due = await inScope(scope, (tx) => tx.$count(softBounces, isNotNull(softBounces.dueAt)));
      expect(due).toBe(0);
    }
  },
  120_000,
);

it('answers the return of a message that a person has sent again meanwhile by no third one', async () => {
  const { scope, campaignId, messages } = await texting(2);
  const rows = await ledger(scope, campaignId);
  const ids = rows.map(({ id }) => id);
  await setStates(scope, ids, 'unconfirmed');
  expect(await resendUnconfirmed(scope, campaignId, ids)).toMatchObject({ ok: true });
  const [early, late] = rows.map(({ id, providerMessageId }) => ({
    ...{ deliveryId: id, type: 'soft_bounced' as const, returned: providerMessageId ?? '' },
  }));
  if (!early || !late) throw new Error('they are in the ledger');
  // The first message comes back while the second waits.
  await recordProviderEvents(scope, [early]);
  await run(scope, campaignId);
  await hourPasses(scope);
  await sendReturned(scope);
  await run(scope, campaignId);
  expect(messages().get(rows[0]?.address ?? '')).toHaveLength(2);
});
