/** The closed sets of the ledger. Database enums, types and the words on the screen all derive from here. */

export const campaignStatuses = [
  'draft',
  'scheduled',
  'sending',
  'paused',
  'completed',
  'cancelled',
] as const;
export type CampaignStatus = (typeof campaignStatuses)[number];

export const deliveryStates = [
  'queued',
  'sending',
  'retrying',
  'sent',
  'failed',
  'skipped',
  'unconfirmed',
  'cancelled',
] as const;
export type DeliveryState = (typeof deliveryStates)[number];

/** States a delivery never leaves by itself. A campaign completes when every delivery is in one of them. */
export const endStates = [
  'sent',
  'failed',
  'skipped',
  'unconfirmed',
  'cancelled',
] as const satisfies DeliveryState[];

export const isEndState = (state: DeliveryState): boolean => {
  const ends: readonly DeliveryState[] = endStates;
  return ends.includes(state);
};

export const channels = ['email', 'sms'] as const;
export type Channel = (typeof channels)[number];

/** Why somebody was not written to. */
export const skipReasons = [
  'no_address',
  'invalid_address',
  'unsubscribed',
  'suppressed',
  'too_long', // their text message would be longer than may be
  'duplicate', // somebody else has the same phone number, and gets it
] as const;
export type SkipReason = (typeof skipReasons)[number];

/** Why an attempt did not end in `sent`. */
export const failReasons = [
  'connection', // the provider could not be reached: DNS, connect, TLS, dropped before the message was out
  'throttled', // the provider asked us to slow down
  'temporary', // the provider said: not now
  'address_refused', // the provider said: not this address
  'opted_out', // the provider said: this person has told it to stop
  'content_refused', // the provider said: not this message
  'authentication', // our own password or permission was refused
  'sender_refused', // our own sender address was refused
  'soft_bounced', // it was taken, and came back for now
  'in_doubt', // the message went out and no answer came
  'render', // the message could not be composed for this person
] as const;
export type FailReason = (typeof failReasons)[number];

export type DeliveryReason = SkipReason | FailReason;

/** How a message came back, from what says least of its address to what ends it. */
export const bounceOutcomes = ['undelivered', 'soft_bounced', 'bounced'] as const;
export type BounceOutcome = (typeof bounceOutcomes)[number];

/** Why an address is never written to. `opted_out`: its owner told the provider so, by STOP for one. */
export const suppressionReasons = ['bounced', 'complained', 'opted_out', 'manual'] as const;
export type SuppressionReason = (typeof suppressionReasons)[number];

/** What a workspace does about `unconfirmed`: leave it to a person, or send again and risk a second copy. */
export const unconfirmedPolicies = ['leave', 'send_again'] as const;
export type UnconfirmedPolicy = (typeof unconfirmedPolicies)[number];

export const importStatuses = ['uploaded', 'running', 'completed', 'failed', 'cancelled'] as const;
export type ImportStatus = (typeof importStatuses)[number];

/** Owners and admins reach everything, viewers see everything, marketers reach the lists that were granted to them. */
export const roles = ['owner', 'admin', 'marketer', 'viewer'] as const;
export type Role = (typeof roles)[number];

/** What a list grants a marketer; each holds what stands before it. */
export const listAccesses = ['view', 'edit', 'send'] as const;
export type ListAccess = (typeof listAccesses)[number];

export const providerNames = ['sandbox', 'smtp', 'resend', 'twilio', 'sandbox_sms'] as const;
export type ProviderName = (typeof providerNames)[number];

/** What a webhook can be told of. Migrations write them where the rows change. */
export const webhookEvents = [
  'campaign.started',
  'campaign.paused',
  'campaign.completed',
  'delivery.sent',
  'delivery.delivered',
  'delivery.bounced',
  'delivery.complained',
  'delivery.opened',
  'delivery.clicked',
  'delivery.unsubscribed',
  'contact.created',
  'contact.changed',
  'contact.erased',
  'alert.opened',
  'alert.resolved',
] as const;
export type WebhookEvent = (typeof webhookEvents)[number];

/** `webhook.test` is what the button sends. */
export type WebhookMessageType = WebhookEvent | 'webhook.test';

export const webhookMessageStates = ['pending', 'delivered', 'failed'] as const;
export type WebhookMessageState = (typeof webhookMessageStates)[number];

/** How a campaign says of what too much came, so that it was paused. */
export const tooManyWords = { bounces: 'came back for good', complaints: 'were reported as spam' } as const;

/** What an alert can be about. */
export const alertKinds = [
  'sender_down', // a sender's breaker stays open
  'error_rate', // too many attempts of a sender fail
  'quota', // a sender has used most of what it may send in a day
  'backlog', // what waits needs too long at the present pace
  'stalled', // messages are due, nothing holds them, and nobody sends them
  'worker_gone', // no worker runs at all
  'bounces', // too many messages of a campaign came back for good
  'complaints', // too many people reported a campaign as spam
  'campaign_stopped', // a campaign was held or paused by the system
  'mailbox', // what came back cannot be read, again and again
] as const;
export type AlertKind = (typeof alertKinds)[number];

/** Those that are about a campaign; the others are about a sender, or about all of it. */
export const campaignAlerts: ReadonlySet<AlertKind> = new Set([
  'stalled',
  'bounces',
  'complaints',
  'campaign_stopped',
] as const);

export const alertSeverities = ['warning', 'critical'] as const;
export type AlertSeverity = (typeof alertSeverities)[number];

/** What recipients do with a message that is tracked. */
export const trackingKinds = ['open', 'click'] as const;
export type TrackingKind = (typeof trackingKinds)[number];

/** Who did it: a person, or a machine, by what it is known. */
export const trackingClasses = [
  'human',
  'head', // a request for the head alone: nobody looks at that
  'prefetch', // a program that fetches ahead, and says so
  'scanner', // a program that says what it is, or says nothing at all
  'apple', // Apple's mail, which loads all pictures whether anybody looks at them or not
  'burst', // all links at once, right after the message arrived
] as const;
export type TrackingClass = (typeof trackingClasses)[number];

/** The spans of time that are counted. A day in any time zone is made of quarters of an hour. */
export const trackingGrains = ['all', 'minute', 'quarter'] as const;
