import { sql } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { unsafeDatabase } from '../db/client';
import { sandboxMessages } from '../db/schema/deliveries';
import { workers } from '../db/schema/operation';
import { inScope } from '../db/scoped';
import { testWorkspace } from '../workspaces/testing';
import { evaluateAllAlerts } from './evaluate';
import { openAlerts } from './list-alerts';
import { lookForWorkers } from './watchdog';

it('tells that no worker runs when that lasts, which no worker can', async () => {
  const { scope } = await testWorkspace();
  const kinds = async () => (await openAlerts(scope)).map(({ kind }) => kind);
  const { signal } = new AbortController();
  const id = crypto.randomUUID();
  await unsafeDatabase().insert(workers).values({ id, aliveUntil: sql`now() + interval '1 hour'` });
  expect(await lookForWorkers(0, signal)).toBe(0);
  await unsafeDatabase().update(workers).set({ aliveUntil: sql`now()` });
  expect(await lookForWorkers(0, signal)).toBe(1);
  expect(await kinds()).toEqual([]);
  expect(await lookForWorkers(1, signal)).toBe(2);
  expect(await kinds()).toEqual(['worker_gone']);
  await Promise.all([lookForWorkers(2, signal), evaluateAllAlerts(signal)]);
  expect(await kinds()).toEqual(['worker_gone']);
  const mails = await inScope(scope, (tx) =>
    tx.select({ subject: sandboxMessages.subject }).from(sandboxMessages),
  );
  expect(mails).toEqual([{ subject: 'Alert: Nothing is sent: no worker runs (Test Bakery)' }]);
});
