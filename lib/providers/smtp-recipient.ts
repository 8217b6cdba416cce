/** What a refusal of RCPT TO is about. */
export type RecipientVerdict =
  | ['refused', 'address_refused' | 'content_refused']
  | ['misconfigured', 'authentication' | 'sender_refused'];

/** The server does not know us: it passes nothing on for us, to anybody. */
const relaying =
  /\b(?:relay|relaying)\s+(?:is\s+|was\s+)?(?:access\s+)?(?:denied|not\s+(?:permitted|allowed|authori[sz]ed)|prohibited|forbidden)|\bunable\s+to\s+relay|\ballowed\s+rcpthosts|\bauthentication\s+(?:is\s+)?required|\b(?:not|must\s+be)\s+authenticated/;

/** Many servers keep what they have against a sender until the recipient is named. */
const sender =
  /\bsender(?:\s+\w+){0,3}\s+(?:failed|rejected|unknown|invalid|not\s+(?:found|exist|verified))|\bnot\s+owned\s+by\s+user|\bnot\s+(?:allowed|permitted|authori[sz]ed)\s+to\s+send\s+(?:as|from)\b/;

/** Reputation and policy, which the words about a mailbox often stand beside. */
const policy =
  /\b(?:black|block|deny)[\s-]?list|\b(?:blocked|banned|policy|reputation|spam|spf|dkim|dmarc|rbl|dnsbl|grey-?listed|quota|full)\b/;

const mailbox =
  /\b(?:no\s+such|unknown|invalid|unrouteable)\s+(?:local\s+)?(?:user|mailbox|recipient|address|account|person)|\b(?:user|mailbox|recipient|account|address)(?:\s+\w+){0,3}\s+(?:unknown|unavailable|disabled|rejected|not\s+(?:found|exist|known|valid))|\b(?:does\s+not|doesn['’]t)\s+exist|\bno\s+mailbox\s+(?:here|by\s+that\s+name)/;

/**
 * RFC 3463. 5.1.x is about an address, save 5.1.7 and 5.1.8, which are about the sender's. An explicit code for a full
 * mailbox (5.2.2), its limit (5.2.3), the server (5.3), the way (5.4), the content (5.6) or policy (5.7) is about neither.
 */
const senderCode = /^5\.1\.[78]$/;
const addressCode = /^5\.1\.\d+$/;
const otherCode = /^5\.(?:[3467]\.\d+|2\.[23])$/;

/** Reply codes, enhanced codes and quoted addresses, which must not be read as words. */
const notWords = /^\d{3}[ -](?:\d\.\d{1,3}\.\d{1,3}\b)?|<[^<>]*>/gm;

/**
 * Decides what a server's 5xx to RCPT TO means. An address is given up only when the server says that it is the address;
 * a refusal to serve us at all is ours to mend; anything else is about this message.
 */
export function recipientVerdict(response: string): RecipientVerdict {
  const status = /^\d{3}[ -](5\.\d{1,3}\.\d{1,3})\b/.exec(response)?.[1] ?? '';
  const words = response.replace(notWords, ' ').replace(/\s+/g, ' ').toLowerCase();
  if (relaying.test(words)) return ['misconfigured', 'authentication'];
  if (senderCode.test(status) || sender.test(words)) return ['misconfigured', 'sender_refused'];
  if (addressCode.test(status)) return ['refused', 'address_refused'];
  if (otherCode.test(status) || policy.test(words) || !mailbox.test(words))
    return ['refused', 'content_refused'];
  return ['refused', 'address_refused'];
}
