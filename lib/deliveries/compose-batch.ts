import { randomUUID } from 'node:crypto';
import type { Scope } from '../auth/scope';
import { codeLinks } from '../codes/code-links';
import { codesOfDeliveries } from '../codes/contact-codes';
import { shortUrlsOf } from '../codes/short-links';
import type { ContactCode, DeliveryId } from '../ids';
import { composeEmail } from '../messages/compose';
import type { PreparedMessage } from '../messages/prepare';
import { charactersOf, longestText, measureText } from '../messages/segments';
import type { PreparedText } from '../messages/text-message';
import type { EmailMessage, SendResult, SmsMessage } from '../providers/provider';
import type { OpenSender, SenderOf } from '../senders/open-sender';
import { trackingUrl } from '../tracking/tracking-token';
import type { Claimed } from './claim';
import type { Handover } from './hand-over';
import type { KeptRequest } from './handovers';
import { notTried, settle, tooLong } from './outcome';
import { untilWritten } from './persist';
import { reportAddress } from './report-address';
import type { Settled } from './settle';
import { unsubscribeUrl } from './unsubscribe-token';

/** Messages that can go out together, and those who get none. */
export type Outgoing = {
  /** Whom they go to, in their order. */
  held: Claimed[];
  failed: Settled[];
  /** For how much each counts under limits, if not for one. */
  weights?: number[];
  /** Calls the provider once. */
  send(signal: AbortSignal): Promise<SendResult[]>;
  /** The one request that sends them, of a provider that knows it again. */
  request: KeptRequest | undefined;
};

/** Composes what was claimed. When it throws, nothing went out. */
export function composeBatch(
  scope: Scope,
  handover: Handover,
  sender: OpenSender,
  abort: AbortSignal,
): Promise<Outgoing> {
  const { prepared } = handover;
  if (sender.channel === 'email' && prepared.channel === 'email')
    return composeEmails(scope, handover, prepared.message, sender, abort);
  if (sender.channel === 'sms' && prepared.channel === 'sms')
    return composeTexts(scope, handover, prepared.message, sender, abort);
  throw new Error('a campaign and its sender are of one channel');
}

async function composeEmails(
  scope: Scope,
  handover: Handover,
  prepared: PreparedMessage,
  sender: SenderOf<'email'>,
  abort: AbortSignal,
): Promise<Outgoing> {
  const ids = handover.claimed.map(({ id }) => id);
  const codes = await readCodes(scope, prepared.usesCode ? ids : [], abort);
  const company = prepared.compiled.company ?? handover.view.company;
  const held: Claimed[] = [];
  const messages: EmailMessage[] = [];
  const failed: Settled[] = [];
  for (const claimed of handover.claimed) {
    const code = codes.get(claimed.id);
    const message = composeEmail({
      prepared,
      workspaceId: scope.workspaceId,
      campaignId: handover.campaignId,
      listName: company.name,
      company,
      sender: handover.view.sender,
      contact: { ...claimed.contact, email: claimed.address },
      deliveryId: claimed.id,
      urls: {
        unsubscribe: unsubscribeUrl(scope, claimed.id),
        code: code && codeLinks(code, handover.campaignId),
        tracking: handover.view.tracking && claimed.tracking ? trackingUrl(scope, claimed.id) : undefined,
      },
      test: false,
    });
    if (message.ok) {
      held.push(claimed);
      messages.push(timed(message.value, handover));
    } else failed.push(unfit(claimed, message.problem.message));
  }
  const { replays } = sender;
  const request = replays &&
    held.length > 0 && {
      key: randomUUID(),
      body: replays.freeze(messages),
      count: messages.length,
      account: replays.account,
      forMs: replays.forMs,
    };
  return { held, failed, request: request || undefined, send: (signal) => sender.send(messages, signal) };
}

async function composeTexts(
  scope: Scope,
  handover: Handover,
  prepared: PreparedText,
  sender: SenderOf<'sms'>,
  abort: AbortSignal,
): Promise<Outgoing> {
  const ids = handover.claimed.map(({ id }) => id);
  const codes = await readCodes(scope, prepared.usesCode ? ids : [], abort);
  let urls = new Map<DeliveryId, string[]>();
  await untilWritten(async () => {
    urls = await shortUrlsOf(scope, ids, prepared.compiled.links.length);
  }, abort);
  const company = prepared.compiled.company ?? handover.view.company;
  const statusCallback = reportAddress(scope, handover.view.sender);
  const held: Claimed[] = [];
  const messages: SmsMessage[] = [];
  const weights: number[] = [];
  const failed: Settled[] = [];
  for (const claimed of handover.claimed) {
    const code = codes.get(claimed.id);
    const [own = '', ...others] = urls.get(claimed.id) ?? [];
    const links = { own, others, code: code && codeLinks(code, handover.campaignId) };
    const text = prepared.render(claimed.contact, links, company);
    if (!text.ok) failed.push(unfit(claimed, text.problem.message));
    else if (charactersOf(text.value) > longestText) failed.push({ claimed, settlement: tooLong });
    // It has become longer since its permit was asked for: then it asks again.
    else if (measureText(text.value).segments > handover.each) failed.push({ claimed, settlement: notTried });
    else {
      held.push(claimed);
      weights.push(measureText(text.value).segments);
      const { id: deliveryId, address: to } = claimed;
      messages.push(timed({ deliveryId, to, body: text.value, statusCallback }, handover));
    }
  }
  return { held, failed, weights, request: undefined, send: (signal) => sender.send(messages, signal) };
}

const timed = <Message extends object>(message: Message, { permits: { until } }: Handover) =>
  Number.isFinite(until) ? { ...message, until } : message;

function unfit(claimed: Claimed, detail: string): Settled {
  const refused = { outcome: 'refused', reason: 'render', detail } as const;
  return { claimed, settlement: settle(refused, claimed.attempt, 0) };
}

/** The personal codes of recipients whose message shows them. */
async function readCodes(
  scope: Scope,
  ids: DeliveryId[],
  abort: AbortSignal,
): Promise<ReadonlyMap<DeliveryId, ContactCode>> {
  let codes: ReadonlyMap<DeliveryId, ContactCode> = new Map();
  if (ids.length === 0) return codes;
  await untilWritten(async () => {
    codes = await codesOfDeliveries(scope, ids);
  }, abort);
  return codes;
}
