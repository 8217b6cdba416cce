import { sql } from 'drizzle-orm';
import {
  bigint,
  foreignKey,
  index,
  integer,
  jsonb,
  pgPolicy,
  pgTable,
  primaryKey,
  text,
  unique,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import type {
  ApiKeyId,
  CampaignId,
  ContactId,
  DeliveryId,
  SandboxMessageId,
  SenderId,
  ShortSlug,
  UserId,
} from '../../ids';
import { type BounceOutcome, type DeliveryReason, type FailReason, suppressionReasons } from '../states';
import { campaigns } from './campaigns';
import {
  at,
  byThemselves,
  bytewise,
  channel,
  createdAt,
  deliveryState,
  grantedLists,
  inWorkspace,
  onlyGranted,
  tenant,
  workspaceId,
} from './columns';
import { contacts } from './lists';
import { senders } from './senders';
import { topWorkspaceId } from './workspaces';

/** What happened to a contact, for its page. Imports are not repeated here row by row. */
export const contactEvents = pgTable(
  'contact_events',
  {
    workspaceId: workspaceId(),
    id: uuid('id').notNull(),
    contactId: uuid('contact_id').$type<ContactId>().notNull(),
    type: text('type', {
      enum: [
        'created',
        'edited',
        'added_to_list',
        'removed_from_list',
        'unsubscribed',
        'resubscribed',
        'suppressed',
        'unsuppressed',
        'texted',
        'tracking_off',
        'tracking_on',
      ],
    }).notNull(),
    campaignId: uuid('campaign_id').$type<CampaignId>(),
    detail: jsonb('detail').$type<Record<string, unknown>>().notNull().default({}),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.workspaceId, t.id] }),
    foreignKey({
      columns: [t.workspaceId, t.contactId],
      foreignColumns: [contacts.workspaceId, contacts.id],
    }).onDelete('cascade'),
    index('contact_events_contact').on(t.workspaceId, t.contactId, t.id),
    tenant(),
    // Of a contact that they see, what tells of another list is not for them: it would say its name.
    onlyGranted(
      sql`exists (select from contacts c where c.workspace_id = contact_events.workspace_id and c.id = contact_events.contact_id) and coalesce((detail ->> 'listId')::uuid = any(${grantedLists}), true)`,
    ),
  ],
);

/** Addresses that are never written to, whatever a contact's own consent says. */
export const suppressions = pgTable(
  'suppressions',
  {
    workspaceId: topWorkspaceId(),
    id: uuid('id').notNull(),
    channel: channel('channel').notNull(),
    address: bytewise('address').notNull(), // an e-mail in lower case, or E.164
    reason: text('reason', { enum: suppressionReasons }).notNull(),
    /** Why, in the words of whoever added it. */
    note: text('note').notNull().default(''),
    createdBy: uuid('created_by').$type<UserId>(),
    createdByKey: uuid('created_by_key').$type<ApiKeyId>(),
    /** Whose message it was that bounced or was complained of. */
    campaignId: uuid('campaign_id').$type<CampaignId>(),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.workspaceId, t.id] }),
    // How many messages of a campaign came back, or were complained of.
    index('suppressions_campaign').on(t.workspaceId, t.campaignId).where(sql`campaign_id is not null`),
    unique('suppressions_address').on(t.workspaceId, t.channel, t.address),
    foreignKey({
      columns: [t.workspaceId, t.campaignId],
      foreignColumns: [campaigns.workspaceId, campaigns.id],
    }).onDelete('set null'),
    tenant(),
  ],
);

