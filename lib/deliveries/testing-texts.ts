import { createHmac, randomUUID } from 'node:crypto';
import { eq } from 'drizzle-orm';
import type { Scope } from '../auth/scope';
import { launchNow, ledger, testCampaign, testList } from '../campaigns/testing';
import { unsafeDatabase } from '../db/client';
import type { campaigns } from '../db/schema/campaigns';
import { contactEvents } from '../db/schema/deliveries';
import type { contacts } from '../db/schema/lists';
import { workspaces } from '../db/schema/workspaces';
import { inScope } from '../db/scoped';
import { env } from '../env';
import type { CampaignId, ListId, SenderId } from '../ids';
import type { IncomingReport } from '../providers/provider';
import { startTwilioStandIn, type TwilioScript, twilioAccount } from '../providers/testing-twilio';
import { closeSenders } from '../senders/open-sender';
import { createSender } from '../senders/senders';
import { testWorkspace } from '../workspaces/testing';
import { runBatch } from './batch';
import { Engine } from './engine';
import { reportAddress } from './report-address';
import { processAllReports, receiveReport } from './reports';
import { testSignals } from './testing';

/** A sender of text messages through a stand-in for Twilio. */
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

const standIns: (() => Promise<void>)[] = [];

/** Ends what `texting` has started. For tests. */
export async function closeTexts(): Promise<void> {
  await closeSenders();
  for (const close of standIns.splice(0)) await close();
}

type Person = Partial<typeof contacts.$inferInsert>;
let phones = 0;
/** Somebody who agreed to text messages, with a number of their own. For tests. */
export const person = (more: Person = {}): Person => ({
  firstName: 'Ann',
  phone: `+1500555${String(1000 + phones++)}`,
  smsSubscribed: true,
  ...more,
});

/** A sender at a stand-in for Twilio, and people to write to. For tests. */
export async function texting(people: Person[], script?: TwilioScript, perMinute: number | null = null) {
  const { scope } = await testWorkspace();
  // Whatever the hour of the test.
  await unsafeDatabase()
    .update(workspaces)
    .set({ quietFrom: '00:00', quietUntil: '00:00' })
    .where(eq(workspaces.id, scope.workspaceId));
  const standIn = await startTwilioStandIn(script);
  standIns.push(() => standIn.close());
  const senderId = await testTwilioSender(scope, standIn.url, perMinute);
  const { listId } = await testList(scope, people);
  const send = async (body?: string) => {
    const campaignId = await testText(scope, senderId, [listId], body);
    await launchNow(scope, campaignId);
    return { campaignId, end: await run(scope, campaignId) };
  };
  return { scope, senderId, listId, standIn, send };
}

/** Sends the first batch of a campaign. For tests. */
export const run = async (scope: Scope, campaignId: CampaignId) => {
  const engine = new Engine();
  await engine.life.beat();
  const end = await runBatch(engine, scope, { campaignId, batch: 0 }, testSignals());
  await engine.gauge.flush();
  return end;
};

/** What became of whom, with the reason. For tests. */
export const states = async (scope: Scope, campaignId: CampaignId) =>
  (await ledger(scope, campaignId)).map(({ state, reason }) => (reason ? `${state}: ${reason}` : state));

/** What the histories of contacts say. For tests. */
export const lastEvents = (scope: Scope) =>
  inScope(scope, (tx) =>
    tx
      .select({ type: contactEvents.type, detail: contactEvents.detail })
      .from(contactEvents)
      .orderBy(contactEvents.id),
  );

/** A number as Twilio gives them. For tests. */
export const sid = () => `SM${randomUUID().replaceAll('-', '')}`;

/** What Twilio says of a message. For tests. */
export const status = (MessageStatus: string, more: Record<string, string> = {}) => ({
  ...{ MessageSid: sid(), MessageStatus },
  ...more,
});

/** Twilio reports something, and it is dealt with. For tests. */
export const tell = async (
  scope: Scope,
  senderId: SenderId,
  form: Record<string, string>,
  delivery?: string,
  token?: string,
) => {
  const report = twilioReport(scope, senderId, form, { delivery, token });
  const received = await receiveReport('twilio', reportToken(scope, senderId), report);
  await processAllReports(scope);
  return received;
};
