import PostalMime, { type Email } from 'postal-mime';
import { DeliveryId } from '../ids';
import { log } from '../log';
import type { ProviderEvent } from '../providers/provider';
import { singleLine } from '../text';
import { kindOf, mildest, type RecipientStatus, wasTriedOnce } from './bounce-kind';
import { type Fields, readFields } from './fields';

/** What a message that came back tells. */
export type Bounce = {
  /** Of the report itself, to know it again. */
  messageId: string | null;
  /** The delivery that it is about, where the message that came back, or an address, names one. */
  deliveryId: DeliveryId;
  /** Null: it tells nothing of the message. */
  type: ProviderEvent['type'] | null;
  /** What the server said, on one line. */
  detail: string;
  /** It may be taken later, and nobody has tried more than once. */
  triedOnce: boolean;
};

/**
 * A report says what it has to say at its beginning, and the rest is the message that came back. Some messages that somebody
 * makes for it take four times as long when they are twice as long, and whoever reads them does nothing else meanwhile.
 */
export const mostBytes = 100_000;
const mostDetail = 500;
const mostDiagnostic = 2000;

/**
 * Reads a delivery status notification (RFC 3464), a feedback report (RFC 5965), or what older servers write in words.
 * Undefined for everything else: answers of people and of their absence, receipts, and what names no delivery.
 */
export async function readBounce(raw: Uint8Array): Promise<Bounce | undefined> {
  try {
    return await read(raw);
  } catch (error) {
    // Whoever can write to the mailbox must not be able to keep it from being read on. The message may quote the text.
    log.error(
      { fault: error instanceof Error ? error.name : 'unknown' },
      'a returned message could not be read',
    );
    return undefined;
  }
}

async function read(raw: Uint8Array): Promise<Bounce | undefined> {
  const email = await PostalMime.parse(raw.subarray(0, mostBytes), {
    ...{ forceRfc822Attachments: true, maxNestingDepth: 20, maxHeadersSize: 500_000 },
  }).catch(() => undefined);
  if (!email) return undefined;
  const original = originalOf(email);
  const told = feedbackOf(email) ?? statusOf(email, original) ?? wordsOf(email);
  const deliveryId = told && deliveryOf(email, original);
  if (!told || !deliveryId) return undefined;
  const detail = singleLine(told.detail).slice(0, mostDetail).toWellFormed();
  return {
    messageId: email.messageId ?? null,
    deliveryId,
    type: told.type,
    detail,
    triedOnce: told.triedOnce === true,
  };
}

type Told = Pick<Bounce, 'type' | 'detail'> & { triedOnce?: boolean };

const partOf = (email: Email, types: RegExp): string | undefined => {
  const part = email.attachments.find(({ mimeType }) => types.test(mimeType));
  if (!part) return undefined;
  return typeof part.content === 'string' ? part.content : new TextDecoder().decode(part.content);
};

/** The header of the message that came back. */
function originalOf(email: Email): Fields {
  const attached = partOf(
    email,
    /^(?:message\/(?:rfc822|global|rfc822-headers|global-headers)|text\/rfc822-headers)$/,
  );
  return readFields(attached ?? '')[0] ?? new Map();
}

const complaints = new Set(['abuse', 'fraud', 'opt-out', 'opt-out-list']);

/** Somebody pressed the button for spam, at a provider that tells of it. */
function feedbackOf(email: Email): Told | undefined {
  const report = partOf(email, /^message\/feedback-report$/);
  const feedback =
    report === undefined ? undefined : readFields(report)[0]?.get('feedback-type')?.toLowerCase();
  if (feedback === undefined) return undefined;
  return { type: complaints.has(feedback) ? 'complained' : null, detail: `Feedback: ${feedback}` };
}

function statusOf(email: Email, original: Fields): Told | undefined {
  const report = partOf(email, /^message\/(?:global-)?delivery-status$/);
  if (report === undefined) return undefined;
  const recipients = readFields(report).filter((fields) => fields.has('action'));
  const to = original.get('to')?.toLowerCase();
  const named = recipients.filter((fields) =>
    ['original-recipient', 'final-recipient'].some((name) => {
      const address = fields
        .get(name)
        ?.replace(/^[^;]*;/, '')
        .replace(/[<>\s]/g, '')
        .toLowerCase();
      return address && to?.includes(address);
    }),
  );
  const worst = mildest((named.length > 0 ? named : recipients).map(recipientOf));
  if (!worst) return undefined;
  const { diagnostic, status } = worst.said;
  const detail = diagnostic.replace(/^[\w-]+\s*;\s*/, '') || status;
  return { type: worst.kind, detail, triedOnce: wasTriedOnce(worst.said) };
}