/** One message to one contact. Whatever happens, this row says what became of it. */
export const deliveries = pgTable(
  'deliveries',
  {
    workspaceId: workspaceId(),
    id: uuid('id').$type<DeliveryId>().notNull(),
    campaignId: uuid('campaign_id').$type<CampaignId>().notNull(),
    /** Null once the contact was erased: the ledger still adds up. */
    contactId: uuid('contact_id').$type<ContactId>(),
    channel: channel('channel').notNull(),
    /** Null only for a skipped contact that has none. */
    address: bytewise('address'),
    state: deliveryState('state').notNull().default('queued'),
    reason: text('reason').$type<DeliveryReason>(),
    /** The send-batch job that this row belongs to; null for rows that were skipped at launch. */
    batch: integer('batch'),
    /** Through which of the campaign's lists, bit by bit in the order of its `audience`; null: not kept by the version before. */
    lists: bigint('lists', { mode: 'number' }),
    attempts: integer('attempts').notNull().default(0),
    /** Another random number with each claim; settling names it, so that a worker that lost its claim settles nothing. */
    fence: integer('fence').notNull().default(0),
    /** The worker whose claim it is while it is `sending`. */
    claimedBy: uuid('claimed_by'),
    /** How the version before held a claim. */
    leaseUntil: at('lease_until'),
    /** A person has looked at an unconfirmed one and left it at that. */
    acceptedAt: at('accepted_at'),
    retryAt: at('retry_at'),
    /** The request that it went out with, while its answer is not written: then it goes out with that one and no other. */
    replayId: uuid('replay_id'),
    providerMessageId: text('provider_message_id'),
    sentAt: at('sent_at'),
    deliveredAt: at('delivered_at'),
    /** When its recipient's server first put it off, and went on trying. */
    deferredAt: at('deferred_at'),
    bouncedAt: at('bounced_at'),
    complainedAt: at('complained_at'),
    openedAt: at('opened_at'),
    clickedAt: at('clicked_at'),
    unsubscribedAt: at('unsubscribed_at'),
    /** When the page of the recipient's code first showed this campaign's offer, staff first looked it up, and redeemed it. */
    codeOpenedAt: at('code_opened_at'),
    codeScannedAt: at('code_scanned_at'),
    redeemedAt: at('redeemed_at'),
    redeemedBy: uuid('redeemed_by').$type<UserId>(),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.workspaceId, t.id] }),
    unique('deliveries_address').on(t.workspaceId, t.campaignId, t.channel, t.address),
    foreignKey({
      columns: [t.workspaceId, t.campaignId],
      foreignColumns: [campaigns.workspaceId, campaigns.id],
    }).onDelete('cascade'),
    foreignKey({
      columns: [t.workspaceId, t.contactId],
      foreignColumns: [contacts.workspaceId, contacts.id],
    }).onDelete('set null'),
    // Pages of recipients, by id; and counts of the states without the rows. The state does not stand before the id: its comparison
    // is not leakproof, so that under row-level security it could not be looked up.
    index('deliveries_campaign').on(t.workspaceId, t.campaignId, t.id, t.state),
    // The few whom one looks for among the many: indexed by what their rows say, for which nothing must be compared.
    index('deliveries_not_sent')
      .on(t.workspaceId, t.campaignId, t.id)
      .where(sql`state in ('retrying', 'failed', 'skipped', 'unconfirmed', 'cancelled')`),
    index('deliveries_noted')
      .on(t.workspaceId, t.campaignId, t.id)
      .where(
        sql`bounced_at is not null or complained_at is not null or unsubscribed_at is not null or deferred_at is not null or code_opened_at is not null or code_scanned_at is not null or redeemed_at is not null`,
      ),
    index('deliveries_clicked').on(t.workspaceId, t.campaignId, t.id).where(sql`clicked_at is not null`),
    index('deliveries_contact').on(t.workspaceId, t.contactId, t.id),
    // The rate that a running campaign shows, and its history by time.
    index('deliveries_sent_at').on(t.workspaceId, t.campaignId, t.sentAt).where(sql`sent_at is not null`),
    // Those of a late hour, who stand behind all others by their ids.
    index('deliveries_delivered_at')
      .on(t.workspaceId, t.campaignId, t.deliveredAt)
      .where(sql`delivered_at is not null`),
    index('deliveries_opened_at')
      .on(t.workspaceId, t.campaignId, t.openedAt)
      .where(sql`opened_at is not null`),
    // A contact redeems a campaign's offer once, whoever scans its code at the same moment.
    uniqueIndex('deliveries_redeemed')
      .on(t.workspaceId, t.campaignId, t.contactId)
      .where(sql`redeemed_at is not null`),
    index('deliveries_open')
      .on(t.workspaceId, t.campaignId, t.batch)
      .where(sql`state in ('queued', 'sending', 'retrying')`),
    index('deliveries_replay').on(t.workspaceId, t.replayId).where(sql`replay_id is not null`),
    // Which text message somebody answers.
    index('deliveries_sms_address').on(t.workspaceId, t.address, t.id).where(sql`channel = 'sms'`),
    tenant(),
    onlyGranted(
      sql`exists (select from campaigns c where c.workspace_id = deliveries.workspace_id and c.id = deliveries.campaign_id)`,
    ),
  ],
);

