import { eq } from 'drizzle-orm';
import type { Scope } from '@/lib/auth/scope';
import { createCampaign } from '@/lib/campaigns/campaigns';
import { saveDraft } from '@/lib/campaigns/draft';
import { sendCampaign } from '@/lib/campaigns/send';
import { closeDatabase } from '@/lib/db/client';
import { workspaces } from '@/lib/db/schema';
import { inScope } from '@/lib/db/scoped';
import type { UnconfirmedPolicy } from '@/lib/db/states';
import type { Result } from '@/lib/errors';
import type { CampaignId, ListId, SenderId } from '@/lib/ids';
import { runImport } from '@/lib/imports/run-import';
import { started } from '@/lib/imports/testing';
import { closeQueue } from '@/lib/jobs/queue';
import { createList } from '@/lib/lists/lists';
import { createSender } from '@/lib/senders/senders';
import { testWorkspace } from '@/lib/workspaces/testing';
import type { Limits } from './limits';

/** For a sender that may send as fast as it can. */
export const unlimited = { perSecond: null, perMinute: null, perHour: null, perDay: null };

/** One in so many does not want mail: they must end as `skipped`, and nothing may arrive for them. */
const unwillingEvery = 50;

export type Order = {
  recipients: number;
  limits: Limits | typeof unlimited;
  policy: UnconfirmedPolicy;
  /** The mail server's port, or a key for Resend. */
} & ({ port: number } | { apiKey: string });
export type Prepared = { audience: string[]; send: () => Promise<CampaignId> };

function must<Value>(result: Result<Value>): Value {
  if (!result.ok) throw new Error(`${result.problem.message} ${JSON.stringify(result.problem.fields ?? {})}`);
  return result.value;
}

/** A workspace, a list of people and a draft, made by the product's own verbs. Needs a prepared DATABASE_URL. */
export async function prepareCampaign(order: Order): Promise<Prepared> {
  const { scope } = await testWorkspace('Chaos Bakery');
  await inScope(scope, (tx) =>
    tx
      .update(workspaces)
      .set({ unconfirmedPolicy: order.policy })
      .where(eq(workspaces.id, scope.workspaceId)),
  );
  const { id: listId } = must(await createList(scope, { name: 'Everybody' }));
  const audience = Array.from({ length: order.recipients }, (_, n) => `person-${n + 1}@example.com`);
  await importPeople(scope, listId, audience);
  const senderId = await makeSender(scope, order);
  const { id } = must(await createCampaign(scope, { name: 'Chaos' }));
  const changes = {
    subject: 'Plum cake for {{ first_name }}',
    content: { format: 'markdown' as const, body: 'Dear {{ first_name }}, the first plum cake is out.' },
    listIds: [listId],
    senderId,
  };
  must(await saveDraft(scope, id, { revision: 1, changes }));
  return {
    audience,
    async send() {
      must(await sendCampaign(scope, id));
      await closeQueue();
      await closeDatabase();
      return id;
    },
  };
}

async function importPeople(scope: Scope, listId: ListId, audience: string[]): Promise<void> {
  const rows = audience.map(
    (address, n) => `${address},Person ${n + 1},${(n + 1) % unwillingEvery === 0 ? 'no' : 'yes'}`,
  );
  const importId = await started(scope, `email,first name,consent\n${rows.join('\n')}\n`, {
    columns: ['email', 'first_name', 'email_consent'],
    list: { id: listId },
  });
  await runImport(scope, importId, new AbortController().signal);
}

async function makeSender(scope: Scope, order: Order): Promise<SenderId> {
  const details = {
    channel: 'email' as const,
    name: 'Receiver',
    fromName: 'Chaos Bakery',
    fromEmail: 'news@example.com',
    replyTo: null,
    ...{ perSecond: null, perHour: null, perDay: null },
    ...order.limits,
  };
  if ('apiKey' in order)
    return must(await createSender(scope, 'resend', details, { apiKey: order.apiKey })).id;
  const settings = { host: '127.0.0.1', port: order.port, security: 'none', user: '', password: '' };
  return must(await createSender(scope, 'smtp', details, settings)).id;
}
