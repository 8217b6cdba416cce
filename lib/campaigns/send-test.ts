import { and, eq, sql } from 'drizzle-orm';
import { z } from 'zod';
import { countAttempt, tooManyAttempts } from '../auth/attempts';
import { audit } from '../auth/audit';
import { keyOf, type Scope, userOf } from '../auth/scope';
import { sampleCode } from '../codes/code';
import { codeLinks } from '../codes/code-links';
import { sampleSlug, shortUrl } from '../codes/short-links';
import { normalisePhone } from '../contacts/address';
import { suppressions } from '../db/schema/deliveries';
import { contacts } from '../db/schema/lists';
import { senders } from '../db/schema/senders';
import { inScope, type ScopedTx } from '../db/scoped';
import { unsubscribeUrl } from '../deliveries/unsubscribe-token';
import { fail, notFound, ok, type Result } from '../errors';
import type { CampaignId, ContactId, SenderId } from '../ids';
import { composeEmail } from '../messages/compose';
import type { MessageContact } from '../messages/merge-values';
import { type PreparedMessage, prepareMessage } from '../messages/prepare';
import { longestText, measureText } from '../messages/segments';
import { type PreparedText, prepareText } from '../messages/text-message';
import type { SendResult } from '../providers/provider';
import { openSender } from '../senders/open-sender';
import { pause, waitForPermits } from '../throttle/wait';
import { maySendTo } from './access';
import { type Campaign, readCampaign } from './campaigns';
import { companyOf, compileCampaign } from './message';

/** What became of one address of a test, in a sentence for the person who sent it. */
export type TestResult = { to: string; ok: boolean; message: string };
export type TestOrder = { to: string[]; contactId?: ContactId | null };

const most = 10;
const patience = { permits: 15_000, provider: 30_000 };
/** A test reaches addresses that are on no list: it must not become a way to write to many. */
const perAuthor = { limit: 60, windowSeconds: 3600 };
const Address = z.email().max(320);

/** Somebody who has an answer for the usual merge tags, when the workspace has no contact yet. */
const example = { firstName: 'Alex', lastName: 'Example', country: null, attributes: {} };

/**
 * Sends the campaign as it stands to a few addresses, through the same renderer, throttle and provider as the real thing,
 * with the values of a contact. Marked as a test, and in no ledger.
 */
export async function sendTest(
  scope: Scope,
  id: CampaignId,
  order: TestOrder,
): Promise<Result<{ results: TestResult[] }>> {
  const to = [...new Set(order.to.map((address) => address.trim()))].filter((address) => address !== '');
  if (to.length === 0 || to.length > most)
    return fail('invalid', `Enter one to ${most} addresses.`, {
      fields: { to: `Enter one to ${most} addresses.` },
    });
  const found = await inScope(scope, async (tx): Promise<Result<Campaign>> => {
    const campaign = await readCampaign(tx, scope, id);
    if (!campaign) return notFound('campaign');
    const allowed = await maySendTo(tx, scope, id);
    return allowed.ok ? ok(campaign) : allowed;
  });
  if (!found.ok) return found;
  const wait = await countAttempt('test-send', userOf(scope) ?? keyOf(scope) ?? scope.workspaceId, perAuthor);
  if (wait > 0) return tooManyAttempts(wait);
  const campaign = found.value;
  const { senderId } = campaign;
  if (!senderId)
    return fail('invalid', 'Choose a sender first.', { fields: { senderId: 'Choose a sender.' } });
  const compiled = await compileCampaign(scope, campaign);
  if (!compiled.ok) return compiled;
  const values = await inScope(scope, (tx) => exampleContact(tx, scope, campaign, order.contactId ?? null));
  if (!values) return notFound('contact');
  const results: TestResult[] = [];
  for (const address of to)
    results.push(
      compiled.value.channel === 'sms'
        ? await sendText(scope, campaign, prepareText(compiled.value), address, values)
        : await sendOne(scope, campaign, prepareMessage(compiled.value), { ...values, email: address }),
    );
  await inScope(scope, (tx) =>
    audit(tx, scope, 'campaign.tested', id, {
      sent: results.filter((result) => result.ok).length,
      of: to.length,
    }),
  );
  return ok({ results });
}

/** The chosen contact, else any of the campaign's lists. */
async function exampleContact(
  tx: ScopedTx,
  scope: Scope,
  campaign: Campaign,
  contactId: ContactId | null,
): Promise<Omit<MessageContact, 'email'> | undefined> {
  const chosen = contactId
    ? eq(contacts.id, contactId)
    : sql`${contacts.id} = (
        select lc.contact_id from campaign_lists cl
        join list_contacts lc on lc.workspace_id = cl.workspace_id and lc.list_id = cl.list_id
        where cl.workspace_id = ${scope.workspaceId} and cl.campaign_id = ${campaign.id} limit 1)`;
  const [row] = await tx
    .select({
      firstName: contacts.firstName,
      lastName: contacts.lastName,
      country: contacts.country,
      attributes: contacts.attributes,
    })
    .from(contacts)
    .where(and(eq(contacts.workspaceId, scope.workspaceId), chosen));
  return row ?? (contactId ? undefined : example);
}