/**
 * Short addresses in text messages, each one recipient's own (lib/codes/short-links.ts). Whoever follows one is found by it in
 * whatever workspace: `app.slug` then names it.
 */
export const shortLinks = pgTable(
  'short_links',
  {
    workspaceId: workspaceId(),
    deliveryId: uuid('delivery_id').$type<DeliveryId>().notNull(),
    /** 0: to the page of the recipient's code; n: to the nth link of the message. */
    link: integer('link').notNull(),
    slug: bytewise('slug').$type<ShortSlug>().notNull(),
    clicks: integer('clicks').notNull().default(0),
    firstClickedAt: at('first_clicked_at'),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.workspaceId, t.deliveryId, t.link] }),
    foreignKey({
      columns: [t.workspaceId, t.deliveryId],
      foreignColumns: [deliveries.workspaceId, deliveries.id],
    }).onDelete('cascade'),
    // The slug first: it is looked up by itself.
    uniqueIndex('short_links_slug').on(t.slug, t.workspaceId),
    pgPolicy('tenant', {
      using: sql`${inWorkspace} or slug = (select nullif(current_setting('app.slug', true), ''))`,
      withCheck: inWorkspace,
    }),
    onlyGranted(
      sql`exists (select from deliveries d where d.workspace_id = short_links.workspace_id and d.id = short_links.delivery_id)`,
    ),
  ],
);

/** Every attempt that did not end in `sent`. */
export const deliveryAttempts = pgTable(
  'delivery_attempts',
  {
    workspaceId: workspaceId(),
    id: uuid('id').notNull(),
    deliveryId: uuid('delivery_id').$type<DeliveryId>().notNull(),
    attempt: integer('attempt').notNull(),
    reason: text('reason').$type<FailReason>().notNull(),
    /** What the provider said, at most 500 characters. */
    detail: text('detail').notNull(),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.workspaceId, t.id] }),
    foreignKey({
      columns: [t.workspaceId, t.deliveryId],
      foreignColumns: [deliveries.workspaceId, deliveries.id],
    }).onDelete('cascade'),
    index('delivery_attempts_delivery').on(t.workspaceId, t.deliveryId, t.id),
    tenant(),
    onlyGranted(
      sql`exists (select from deliveries d where d.workspace_id = delivery_attempts.workspace_id and d.id = delivery_attempts.delivery_id)`,
    ),
  ],
);

/**
 * Requests to providers that know them by a key, byte for byte, from before they go out until their answer is written. One in
 * doubt is sent again under its key.
 */
