import type { DeliveryEvent } from '@/lib/campaigns/stats';
import type {
  BounceOutcome,
  CampaignStatus,
  Channel,
  DeliveryReason,
  DeliveryState,
  SkipReason,
} from '@/lib/db/states';

/** The words and colours of campaigns and their ledger: one place, so that every page says the same. */

export const statusWords: Record<CampaignStatus, { label: string; color: string }> = {
  draft: { label: 'Draft', color: 'gray' },
  scheduled: { label: 'Scheduled', color: 'blue' },
  sending: { label: 'Sending', color: 'post' },
  paused: { label: 'Paused', color: 'yellow' },
  completed: { label: 'Completed', color: 'teal' },
  cancelled: { label: 'Cancelled', color: 'gray' },
};

/** Scheduled, and waiting for a person. */
export const heldWords = { label: 'Waits for you', color: 'red' };

/** How a message came back, beside what was said. */
export const bounceWords: Record<BounceOutcome, string> = {
  bounced: 'Came back for good',
  soft_bounced: 'Came back for now',
  undelivered: 'Came back, for a reason that is not theirs',
};

/** In the order in which a bar shows them, from what is done to what is still to do. */
export const stateWords: Record<DeliveryState, { label: string; color: string; meaning: string }> = {
  sent: {
    label: 'Sent',
    color: 'var(--mantine-color-post-filled)',
    meaning: 'Accepted by the mail server.',
  },
  failed: {
    label: 'Failed',
    color: 'light-dark(var(--mantine-color-red-7), var(--mantine-color-red-6))',
    meaning: 'Tried as often as makes sense, or refused for good.',
  },
  unconfirmed: {
    label: 'Unconfirmed',
    color: 'light-dark(var(--mantine-color-orange-6), var(--mantine-color-orange-5))',
    meaning: 'May or may not have gone out: the connection ended before an answer came. Nobody can know.',
  },
  skipped: {
    label: 'Skipped',
    color: 'light-dark(var(--mantine-color-gray-5), var(--mantine-color-gray-6))',
    meaning: 'Not written to, for a reason that each row names.',
  },
  cancelled: {
    label: 'Cancelled',
    color: 'light-dark(var(--mantine-color-gray-4), var(--mantine-color-gray-7))',
    meaning: 'Still waiting when the campaign was cancelled.',
  },
  sending: {
    label: 'Sending now',
    color: 'light-dark(var(--mantine-color-post-3), var(--mantine-color-post-2))',
    meaning: 'Handed to the mail server this moment.',
  },
  retrying: {
    label: 'Retrying',
    color: 'light-dark(var(--mantine-color-yellow-5), var(--mantine-color-yellow-4))',
    meaning: 'Did not go through, and will be tried again shortly.',
  },
  queued: {
    label: 'Waiting',
    color: 'light-dark(var(--mantine-color-gray-2), var(--mantine-color-dark-5))',
    meaning: 'Not sent yet.',
  },
};

export const skipWords: Record<Channel, Record<SkipReason, string>> = {
  email: {
    no_address: 'Has no e-mail address',
    invalid_address: 'The address is not valid',
    unsubscribed: 'Unsubscribed',
    suppressed: 'On the suppression list: bounced or complained before',
    too_long: 'The message would be too long',
    duplicate: 'Somebody else with this address gets it',
  },
  sms: {
    no_address: 'Has no phone number',
    invalid_address: 'The phone number is not valid',
    unsubscribed: 'Has not agreed to text messages',
    suppressed: 'On the suppression list: texted STOP, or cannot be reached',
    too_long: 'The message would be longer than 160 characters',
    duplicate: 'Somebody else with this number gets it',
  },
};

export const reasonWords: Record<Channel, Record<DeliveryReason, string>> = {
  email: {
    ...skipWords.email,
    connection: 'The mail server could not be reached',
    throttled: 'The mail server asked us to slow down',
    temporary: 'The mail server said: not now',
    address_refused: 'The mail server refused this address',
    opted_out: 'This person has told the provider to stop',
    content_refused: 'The mail server refused this message',
    authentication: 'The mail server refused our sign-in',
    sender_refused: 'The mail server refused our sender address',
    soft_bounced: 'It came back: the mailbox was full, for one',
    in_doubt: 'The connection ended before an answer came',
    render: 'The message could not be composed for this person',
  },
  sms: {
    ...skipWords.sms,
    connection: 'The provider could not be reached',
    throttled: 'The provider asked us to slow down',
    temporary: 'The provider said: not now',
    address_refused: 'The provider refused this number',
    opted_out: 'This person has texted STOP',
    content_refused: 'The provider refused this message',
    authentication: 'The provider refused our account',
    sender_refused: 'The provider refused the number we send from',
    soft_bounced: 'It came back: the phone was off, for one',
    in_doubt: 'The connection ended before an answer came',
    render: 'The message could not be composed for this person',
  },
};

