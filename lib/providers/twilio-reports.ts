import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { DeliveryId } from '../ids';
import { storable } from '../text';
import type { IncomingReport, IncomingText, ProviderEvent, ProviderEventType } from './provider';

/*
 * What Twilio tells of messages by itself, and what people answer to them: forms, signed with the account's auth token
 * (twilio.com/docs/usage/security, twilio.com/docs/messaging/guides/track-outbound-message-status).
 */

/** The parameter of the address that leads back to the delivery, also before the answer that named the message was read. */
export const deliveryParameter = 'delivery';

const mostBytes = 50_000;

const formOf = (body: Uint8Array) => new URLSearchParams(Buffer.from(body).toString('utf8'));

/** What tells a report from all others, if it was signed with this token. Twilio signs no time: it is known by its id. */
export function identifyTwilio(
  authToken: string,
  { url, headers, body }: IncomingReport,
): string | undefined {
  // Twilio's are a fiftieth of that, and to put the fields of the largest in order takes a second.
  if (body.byteLength > mostBytes) return undefined;
  const form = formOf(body);
  // The address as Twilio was given it, and behind it all names and values, by name.
  const signed = [...form].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).flat();
  const expected = createHmac('sha1', authToken)
    .update(url + signed.join(''))
    .digest();
  const given = Buffer.from(headers.get('x-twilio-signature') ?? '', 'base64');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
  const sid = form.get('MessageSid') ?? '';
  if (!/^[A-Za-z0-9]{1,100}$/.test(sid)) return undefined;
  return `${sid}:${storable(form.get('MessageStatus')?.slice(0, 50) ?? 'text')}`;
}

/** The parts that are read later: no account, no names of places. */
export function keepTwilio({ url, body }: IncomingReport): string {
  const form = formOf(body);
  const value = (name: string) => {
    const text = form.get(name);
    return text === null ? null : storable(text.slice(0, 1600));
  };
  const kept: z.input<typeof Kept> = {
    delivery: new URL(url).searchParams.get(deliveryParameter),
    sid: value('MessageSid') ?? '',
    status: value('MessageStatus'),
    code: value('ErrorCode'),
    from: value('From') ?? '',
    text: value('Body') ?? '',
    optOut: value('OptOutType'),
  };
  return JSON.stringify(kept);
}

const Kept = z.object({
  delivery: z.string().nullable(),
  sid: z.string(),
  status: z.string().nullable(),
  code: z.string().nullable(),
  from: z.string(),
  text: z.string(),
  /** What Twilio has understood, and answered, by itself. */
  optOut: z.string().nullable(),
});

export function eventsOfTwilio(kept: string): ProviderEvent[] {
  const { delivery, sid, status, code } = Kept.parse(JSON.parse(kept));
  const deliveryId = DeliveryId.safeParse(delivery);
  const type = typeOf(status, Number(code));
  if (!type || !deliveryId.success) return [];
  const comesBackForNow = (type === 'soft_bounced' || type === 'undelivered') && forNow.has(Number(code));
  return [{ deliveryId: deliveryId.data, type, ...(comesBackForNow && { returned: sid }) }];
}

function typeOf(status: string | null, code: number): ProviderEventType | undefined {
  switch (status) {
    case 'queued':
    case 'accepted':
    case 'scheduled':
    case 'sending':
    case 'sent':
      return 'accepted';
    case 'delivered':
    case 'read':
      return 'delivered';
    case 'undelivered':
    case 'failed':
      // Most of its many codes are about the sender, its account or a carrier's rules: held against nobody.
      return failures[code] ?? 'undelivered';
  }
}

/** Why a message did not arrive, as far as the code says more than that it did not (twilio.com/docs/api/errors). */
const failures: Record<number, ProviderEventType> = {
  21610: 'opted_out', // they have texted STOP
  21211: 'bounced', // not a number
  21614: 'bounced', // it cannot receive texts
  30005: 'bounced', // there is nobody behind it
  30006: 'bounced', // a landline
  30003: 'soft_bounced', // switched off, or out of reach
  30004: 'soft_bounced', // the phone takes none
};

/** Later it may work, and Twilio does not try again: a phone out of reach, a full queue, a busy network, the day's quota. */
const forNow = new Set([30001, 30003, 30017, 30022, 30023]);

const words = {
  stop: ['stop', 'stopall', 'unsubscribe', 'cancel', 'end', 'quit', 'optout', 'revoke'],
  start: ['start', 'yes', 'unstop'],
  help: ['help', 'info'],
};

/** What somebody wrote, if that is what came. A word counts when it stands alone, in letters of any size. */
export function textOfTwilio(kept: string): IncomingText | undefined {
  const { sid, status, from, text, optOut } = Kept.parse(JSON.parse(kept));
  if (status !== null) return undefined;
  // As some keyboards write it, in letters of full width.
  const letters = (optOut ?? text)
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}]/gu, '');
  const word = letters.replace(/[^a-z]/g, '');
  const asks = words.stop.includes(word)
    ? 'stop'
    : // “Do not start”, say, where all but that word is in another script: only to end it no more is asked for than the word.
      words.start.includes(letters)
      ? 'start'
      : words.help.includes(word)
        ? 'help'
        : null;
  return { id: sid, from, text, asks, isAnswered: optOut !== null };
}

const escapes: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** TwiML (twilio.com/docs/messaging/twiml): nothing, or one message to whoever wrote. */
export const twiml = (reply: string | null): { type: string; body: string } => ({
  type: 'text/xml; charset=utf-8',
  body: `<?xml version="1.0" encoding="UTF-8"?><Response>${
    reply === null ? '' : `<Message>${reply.replace(/[&<>"']/g, (char) => escapes[char] ?? char)}</Message>`
  }</Response>`,
});
