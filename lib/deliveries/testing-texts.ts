import { createHmac } from 'node:crypto';
import type { Scope } from '../auth/scope';
import { testCampaign } from '../campaigns/testing';
import type { campaigns } from '../db/schema/campaigns';
import { env } from '../env';
import type { CampaignId, ListId, SenderId } from '../ids';
import type { IncomingReport } from '../providers/provider';
import { twilioAccount } from '../providers/testing-twilio';
import { createSender } from '../senders/senders';
import { reportAddress } from './report-address';

/** A sender of text messages through a stand-in for Twilio. For tests. */
export async function testTwilioSender(scope: Scope, baseUrl: string, perMinute: number | null = null) {
  Object.assign(env(), { TWILIO_BASE_URL: baseUrl });
  const details = {
    ...{ channel: 'sms' as const, name: 'Texts' },
    ...{ perSecond: null, perMinute, perHour: null, perDay: null },
  };
  const made = await createSender(scope, 'twilio', details, twilioAccount);
  if (!made.ok) throw new Error(made.problem.message);
  return made.value.id;
}

/** A complete draft of a text message over lists. For tests. */
export const testText = (
  scope: Scope,
  senderId: SenderId,
  listIds: ListId[],
  body = 'Hello {{ first_name }}, fresh bread.',
  more: Partial<typeof campaigns.$inferInsert> = {},
): Promise<CampaignId> =>
  testCampaign(scope, senderId, listIds, {
    ...{ channel: 'sms', subject: '', content: { format: 'text', body } },
    ...more,
  });

/** What Twilio posts to a sender's address, signed as it signs it. For tests. */
export function twilioReport(
  scope: Scope,
  senderId: SenderId,
  form: Record<string, string>,
  { delivery, token = twilioAccount.authToken }: { delivery?: string; token?: string } = {},
): IncomingReport {
  const url = `${reportAddress(scope, { id: senderId, provider: 'twilio' })}${delivery ? `?delivery=${delivery}` : ''}`;
  const signed = Object.keys(form)
    .sort()
    .map((name) => `${name}${form[name]}`);
  const signature = createHmac('sha1', token)
    .update(url + signed.join(''))
    .digest('base64');
  return {
    url,
    headers: new Headers({ 'x-twilio-signature': signature }),
    body: Buffer.from(new URLSearchParams(form).toString()),
  };
}

/** The last step of a sender's address for reports. For tests. */
export const reportToken = (scope: Scope, id: SenderId): string =>
  reportAddress(scope, { id, provider: 'twilio' }).split('/').at(-1) ?? '';
