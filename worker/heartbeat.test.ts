import { eq, sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { unsafeDatabase } from '@/lib/db/client';
import { handovers, workers } from '@/lib/db/schema/operation';
import { Engine } from '@/lib/deliveries/engine';
import { forgetDeadWorkers } from '@/lib/deliveries/sweep';
import { startHeartbeat } from './heartbeat';

test('a worker that starts after days without power keeps what another had handed over, for the sweep to see', async () => {
  const dead = crypto.randomUUID();
  const ago = sql`now() - interval '2 days'`;
  await unsafeDatabase().insert(workers).values({ id: dead, seenAt: ago, aliveUntil: ago });
  await unsafeDatabase().insert(handovers).values({ workerId: dead, lane: 0, fence: 1, deliveryIds: [] });
  const end = await startHeartbeat(new Engine(), () => undefined);
  await end();
  const left = () => unsafeDatabase().select().from(handovers).where(eq(handovers.workerId, dead));
  expect(await left()).toHaveLength(1);
  await forgetDeadWorkers();
  expect(await left()).toEqual([]);
});
