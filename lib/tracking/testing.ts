import { launchNow, ledger, testCampaign, testList, unthrottle } from '../campaigns/testing';
import { runBatch } from '../deliveries/batch';
import { sentResult, standinProvider, testSignals } from '../deliveries/testing';
import type { CampaignId } from '../ids';
import { testWorkspace } from '../workspaces/testing';
import { answerTracked, type TrackedAnswer } from './answer';
import { changeTracking } from './tracking-rule';

const person =
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/19.0 Safari/605.1.15';
const threeLinks =
  '<a href="https://example.com/a">a</a> <a href="https://example.com/b">b</a> <a href="https://example.com/c?d=e&amp;f=g">c</a>';

/** A campaign that was sent to some people, and the messages that they got, in the order of the ledger. For tests. */
export async function sentTracked(
  people: Parameters<typeof testList>[1],
  { body = threeLinks, off = false }: { body?: string; off?: boolean } = {},
) {
  const { scope, senderId } = await testWorkspace();
  await unthrottle(scope, senderId);
  const { listId, contactIds } = await testList(scope, people);
  const campaignId: CampaignId = await testCampaign(scope, senderId, [listId], {
    content: { format: 'html', body },
  });
  if (off) await changeTracking(scope, { tracking: false });
  await launchNow(scope, campaignId);
  const standin = standinProvider(() => sentResult);
  await runBatch(standin.engine, scope, { campaignId, batch: 0 }, testSignals());
  const rows = await ledger(scope, campaignId);
  const messages = rows.map((row) => standin.received.find((message) => message.deliveryId === row.id));
  return { scope, campaignId, contactIds, rows, messages };
}

/** Somebody asks for an address as it stands in a message. For tests. */
export function visit(
  url: string,
  {
    method = 'GET',
    agent = person,
    purpose = '',
  }: { method?: string; agent?: string; purpose?: string } = {},
): Promise<TrackedAnswer> {
  return answerTracked(new URL(url).pathname, { method, agent, purpose });
}
