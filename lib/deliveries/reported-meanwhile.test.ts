import { eq } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { ledger, makeDue } from '../campaigns/testing';
import { unsafeDatabase } from '../db/client';
import { workspaces } from '../db/schema/workspaces';
import { DeliveryId } from '../ids';
import type { SendResult } from '../providers/provider';
import { runBatch } from './batch';
import { Engine } from './engine';
import { recordProviderEvents } from './events';
import { sweep } from './sweep';
import { endLife, sentResult, standinProvider, testClaim, testSignals } from './testing';
import { launchedBatch, temporary } from './testing-batch';

const doubt: SendResult = { outcome: 'in-doubt', reason: 'in_doubt', detail: 'the line was lost' };
const refused: SendResult = { outcome: 'refused', reason: 'address_refused', detail: '550 5.1.1 unknown' };

async function sendingAgain() {
  const launched = await launchedBatch(1);
  await unsafeDatabase()
    .update(workspaces)
    .set({ unconfirmedPolicy: 'send_again' })
    .where(eq(workspaces.id, launched.scope.workspaceId));
  const rows = () => ledger(launched.scope, launched.campaignId);
  return { ...launched, rows };
}

it.each([
  ['is sent', sentResult],
  ['is refused', refused],
  ['is not accepted now', temporary],
  ['is in doubt as well', doubt],
])(
  'believes what is reported of a first attempt while a second, which %s, is on the wire',
  async (_, second) => {
    const { scope, job, campaignId, rows } = await sendingAgain();
    const { engine, received } = standinProvider(async (message, n) => {
      if (n === 1) return doubt;
      const deliveryId = DeliveryId.parse(message.deliveryId);
      await recordProviderEvents(scope, [{ deliveryId, type: 'delivered' }]);
      return second;
    });
    await runBatch(engine, scope, job, testSignals());
    for (let n = 0; n < 3; n++) {
      await makeDue(scope, campaignId);
      await runBatch(engine, scope, job, testSignals());
    }
    expect(received).toHaveLength(2);
    expect(await rows()).toMatchObject([
      {
        state: 'sent',
        reason: null,
        retryAt: null,
        attempts: 2,
        deliveredAt: expect.any(Date),
        sentAt: expect.any(Date),
      },
    ]);
  },
);

it('believes a report that comes before the attempt ends in doubt', async () => {
  const { scope, job, campaignId, rows } = await sendingAgain();
  const { engine, received } = standinProvider(async (message) => {
    const deliveryId = DeliveryId.parse(message.deliveryId);
    await recordProviderEvents(scope, [{ deliveryId, type: 'delivered' }]);
    return doubt;
  });
  await runBatch(engine, scope, job, testSignals());
  await makeDue(scope, campaignId);
  await runBatch(engine, scope, job, testSignals());
  expect(received).toHaveLength(1);
  expect(await rows()).toMatchObject([{ state: 'sent', reason: null, attempts: 1 }]);
});

it('believes a report about a message whose worker died', async () => {
  const { scope, campaignId, rows } = await sendingAgain();
  const dead = new Engine();
  const { claimed } = await testClaim(dead, scope, campaignId);
  expect(await dead.handovers.write(dead.life.id, dead.handovers.takeLane(), claimed)).toBe(true);
  await recordProviderEvents(
    scope,
    claimed.map(({ id }) => ({ deliveryId: id, type: 'delivered' })),
  );
  await endLife(dead);
  const { engine } = standinProvider(() => sentResult);
  await engine.life.beat();
  await sweep(scope, engine);
  expect(await rows()).toMatchObject([
    { state: 'sent', reason: null, attempts: 1, sentAt: expect.any(Date) },
  ]);
});
