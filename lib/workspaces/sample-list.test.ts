import { expect, test } from 'vitest';
import { mintScope } from '../auth/scope';
import { findCampaign } from '../campaigns/campaigns';
import { launchNow, testCampaign, testList } from '../campaigns/testing';
import { newId, UserId } from '../ids';
import { findList } from '../lists/lists';
import { hasSampleData, loadSampleData, removeSampleData } from './sample-data';
import { testWorkspace } from './testing';

test('what went out to the sample list as well is seen by nobody more once the sample data is gone', async () => {
  const { scope, senderId } = await testWorkspace();
  const { listId } = await testList(scope, [{ email: 'ann@example.com', emailSubscribed: true }]);
  const loaded = await loadSampleData(scope);
  if (!loaded.ok) throw new Error(loaded.problem.message);
  const campaignId = await testCampaign(scope, senderId, [listId, loaded.value.listId]);
  await launchNow(scope, campaignId);
  const marketer = mintScope(
    scope.workspaceId,
    { kind: 'member', id: newId(UserId), role: 'marketer' },
    new Map([[listId, 'send']]),
  );
  const hidden = { ok: false, problem: { code: 'not_found' } };
  expect(await findCampaign(marketer, campaignId)).toMatchObject(hidden);
  expect(await removeSampleData(scope)).toMatchObject({ ok: true });
  expect(await findCampaign(marketer, campaignId)).toMatchObject(hidden);
  expect(await findList(scope, loaded.value.listId)).toMatchObject({
    ok: true,
    value: { archivedAt: expect.any(Date) },
  });
  expect(await hasSampleData(scope)).toBe(false);
});
