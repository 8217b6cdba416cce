import { eq } from 'drizzle-orm';
import type { Scope } from '@/lib/auth/scope';
import { createCampaign } from '@/lib/campaigns/campaigns';
import { saveDraft } from '@/lib/campaigns/draft';
import { sendCampaign } from '@/lib/campaigns/send';
import { closeDatabase } from '@/lib/db/client';
import { workspaces } from '@/lib/db/schema/workspaces';
import { inScope } from '@/lib/db/scoped';
import type { Channel, UnconfirmedPolicy } from '@/lib/db/states';
import type { Result } from '@/lib/errors';
import type { CampaignId, ListId, SenderId } from '@/lib/ids';
import { runImport } from '@/lib/imports/run-import';
import { started } from '@/lib/imports/testing';
import { closeQueue } from '@/lib/jobs/queue';
import { createList } from '@/lib/lists/lists';
import type { TwilioConfig } from '@/lib/providers/twilio';
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
  /** The mail server's port, a key for Resend, or an account at Twilio. */
} & ({ port: number } | { apiKey: string } | { twilio: TwilioConfig });
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
      // No quiet hours: it runs at any.
      .set({ unconfirmedPolicy: order.policy, quietFrom: '00:00', quietUntil: '00:00' })
      .where(eq(workspaces.id, scope.workspaceId)),
  );
  const { id: listId } = must(await createList(scope, { name: 'Everybody' }));
  const channel = 'twilio' in order ? 'sms' : 'email';
  const audience = Array.from({ length: order.recipients }, (_, n) =>
    channel === 'email' ? `person-${n + 1}@example.com` : `+4915112${345_000 + n}`,
  );
  await importPeople(scope, listId, audience, channel);
  const senderId = await makeSender(scope, order);
  const { id } = must(await createCampaign(scope, { name: 'Chaos', channel }));
  const body = 'Dear {{ first_name }}, the first plum cake is out.';
  const message =
    channel === 'email'
      ? { subject: 'Plum cake for {{ first_name }}', content: { format: 'markdown' as const, body } }
      : { content: { format: 'text' as const, body } };
  must(await saveDraft(scope, id, { revision: 1, changes: { ...message, listIds: [listId], senderId } }));
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

async function importPeople(
  scope: Scope,
  listId: ListId,
  audience: string[],
  channel: Channel,
): Promise<void> {
  const rows = audience.map(
    (address, n) =>
      `${address},Person ${n + 1},${(n + 1) % unwillingEvery === 0 ? 'no' : 'yes'}${channel === 'sms' ? `,p${n}@example.com` : ''}`,
  );
  const importId = await started(
    scope,
    `address,first name,consent${channel === 'sms' ? ',email' : ''}\n${rows.join('\n')}\n`,
    {
      columns:
        channel === 'email'
          ? ['email', 'first_name', 'email_consent']
          : ['phone', 'first_name', 'sms_consent', 'email'],
      list: { id: listId },
    },
  );
  await runImport(scope, importId, new AbortController().signal);
}

async function makeSender(scope: Scope, order: Order): Promise<SenderId> {
  if ('twilio' in order) {
    const details = { channel: 'sms' as const, name: 'Receiver', ...unlimited, ...order.limits };
    return must(await createSender(scope, 'twilio', details, order.twilio)).id;
  }
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
