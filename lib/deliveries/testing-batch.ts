import { launchNow, ledger, testCampaign, testList, unthrottle } from '../campaigns/testing';
import type { SendResult } from '../providers/provider';
import { testWorkspace } from '../workspaces/testing';

/** A campaign that was launched to some people without limits, and the job of its first batch. For tests. */
export async function launchedBatch(people: number | { email: string }[]) {
  const { scope, senderId } = await testWorkspace();
  await unthrottle(scope, senderId);
  const { listId, contactIds } = await testList(scope, people);
  const campaignId = await testCampaign(scope, senderId, [listId]);
  await launchNow(scope, campaignId);
  const stateOf = async () => (await ledger(scope, campaignId)).map((row) => row.state);
  return { scope, senderId, contactIds, campaignId, job: { campaignId, batch: 0 }, stateOf };
}

/** An answer after which a message is tried again. For tests. */
export const temporary: SendResult = { outcome: 'retry', reason: 'temporary', detail: '451 4.3.0 try later' };

/** The provider cannot be reached. For tests. */
export const unreachable: SendResult = {
  outcome: 'retry',
  reason: 'connection',
  detail: 'connect ECONNREFUSED',
};