const recipientOf = (fields: Fields): RecipientStatus => ({
  action: fields.get('action') ?? '',
  status: fields.get('status') ?? '',
  diagnostic: (fields.get('diagnostic-code') ?? '').slice(0, mostDiagnostic),
});

const postmasters = /^(?:mailer-daemon|postmaster|mdaemon|mail-daemon|mailerdaemon)(?:@|$)/i;
/** A reply code or an enhanced one, and what is said with it. */
const refusal =
  /(?:^|[\s:(#])((?:[45]\d\d[ -]#?[45]\.\d{1,3}\.\d{1,3}|[45]\d\d|#?[45]\.\d{1,3}\.\d{1,3})\b[^\n]*(?:\n[ \t]+[^\n]+)?)/;

/** Servers that report in words alone. Only what a mail server sends is believed, and only with a code. */
function wordsOf(email: Email): Told | undefined {
  const header = new Map(email.headers.map(({ key, value }) => [key, value]));
  const from = email.from?.address ?? '';
  const isServer = postmasters.test(from) || header.has('x-failed-recipients');
  const isReport = /^multipart\/report\b/i.test(header.get('content-type') ?? '');
  if (!isServer || isReport || isAutoReply(header)) return undefined;
  const text = (email.text ?? '').split(
    /^-+ ?(?:This is a copy|Below this line|Original message|Returned message)/im,
  )[0];
  const said = refusal.exec(text ?? '')?.[1]?.slice(0, mostDiagnostic);
  if (/\b(?:delay|warning)/i.test(email.subject ?? '')) return { type: 'deferred', detail: said ?? '' };
  if (said === undefined) return undefined;
  const recipient = { action: 'failed', status: '', diagnostic: said.replace(/^#/, '') };
  return { type: kindOf(recipient), detail: said, triedOnce: wasTriedOnce(recipient) };
}

/** RFC 3834, and what was there before it. A mail server's own reports come first: some of them say so of themselves too. */
function isAutoReply(header: Fields): boolean {
  return (
    ['x-autoreply', 'x-autorespond', 'x-auto-response'].some((name) => header.has(name)) ||
    (/^auto-replied\b/i.test(header.get('auto-submitted') ?? '') && !header.has('x-failed-recipients')) ||
    /^auto[_-]?reply$/i.test(header.get('precedence') ?? '')
  );
}

const uuid = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
const inMessageId = new RegExp(`<(${uuid})@`, 'gi');
const inAddress = new RegExp(`(?:^|[^0-9a-f-])(${uuid})@`, 'gi');
const inText = new RegExp(`^[> \\t]*(?:X-Posthaste-Delivery:[ \\t]*|Message-ID:[ \\t]*<)(${uuid})`, 'im');

/** From what leads back most surely: the message that came back, what the report answers, the address that it came to. */
function deliveryOf(email: Email, original: Fields): DeliveryId | undefined {
  const all = (key: string) => email.headers.filter((header) => header.key === key).map(({ value }) => value);
  const found = (pattern: RegExp, values: string[]) =>
    values.flatMap((value) => [...value.matchAll(pattern)].map(([, id]) => id));
  const candidates = [
    original.get('x-posthaste-delivery'),
    ...found(inMessageId, [original.get('message-id') ?? '']),
    ...found(inMessageId, [...all('in-reply-to'), ...all('references')]),
    ...found(inAddress, [
      ...['to', 'delivered-to', 'x-original-to', 'envelope-to', 'x-envelope-to'].flatMap(all),
      original.get('return-path') ?? '',
    ]),
    inText.exec(email.text ?? '')?.[1],
  ];
  for (const candidate of candidates) {
    const id = DeliveryId.safeParse(candidate?.trim().toLowerCase());
    if (id.success) return id.data;
  }
  return undefined;
}
