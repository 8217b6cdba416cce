import { sql } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { launchNow, testCampaign, testList } from '../campaigns/testing';
import { unsafeDatabase } from '../db/client';
import { inScope } from '../db/scoped';
import { testWorkspace } from '../workspaces/testing';
import { viewStatement } from './batch-view';

it('looks at a batch without reading all others, also while nobody has got the message', async () => {
  const { scope, senderId } = await testWorkspace();
  const { listId } = await testList(scope, 5000);
  const campaignId = await testCampaign(scope, senderId, [listId]);
  await launchNow(scope, campaignId);
  await unsafeDatabase().execute('analyze deliveries');
  const plan = await inScope(scope, (tx) =>
    tx.execute(sql`explain (analyze, timing off, format json) ${viewStatement(scope, campaignId, 99)}`),
  );
  const passedOver = JSON.stringify(plan).matchAll(/"Rows Removed by Filter":(\d+)/g);
  expect([...passedOver].map(([, rows]) => Number(rows)).filter((rows) => rows > 50)).toEqual([]);
});
