import type { ProviderEvent, SendResult } from './provider';

/** What the sandbox plays for an address. Pure data: the provider acts on it, the pages show it. */
export type Fate = {
  name: string;
  /** One line for people. */
  does: string;
  /** The word on a message in the inbox. */
  label: string;
  color: 'gray' | 'teal' | 'red' | 'orange' | 'yellow' | 'blue';
  result?: Exclude<SendResult, { outcome: 'sent' }>;
  /** Only the first so many attempts have this fate, the next one succeeds; without it, all have. */
  attempts?: number;
  /** What is said of a message that comes back. */
  detail?: string;
  delayMs?: number;
  /** Whether the message lies in the inbox although `result` is what the sender heard. */
  arrives?: boolean;
  events: ProviderEvent['type'][];
};

const delivered: Fate = {
  name: 'anyone else',
  does: 'accepted and delivered',
  label: 'Delivered',
  color: 'teal',
  events: ['delivered'],
};

/** Magic local parts, of any domain: `bounce@example.com`. */
export const fates: readonly Fate[] = [
  {
    name: 'bounce',
    does: 'accepted, then bounces: the address is suppressed',
    label: 'Bounced',
    color: 'red',
    events: ['bounced'],
  },
  {
    name: 'full',
    does: 'accepted, then comes back from a full mailbox: sent again after an hour, and delivered',
    label: 'Mailbox full',
    color: 'orange',
    attempts: 1,
    detail: '552 5.2.2 Sandbox: the mailbox is full.',
    events: ['soft_bounced'],
  },
  {
    name: 'complaint',
    does: 'delivered, then reported as spam: the address is suppressed',
    label: 'Complaint',
    color: 'red',
    events: ['delivered', 'complained'],
  },
  {
    name: 'opens',
    does: 'delivered and opened',
    label: 'Opened',
    color: 'blue',
    events: ['delivered', 'opened'],
  },
  {
    name: 'clicks',
    does: 'delivered, opened and a link clicked',
    label: 'Clicked',
    color: 'blue',
    events: ['delivered', 'opened', 'clicked'],
  },
  {
    name: 'scanner',
    does: 'delivered, and a program follows all of its links: no person is counted',
    label: 'Scanned',
    color: 'gray',
    events: ['delivered', 'scanned'],
  },
  {
    name: 'slow',
    does: 'takes three seconds to be accepted',
    label: 'Slow',
    color: 'gray',
    delayMs: 3000,
    events: ['delivered'],
  },
  {
    name: 'flaky',
    does: '“not now” twice, accepted at the third attempt',
    label: 'After 2 retries',
    color: 'yellow',
    attempts: 2,
    result: { outcome: 'retry', reason: 'temporary', detail: '451 4.3.0 Sandbox: try again later.' },
    events: ['delivered'],
  },
  {
    name: 'throttled',
    does: '“slow down” once, accepted at the second attempt',
    label: 'After slowing down',
    color: 'yellow',
    attempts: 1,
    result: {
      outcome: 'throttled',
      reason: 'throttled',
      detail: '429 Sandbox: too many requests.',
      retryAfterMs: 2000,
    },
    events: ['delivered'],
  },
  {
    name: 'outage',
    does: 'the provider cannot be reached, however often it is tried',
    label: 'Outage',
    color: 'orange',
    result: { outcome: 'retry', reason: 'connection', detail: 'Sandbox: the connection was refused.' },
    events: [],
  },
  {
    name: 'refused',
    does: 'refused at once: there is no such mailbox',
    label: 'Refused',
    color: 'red',
    result: { outcome: 'refused', reason: 'address_refused', detail: '550 5.1.1 Sandbox: no such mailbox.' },
    events: [],
  },
  {
    name: 'rejected',
    does: 'the message is refused as spam; the address stays good',
    label: 'Rejected',
    color: 'red',
    result: {
      outcome: 'refused',
      reason: 'content_refused',
      detail: '550 5.7.1 Sandbox: message refused as spam.',
    },
    events: [],
  },
  {
    name: 'unconfirmed',
    does: 'arrives, but the answer is lost: nobody can know',
    label: 'Unconfirmed',
    color: 'orange',
    arrives: true,
    result: {
      outcome: 'in-doubt',
      reason: 'in_doubt',
      detail: 'Sandbox: the connection was lost after the message was out.',
    },
    events: [],
  },
];

const byName = new Map(fates.map((fate) => [fate.name, fate]));

/** `bounce@…`, with any tag or number behind it: `bounce+7@…`, `bounce-7@…`, `bounce7@…`. */
export function fateOf(address: string): Fate {
  const local = address.slice(0, Math.max(0, address.lastIndexOf('@'))).toLowerCase();
  const name = /^([a-z]+)(?:\+.*|[-._]?\d+)?$/.exec(local)?.[1] ?? '';
  return byName.get(name) ?? delivered;
}

/** What is true of everybody who is not in the table. */
export const ordinaryFate = delivered;