export const replays = pgTable(
  'replays',
  {
    workspaceId: workspaceId(),
    /** The key. */
    id: uuid('id').notNull(),
    campaignId: uuid('campaign_id').$type<CampaignId>().notNull(),
    /** Whom it writes to, in its order. */
    deliveryIds: uuid('delivery_ids').$type<DeliveryId>().array().notNull(),
    body: text('body').notNull(),
    /** Of which settings it went out with: for others the key means nothing. */
    account: text('account').notNull(),
    createdAt: createdAt(),
    /** Past that the provider may have forgotten the key. */
    expiresAt: at('expires_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.workspaceId, t.id] }),
    foreignKey({
      columns: [t.workspaceId, t.campaignId],
      foreignColumns: [campaigns.workspaceId, campaigns.id],
    }).onDelete('cascade'),
    index('replays_campaign').on(t.workspaceId, t.campaignId),
    tenant(),
    onlyGranted(
      sql`exists (select from campaigns c where c.workspace_id = replays.workspace_id and c.id = replays.campaign_id)`,
    ),
  ],
);

/** What services have told of messages by themselves, each report once. */
export const providerReports = pgTable(
  'provider_reports',
  {
    workspaceId: workspaceId(),
    id: uuid('id').notNull(),
    senderId: uuid('sender_id').$type<SenderId>().notNull(),
    /** The service's own id of the report. */
    reportId: text('report_id').notNull(),
    /** As it came; null once it was processed, because it names people. */
    body: text('body'),
  },
  (t) => [
    primaryKey({ columns: [t.workspaceId, t.id] }),
    uniqueIndex('provider_reports_report').on(t.workspaceId, t.senderId, t.reportId),
    foreignKey({
      columns: [t.workspaceId, t.senderId],
      foreignColumns: [senders.workspaceId, senders.id],
    }).onDelete('cascade'),
    index('provider_reports_open').on(t.workspaceId, t.id).where(sql`body is not null`),
    tenant(),
  ],
);

/** What a server said of a message that came back. */
export const bounces = pgTable(
  'bounces',
  {
    workspaceId: workspaceId(),
    deliveryId: uuid('delivery_id').$type<DeliveryId>().notNull(),
    kind: text('kind').$type<BounceOutcome>().notNull(),
    /** At most 500 characters; empty once the person was erased. */
    detail: text('detail').notNull(),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.workspaceId, t.deliveryId] }),
    foreignKey({
      columns: [t.workspaceId, t.deliveryId],
      foreignColumns: [deliveries.workspaceId, deliveries.id],
    }).onDelete('cascade'),
    tenant(),
    onlyGranted(
      sql`exists (select from deliveries d where d.workspace_id = bounces.workspace_id and d.id = bounces.delivery_id)`,
    ),
  ],
);

/** Messages that came back for now, and when they are sent again (lib/deliveries/soft-bounces.ts). */
export const softBounces = pgTable(
  'soft_bounces',
  {
    workspaceId: workspaceId(),
    deliveryId: uuid('delivery_id').$type<DeliveryId>().notNull(),
    /** What names the message that came back among those of the delivery. */
    returned: text('returned').notNull(),
    /** Null: it has been, or is not to be. */
    dueAt: at('due_at'),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.workspaceId, t.deliveryId, t.returned] }),
    foreignKey({
      columns: [t.workspaceId, t.deliveryId],
      foreignColumns: [deliveries.workspaceId, deliveries.id],
    }).onDelete('cascade'),
    index('soft_bounces_due').on(t.workspaceId, t.dueAt).where(sql`due_at is not null`),
    tenant(),
    onlyGranted(
      sql`exists (select from deliveries d where d.workspace_id = soft_bounces.workspace_id and d.id = soft_bounces.delivery_id)`,
    ),
  ],
);

/** The inbox of the sandbox providers: what would have gone out. Text messages have no subject and no HTML. */
export const sandboxMessages = pgTable(
  'sandbox_messages',
  {
    workspaceId: topWorkspaceId(),
    id: uuid('id').$type<SandboxMessageId>().notNull(),
    deliveryId: uuid('delivery_id').$type<DeliveryId>(), // null: a test, or the product's own mail
    /** Who sent it as a test. */
    testedBy: uuid('tested_by').$type<UserId | ApiKeyId>(),
    to: text('to').notNull(),
    from: text('from').notNull(),
    subject: text('subject').notNull(),
    headers: jsonb('headers').$type<[name: string, value: string][]>().notNull(),
    html: text('html').notNull(),
    text: text('text').notNull(),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.workspaceId, t.id] }),
    foreignKey({
      columns: [t.workspaceId, t.deliveryId],
      foreignColumns: [deliveries.workspaceId, deliveries.id],
    }).onDelete('cascade'),
    index('sandbox_messages_delivery').on(t.workspaceId, t.deliveryId),
    index('sandbox_messages_to').on(t.workspaceId, sql`${t.to} collate "C"`),
    tenant(),
    // What went out with a campaign they may see, and the tests that they sent.
    onlyGranted(
      sql`exists (select from deliveries d where d.workspace_id = sandbox_messages.workspace_id and d.id = sandbox_messages.delivery_id) or tested_by = ${byThemselves}`,
    ),
  ],
);
