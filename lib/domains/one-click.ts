import type { Scope } from '../auth/scope';
import { companyOf } from '../campaigns/message';
import type { Finding } from '../db/domain-report';
import { unsubscribeUrl } from '../deliveries/unsubscribe-token';
import { env } from '../env';
import { CampaignId, newId } from '../ids';
import { compileMessage } from '../messages/compile';
import { composeEmail, type MessageSender } from '../messages/compose';
import { prepareMessage } from '../messages/prepare';

const patienceMs = 10_000;

/**
 * Composes a test message as each reader gets one, takes the address from its headers, and posts to it as a mailbox
 * provider does (RFC 8058). The address of a test message unsubscribes nobody.
 */
export async function checkOneClick(scope: Scope, sender: MessageSender): Promise<Finding> {
  const headers = await testHeaders(scope, sender);
  const list = headers.get('List-Unsubscribe') ?? '';
  const post = headers.get('List-Unsubscribe-Post') ?? '';
  const url = /<(https?:[^>]+)>/.exec(list)?.[1];
  const finding = (verdict: Finding['verdict'], says: string): Finding => ({
    ...{ check: 'one_click', verdict, says, record: null },
    found: [`List-Unsubscribe: ${list}`, `List-Unsubscribe-Post: ${post}`],
  });
  if (!url || post === '') return finding('wrong', 'A message of this sender has no one-click unsubscribe.');
  const problem = await tryIt(url, post);
  if (problem) return finding('wrong', problem);
  if (!url.startsWith('https:'))
    return finding(
      'wrong',
      `It works, but mailbox providers use it over https alone, and APP_URL is ${env().APP_URL}.`,
    );
  return finding('good', 'It was tried on a test message, and works.');
}

async function testHeaders(scope: Scope, sender: MessageSender): Promise<Map<string, string>> {
  const company = await companyOf(scope);
  if (!company) throw new Error('a sender belongs to a workspace');
  const compiled = await compileMessage({
    ...{ subject: 'Test', preheader: '', content: { format: 'markdown', body: 'Test' }, company },
  });
  if (!compiled.ok) throw new Error(compiled.problem.message);
  const message = composeEmail({
    ...{ prepared: prepareMessage(compiled.value), sender, listName: 'Test', company, test: true },
    ...{ workspaceId: scope.workspaceId, campaignId: newId(CampaignId), deliveryId: null },
    contact: { email: 'reader@example.com', firstName: '', lastName: '', attributes: {} },
    urls: { unsubscribe: unsubscribeUrl(scope, null) },
  });
  return new Map(message.ok ? message.value.headers : []);
}

async function tryIt(url: string, body: string): Promise<string | undefined> {
  try {
    const answer = await fetch(url, {
      ...{ method: 'POST', body, redirect: 'manual', signal: AbortSignal.timeout(patienceMs) },
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    await answer.body?.cancel();
    return answer.status === 200
      ? undefined
      : `${new URL(url).origin} answered ${answer.status} to it, not 200.`;
  } catch {
    return `${new URL(url).origin} does not answer. Is APP_URL the address at which the world reaches this server?`;
  }
}
