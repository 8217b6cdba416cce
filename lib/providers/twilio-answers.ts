import { z } from 'zod';
import type { FailReason } from '../db/states';
import { type HttpAnswer, oneLine, parseJson, retryAfterMs } from './http-client';
import type { ConnectionCheck, SendResult } from './provider';

type Failure = Exclude<SendResult, { outcome: 'sent' }>;
type Verdict = [outcome: Failure['outcome'], reason: FailReason];

/** Twilio's error codes (twilio.com/docs/api/errors) that say more than the HTTP status beside them. */
const codes: Record<number, Verdict> = {
  20003: ['misconfigured', 'authentication'], // wrong account or token
  20005: ['misconfigured', 'authentication'], // the account is not active
  20404: ['misconfigured', 'authentication'], // there is no such account
  30002: ['misconfigured', 'authentication'], // the account was suspended meanwhile
  20429: ['throttled', 'throttled'], // too many requests
  21611: ['throttled', 'throttled'], // too many messages wait to go out from this number
  30001: ['throttled', 'throttled'], // the same, found out later
  63038: ['throttled', 'throttled'], // the account's messages of this day are used up
  21212: ['misconfigured', 'sender_refused'], // not a number that one can send from
  21603: ['misconfigured', 'sender_refused'], // there is none
  21606: ['misconfigured', 'sender_refused'], // it cannot send texts
  21609: ['misconfigured', 'sender_refused'], // the address for reports is not one that Twilio can reach
  21659: ['misconfigured', 'sender_refused'], // it is not of this account, or of another country
  21660: ['misconfigured', 'sender_refused'], // it is of another account
  21701: ['misconfigured', 'sender_refused'], // there is no such messaging service
  21703: ['misconfigured', 'sender_refused'], // it has no number
  21610: ['refused', 'opted_out'], // they have texted STOP to this number
  21211: ['refused', 'address_refused'], // not a number
  21614: ['refused', 'address_refused'], // it cannot receive texts
  21408: ['refused', 'content_refused'], // texts to this region are not switched on
  21608: ['refused', 'content_refused'], // a trial account may not write to it
  21612: ['refused', 'content_refused'], // there is no way from this sender to it
};

/** No header says when a day's messages are there again; a limit that is raised meanwhile must not wait for long. */
const longMs = 10 * 60_000;

const Problem = z
  .object({ code: z.int().nullable().catch(null), message: z.string().catch('') })
  .catch({ code: null, message: '' });

/** Turns an answer that made no message into the one outcome that is true of it. */
function classify(answer: HttpAnswer): Failure {
  const { code, message } = Problem.parse(parseJson(answer.body));
  const [outcome, reason] = (code === null ? undefined : codes[code]) ?? byStatus(answer.status);
  const detail = oneLine(`${answer.status} ${code ?? ''} ${message}`);
  if (outcome !== 'throttled') return { outcome, reason, detail };
  const waitMs = retryAfterMs(answer) ?? (code === 63038 ? longMs : undefined);
  return { outcome, reason, detail, ...(waitMs === undefined ? {} : { retryAfterMs: waitMs }) };
}

function byStatus(status: number): Verdict {
  if (status === 429) return ['throttled', 'throttled'];
  // It broke down, or what stands before it did: it may have taken the message.
  if (status >= 500 || status === 408) return ['in-doubt', 'in_doubt'];
  // No such path, or no right to it: whatever answers, it is not this account at Twilio.
  if (status < 400 || [401, 403, 404, 405].includes(status)) return ['misconfigured', 'authentication'];
  return ['refused', 'content_refused'];
}

const Made = z.object({ sid: z.string().min(1) });
/** What was sent of late, as far as a message is known again by it. */
export const MessageList = z.object({
  messages: z.array(
    z.object({
      sid: z.string().min(1),
      body: z.string(),
      from: z.string().nullable(),
      messaging_service_sid: z.string().nullable().default(null),
      date_created: z.string(),
    }),
  ),
});
const Account = z.object({ status: z.string() }).catch({ status: '' });

/** What became of the one message of a request. */
export function resultOf(answer: HttpAnswer): SendResult {
  if (answer.status < 200 || answer.status > 299) return classify(answer);
  const made = Made.safeParse(parseJson(answer.body));
  return made.success
    ? { outcome: 'sent', providerMessageId: made.data.sid }
    : { outcome: 'in-doubt', reason: 'in_doubt', detail: 'It accepted the request and named no message.' };
}

/** What the answer to a question about the account says of the settings. */
export function checked(answer: HttpAnswer): ConnectionCheck {
  if (answer.status === 200) {
    const { status } = Account.parse(parseJson(answer.body));
    return status === 'active'
      ? { ok: true, detail: 'Twilio knows this account.' }
      : { ok: false, problem: `The account at Twilio is ${status || 'not active'}. Look into its console.` };
  }
  if (answer.status === 429 || answer.status >= 500)
    return { ok: false, problem: 'Twilio has too much to do at the moment. Try again in a minute.' };
  return { ok: false, problem: 'Account SID or auth token is not right. Copy both again from your console.' };
}
