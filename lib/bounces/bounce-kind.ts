import { type BounceOutcome, bounceOutcomes } from '../db/states';
import { recipientVerdict } from '../providers/smtp-recipient';

/** What a mail server says of one recipient (RFC 3464 §2.3). */
export type RecipientStatus = { action: string; status: string; diagnostic: string };

/** What that tells of a message; null: nothing. */
export type BounceKind = BounceOutcome | 'delivered' | 'deferred' | null;

/** The name of the domain leads nowhere: as final as an unknown mailbox, though the codes say “routing”. */
const noDomain =
  /\b(?:host|domain)(?:\s+\w+){0,4}\s+not\s+found\b|\bdomain\b(?:\s+\S+){0,3}\s+(?:does\s+not|doesn['’]t)\s+exist|\bno\s+such\s+domain\b|\bnxdomain\b|\bunrouteable\s+(?:mail\s+)?domain\b/;
/** Reputation, policy, authentication: it is about who sends, and not about whom it goes to. */
const aboutUs =
  /\b(?:black|block|deny)[\s-]?list|\b(?:blocked|banned|policy|reputation|spam|spf|dkim|dmarc|rbl|dnsbl|grey-?listed|rate\s+limit\w*)\b/;
/** X.7: security and policy. X.6: the content. X.3.4 and X.2.3: it is too large. X.1.7 and X.1.8: the sender's own address. */
const oursToMend = /^[45]\.(?:[67]\.\d+|3\.4|2\.3|1\.[78])$/;

/**
 * What a report about a recipient means. `bounced`, for good, only where the server says that it is the address; `undelivered`
 * where it turns us away: by that no address is given up, however often it happens.
 */
export function kindOf(recipient: RecipientStatus): BounceKind {
  const { action, status } = recipient;
  if (/^delivered\b/i.test(action)) return 'delivered';
  if (/^delayed\b/i.test(action)) return 'deferred';
  if (!/^failed\b/i.test(action)) return null;
  const said = wordsOf(recipient);
  const code = codeOf(status, said);
  const words = said
    .replace(/<[^<>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .toLowerCase();
  if (oursToMend.test(code)) return 'undelivered';
  // Given up after days of trying: nobody knows for how long.
  if (code.startsWith('4')) return 'soft_bounced';
  const spoken = said.replace(/^\d{3}[ -]?/, '').replace(/^#?\d\.\d{1,3}\.\d{1,3}\b/, '');
  const [outcome, reason] = recipientVerdict(`550 ${code} ${spoken}`);
  if (outcome === 'misconfigured') return 'undelivered';
  if (reason === 'address_refused' || noDomain.test(words)) return 'bounced';
  return aboutUs.test(words) ? 'undelivered' : 'soft_bounced';
}

/**
 * Whether a server that refused for now has tried but once: with a code for good its neighbour gives up at the first answer, while
 * with a code for now it tries for days (RFC 5321 §4.5.4.1). The mailbox is full, or the system, or it takes none at the moment.
 */
export const wasTriedOnce = (said: RecipientStatus): boolean =>
  kindOf(said) === 'soft_bounced' && /^5\.(?:2\.2|3\.[12])$/.test(codeOf(said.status, wordsOf(said)));

const wordsOf = ({ diagnostic }: RecipientStatus) => diagnostic.replace(/^[\w-]+\s*;\s*/, '');

const enhanced = /\b([245]\.\d{1,3}\.\d{1,3})\b/;

/** A status of the kind “other” says less than what the server that refused has written. */
function codeOf(status: string, said: string): string {
  const given = enhanced.exec(status)?.[1];
  const quoted = enhanced.exec(said.replace(/\b\d{1,3}(?:\.\d{1,3}){3}\b/g, ' '))?.[1];
  if (given !== undefined && !/\.0\.0$|^5\.5\.0$/.test(given)) return given;
  return quoted ?? given ?? (/^4\d\d\b/.test(said) ? '4.0.0' : '5.0.0');
}

/** From what helps an address most to what ends it. */
const severity: readonly BounceKind[] = [null, 'delivered', 'deferred', ...bounceOutcomes];

/** Of several recipients behind one address the one that got on best: it is given up only when all of them are. */
export function mildest(
  recipients: RecipientStatus[],
): { kind: BounceKind; said: RecipientStatus } | undefined {
  const all = recipients.map((said) => ({ kind: kindOf(said), said }));
  return all.sort((a, b) => severity.indexOf(a.kind) - severity.indexOf(b.kind))[0];
}