const whole = new Intl.NumberFormat('en-US');

export const formatCount = (count: number): string => whole.format(count);

/** Merge tags as words: "[first name], your bread". */
export const readableSubject = (subject: string): string =>
  subject.replace(
    /\{\{([^{}]*)\}\}/g,
    (_, tag: string) => `[${(tag.split('|')[0] ?? '').trim().replaceAll('_', ' ')}]`,
  );

/** "1 person", "1,966 people". */
export const people = (count: number): string => `${formatCount(count)} ${count === 1 ? 'person' : 'people'}`;

const counted = (count: number, unit: string) => `${formatCount(count)} ${unit}${count === 1 ? '' : 's'}`;

/** What a text message costs: "1,240 people × 1 segment = 1,240 segments". The longest one has `most` segments. */
export function chargedWords(
  recipients: number,
  most: number,
  { segments, exact }: { segments: number; exact: boolean },
): string {
  const each =
    segments === recipients * most ? counted(most, 'segment') : `up to ${counted(most, 'segment')}`;
  return `${people(recipients)} × ${each} = ${exact ? '' : 'about '}${counted(segments, 'segment')}`;
}

/** A length of time as people say it: "under a minute", "about 20 minutes", "about 2 hours 30 minutes". */
export function duration(seconds: number): string {
  if (seconds < 45) return 'under a minute';
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `about ${counted(minutes, 'minute')}`;
  if (minutes < 24 * 60) {
    const rest = Math.round((minutes % 60) / 10) * 10;
    const hours = Math.floor(minutes / 60) + (rest === 60 ? 1 : 0);
    return `about ${counted(hours, 'hour')}${rest % 60 ? ` ${counted(rest, 'minute')}` : ''}`;
  }
  return `about ${counted(Math.round(minutes / 60 / 24), 'day')}`;
}

/** A span that is over, exact enough to compare: "8 s", "3 min 20 s", "2 h 5 min". */
export function elapsed(from: Date, to: Date): string {
  const seconds = Math.max(0, Math.round((to.getTime() - from.getTime()) / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return seconds % 60 ? `${minutes} min ${seconds % 60} s` : `${minutes} min`;
  return minutes % 60 ? `${Math.floor(minutes / 60)} h ${minutes % 60} min` : `${Math.floor(minutes / 60)} h`;
}

export const eventWords: Record<DeliveryEvent, { label: string; meaning: string }> = {
  delivered: {
    label: 'Delivered',
    meaning: 'The recipient’s mailbox took it, where the provider reports that.',
  },
  deferred: {
    label: 'Put off',
    meaning: 'The recipient’s server did not take it at once. It is tried again for some days.',
  },
  bounced: {
    label: 'Bounced',
    meaning:
      'Came back after it was accepted, for good or for now. An address that returns it for good is not written to again.',
  },
  complained: { label: 'Complained', meaning: 'Marked it as spam. The address is not written to again.' },
  unsubscribed: { label: 'Unsubscribed', meaning: 'Left through the link or button of this message.' },
  opened: { label: 'Opened', meaning: 'Loaded the pictures of the message.' },
  clicked: { label: 'Clicked', meaning: 'Followed a link of the message.' },
  codeOpened: { label: 'Opened the code', meaning: 'Opened the page with their QR code and the offer.' },
  codeScanned: { label: 'Scanned', meaning: 'Somebody of the team looked their code up.' },
  redeemed: { label: 'Redeemed', meaning: 'Used the offer of this campaign.' },
};

/** "2.1 %"; never "0 %" for somebody, nor "100 %" for not everybody. */
export function share(part: number, whole: number): string {
  if (whole === 0 || part === 0) return '0 %';
  if (part >= whole) return '100 %';
  return `${Math.min(99.9, Math.max(0.1, (part * 100) / whole)).toFixed(1)} %`;
}