async function sendOne(
  scope: Scope,
  campaign: Campaign,
  prepared: PreparedMessage,
  contact: MessageContact & { email: string },
): Promise<TestResult> {
  const to = contact.email;
  if (!Address.safeParse(to).success) return { to, ok: false, message: 'This is not an e-mail address.' };
  const company = await companyOf(scope);
  const sender = await senderOf(scope, campaign);
  if (!company || !sender) return { to, ok: false, message: 'The sender is gone. Choose another.' };
  const message = composeEmail({
    prepared,
    workspaceId: scope.workspaceId,
    campaignId: campaign.id,
    listName: company.name,
    company,
    sender,
    contact,
    deliveryId: null,
    // Nobody's: a colleague's test must not be worth anything.
    urls: { unsubscribe: unsubscribeUrl(scope, null), code: codeLinks(sampleCode) },
    test: true,
  });
  if (!message.ok) return { to, ok: false, message: message.problem.message };
  const way = openSender(scope, sender);
  if (way.channel !== 'email') throw new Error('a campaign and its sender are of one channel');
  if (!(await permitted(scope, sender.id, 1))) return { to, ...atLimit };
  const [result] = await way.send(
    [{ ...message.value, testedBy: userOf(scope) ?? keyOf(scope) }],
    AbortSignal.timeout(patience.provider),
  );
  return { to, ...tell(result) };
}

async function sendText(
  scope: Scope,
  campaign: Campaign,
  prepared: PreparedText,
  typed: string,
  contact: Omit<MessageContact, 'email'>,
): Promise<TestResult> {
  const to = normalisePhone(typed, contact.country ?? '') ?? '';
  if (!to)
    return {
      to: typed,
      ok: false,
      message: 'This is not a phone number. Begin with + and the country, like +49 30 901820.',
    };
  if (await hasOptedOut(scope, to))
    return { to, ok: false, message: 'Whoever has this number has texted STOP.' };
  const company = await companyOf(scope);
  const sender = await senderOf(scope, campaign);
  if (!company || !sender) return { to, ok: false, message: 'The sender is gone. Choose another.' };
  // Nobody's: a colleague's test must not be worth anything.
  const own = shortUrl(sampleSlug);
  const text = prepared.render(
    { ...contact, email: null },
    { own, others: prepared.compiled.links.map(() => own), code: codeLinks(sampleCode) },
    company,
  );
  if (!text.ok) return { to, ok: false, message: text.problem.message };
  const body = `[Test] ${text.value}`;
  const { characters } = measureText(text.value);
  const { segments } = measureText(body);
  if (characters > longestText)
    return {
      to,
      ok: false,
      message: `It would have ${characters} characters. A text message has at most ${longestText}.`,
    };
  const way = openSender(scope, sender);
  if (way.channel !== 'sms') throw new Error('a campaign and its sender are of one channel');
  if (!(await permitted(scope, sender.id, segments))) return { to, ...atLimit };
  const [result] = await way.send(
    [
      {
        ...{ deliveryId: null, testedBy: userOf(scope) ?? keyOf(scope) },
        ...{ to, body, statusCallback: null },
      },
    ],
    AbortSignal.timeout(patience.provider),
  );
  return { to, ...tell(result) };
}

async function hasOptedOut(scope: Scope, phone: string): Promise<boolean> {
  const rows = await inScope(scope, (tx) =>
    tx
      .select({ id: suppressions.id })
      .from(suppressions)
      .where(
        and(
          eq(suppressions.workspaceId, scope.workspaceId),
          eq(suppressions.channel, 'sms'),
          eq(suppressions.address, phone),
          eq(suppressions.reason, 'opted_out'),
        ),
      ),
  );
  return rows.length > 0;
}

const atLimit = { ok: false, message: 'The sender is at its rate limit. Try again in a minute.' };

async function permitted(scope: Scope, senderId: SenderId, each: number): Promise<boolean> {
  const throttled = { senderId, campaignId: null };
  const stop = AbortSignal.timeout(patience.permits);
  for (;;) {
    const permits = await waitForPermits(scope, throttled, 1, stop, each);
    if (!permits) return false;
    if (!('waitMs' in permits)) return true;
    if (permits.waitMs > patience.permits || !(await pause(permits.waitMs, stop))) return false;
  }
}

async function senderOf(scope: Scope, campaign: Campaign) {
  if (!campaign.senderId) return undefined;
  const { senderId } = campaign;
  const [row] = await inScope(scope, (tx) =>
    tx
      .select()
      .from(senders)
      .where(and(eq(senders.workspaceId, scope.workspaceId), eq(senders.id, senderId))),
  );
  return row;
}

function tell(result: SendResult | undefined): Omit<TestResult, 'to'> {
  if (!result) return { ok: false, message: 'The provider gave no answer.' };
  if (result.outcome === 'sent') return { ok: true, message: 'Accepted by the provider.' };
  if (result.reason === 'render') return { ok: false, message: result.detail };
  const said = `The provider said: ${result.detail}`;
  switch (result.outcome) {
    case 'refused':
      return { ok: false, message: `It was refused. ${said}` };
    case 'misconfigured':
      return { ok: false, message: `The sender’s settings were refused; correct them in Settings. ${said}` };
    case 'in-doubt':
      return {
        ok: false,
        message: `It may have gone out; look into the mailbox before you send it again. ${said}`,
      };
    case 'retry':
    case 'throttled':
    case 'expired':
      return { ok: false, message: `It did not get through just now. Try again in a moment. ${said}` };
  }
}
