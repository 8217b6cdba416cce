import { type SQL, sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  customType,
  date,
  foreignKey,
  index,
  integer,
  json,
  jsonb,
  pgEnum,
  pgPolicy,
  pgTable,
  primaryKey,
  smallint,
  text,
  time,
  timestamp,
  unique,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import type {
  AlertId,
  ApiKeyId,
  CampaignId,
  ContactCode,
  ContactId,
  DeliveryId,
  ImportId,
  InvitationId,
  ListId,
  SandboxMessageId,
  SenderId,
  SessionId,
  ShortSlug,
  UserId,
  WebhookId,
  WebhookMessageId,
  WorkspaceId,
} from '../ids';
import type { DomainReport } from './domain-report';
import {
  type AlertKind,
  type AlertSeverity,
  type BounceOutcome,
  campaignStatuses,
  channels,
  type DeliveryReason,
  deliveryStates,
  type FailReason,
  importStatuses,
  type ListAccess,
  listAccesses,
  providerNames,
  roles,
  suppressionReasons,
  trackingClasses,
  trackingGrains,
  trackingKinds,
  unconfirmedPolicies,
  type WebhookEvent,
  type WebhookMessageType,
  webhookMessageStates,
} from './states';

/*
 * Every tenant table: primary key (workspace_id, id), foreign keys and unique constraints that begin with workspace_id,
 * and row-level security by the workspace that the transaction was opened for (see ./scoped.ts). The migrations FORCE it,
 * so it also holds for the tables' owner, as which the app connects.
 */

const at = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' });
const createdAt = () => at('created_at').notNull().defaultNow();
const workspaceId = () => uuid('workspace_id').$type<WorkspaceId>().notNull();
/**
 * Text compared byte by byte, so that what begins with a prefix is a range of an index, whatever the database's locale.
 * All addresses are such: a join of two collations could use no index.
 */
const bytewise = customType<{ data: string }>({ dataType: () => 'text collate "C"' });
/** SHA-256 of a token that was drawn at random: only its holder has the token itself. */
const bytea = customType<{ data: Buffer }>({ dataType: () => 'bytea' });
/** For tables that hang from no other tenant table; the rest get here through their composite foreign keys. */
const topWorkspaceId = () => workspaceId().references(() => workspaces.id, { onDelete: 'cascade' });

const inWorkspace = sql`workspace_id = (select nullif(current_setting('app.workspace_id', true), '')::uuid)`;
const tenant = () => pgPolicy('tenant', { using: inWorkspace, withCheck: inWorkspace });

/**
 * Whoever has the rights of single lists sees only what hangs from those (lib/auth/scope.ts): then `app.lists` names them,
 * be it none. For everybody else it is empty, and the first half a constant.
 */
const onlyGranted = (condition: SQL) =>
  pgPolicy('granted', {
    as: 'restrictive',
    for: 'select',
    using: sql`(select coalesce(current_setting('app.lists', true), '') = '') or ${condition}`,
  });
const grantedLists = sql`(select nullif(current_setting('app.lists', true), ''))::uuid[]`;
const byThemselves = sql`(select nullif(current_setting('app.principal', true), '')::uuid)`;

export const campaignStatus = pgEnum('campaign_status', campaignStatuses);
export const deliveryState = pgEnum('delivery_state', deliveryStates);
export const channel = pgEnum('channel', channels);
export const importStatus = pgEnum('import_status', importStatuses);
export const memberRole = pgEnum('member_role', roles);
export const listAccess = pgEnum('list_access', listAccesses);
export const provider = pgEnum('provider', providerNames);
export const webhookMessageState = pgEnum('webhook_message_state', webhookMessageStates);

// ---------------------------------------------------------------- the directory: who there is, outside any workspace

export const users = pgTable(
  'users',
  {
    id: uuid('id').$type<UserId>().primaryKey(),
    email: text('email').notNull(),
    name: text('name').notNull(),
    passwordHash: text('password_hash').notNull(),
    createdAt: createdAt(),
  },
  (t) => [uniqueIndex('users_email').on(sql`lower(${t.email})`)],
);

export const sessions = pgTable(
  'sessions',
  {
    id: uuid('id').$type<SessionId>().primaryKey(),
    userId: uuid('user_id')
      .$type<UserId>()
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    userAgent: text('user_agent'),
    /** The network address that it was opened from. */
    address: text('address'),
    /** Where its person works at the moment; read only together with their membership there. */
    workspaceId: uuid('chosen_workspace_id').$type<WorkspaceId>(),
    createdAt: createdAt(),
    lastSeenAt: at('last_seen_at').notNull().defaultNow(),
    expiresAt: at('expires_at').notNull(),
  },
  (t) => [index('sessions_user').on(t.userId)],
);

/** Links by which somebody who forgot their password chooses another: single use, stored hashed. */
export const passwordResets = pgTable(
  'password_resets',
  {
    tokenHash: bytea('token_hash').primaryKey(),
    userId: uuid('user_id')
      .$type<UserId>()
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    expiresAt: at('expires_at').notNull(),
  },
  (t) => [index('password_resets_user').on(t.userId)],
);

/** Counters of attempts per key (a hash: no address is kept) in a fixed window. */
export const attempts = pgTable(
  'attempts',
  {
    key: text('key').primaryKey(),
    count: integer('count').notNull(),
    resetsAt: at('resets_at').notNull(),
  },
  (t) => [index('attempts_resets_at').on(t.resetsAt)],
);

/** A sign of life of each worker process, for the health check. */
export const workers = pgTable('workers', {
  id: uuid('id').primaryKey(),
  startedAt: at('started_at').notNull().defaultNow(),
  seenAt: at('seen_at').notNull().defaultNow(),
  /** Until then its claims hold: it says so again every few seconds. Past that, others may take them up. */
  aliveUntil: at('alive_until').notNull().defaultNow(),
});

/** One row. A count that only grows, kept in DATA_DIR as well: a database that lags behind it was restored from a backup. */
export const instance = pgTable('instance', {
  id: uuid('id').primaryKey().defaultRandom(),
  epoch: bigint('epoch', { mode: 'number' }).notNull().default(0),
  /** SMTP_URL as the app was last started with it, sealed like a sender's config. */
  smtpUrl: text('smtp_url'),
  /** RESEND_API_KEY, the same. */
  resendApiKey: text('resend_api_key'),
  /** TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN and TWILIO_FROM as JSON, the same. */
  twilio: text('twilio'),
});

/**
 * The deliveries that a worker is handing to a provider, written before the first byte goes out and overwritten with the
 * next ones. When the worker dies, these may have gone out; whatever else it had claimed has not.
 */
export const handovers = pgTable(
  'handovers',
  {
    workerId: uuid('worker_id')
      .notNull()
      .references(() => workers.id, { onDelete: 'cascade' }),
    /** Hand-overs at the same time have different ones. */
    lane: integer('lane').notNull(),
    /** The claim's. */
    fence: integer('fence').notNull(),
    deliveryIds: uuid('delivery_ids').$type<DeliveryId>().array().notNull(),
  },
  (t) => [primaryKey({ columns: [t.workerId, t.lane] })],
);

export const workspaces = pgTable('workspaces', {
  id: uuid('id').$type<WorkspaceId>().primaryKey(),
  name: text('name').notNull(),
  postalAddress: text('postal_address').notNull(),
  country: text('country').notNull(), // ISO 3166-1 alpha-2
  timeZone: text('time_zone').notNull(), // IANA
  /** Kept by a trigger on contacts, so that no page has to count a million rows. */
  contactCount: integer('contact_count').notNull().default(0),
  /** What happens to messages of which nobody can know whether they went out. */
  unconfirmedPolicy: text('unconfirmed_policy', { enum: unconfirmedPolicies }).notNull().default('leave'),
  /** A scheduled campaign that is later than this, because nothing ran, waits for a person. */
  scheduleGraceMinutes: integer('schedule_grace_minutes').notNull().default(60),
  /** When alerts open; what is not named here has its usual value (lib/alerts/rules.ts). */
  alertRules: jsonb('alert_rules').$type<Record<string, unknown>>().notNull().default({}),
  /** Between these times of their own day nobody gets a text message; two times that are the same: no such rule. */
  quietFrom: time('quiet_from').notNull().default('21:00'),
  quietUntil: time('quiet_until').notNull().default('08:00'),
  /** What is answered to somebody who texts HELP. Empty: the workspace's name and address. */
  helpText: text('help_text').notNull().default(''),
  /** Whether what recipients open and click is recorded. */
  tracking: boolean('tracking').notNull().default(true),
  createdAt: createdAt(),
});

export const members = pgTable(
  'members',
  {
    workspaceId: topWorkspaceId(),
    userId: uuid('user_id')
      .$type<UserId>()
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    role: memberRole('role').notNull(),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.workspaceId, t.userId] }),
    index('members_user').on(t.userId),
    // The session must find a user's workspaces before it can choose one.
    pgPolicy('tenant', {
      using: sql`${inWorkspace} or user_id = (select nullif(current_setting('app.user_id', true), '')::uuid)`,
      withCheck: inWorkspace,
    }),
  ],
);

// ---------------------------------------------------------------- contacts

export const contacts = pgTable(
  'contacts',
  {
    workspaceId: topWorkspaceId(),
    id: uuid('id').$type<ContactId>().notNull(),
    /** Lower case, so that the unique constraint holds regardless of case. */
    email: bytewise('email'),
    phone: text('phone'), // E.164
    firstName: text('first_name').notNull().default(''),
    lastName: text('last_name').notNull().default(''),
    country: text('country'),
    timeZone: text('time_zone'),
    attributes: jsonb('attributes').$type<Record<string, unknown>>().notNull().default({}),
    emailSubscribed: boolean('email_subscribed').notNull().default(true),
    emailUnsubscribedAt: at('email_unsubscribed_at'),
    smsSubscribed: boolean('sms_subscribed').notNull().default(false),
    smsUnsubscribedAt: at('sms_unsubscribed_at'),
    /** False: nothing that they open or click is recorded, and their messages hold nothing that could. */
    tracking: boolean('tracking').notNull().default(true),
    /** The import that wrote this row last: a row of the same import that meets it again is a duplicate. */
    importId: uuid('import_id').$type<ImportId>(),
    sample: boolean('sample').notNull().default(false),
    createdAt: createdAt(),
    updatedAt: at('updated_at').notNull().defaultNow(),
    // What a search compares. Columns and not indexed expressions, because lower() and split_part() are not leakproof:
    // under row-level security PostgreSQL uses no index on them.
    nameKey: bytewise('name_key').generatedAlwaysAs(sql`lower(btrim(first_name || ' ' || last_name))`),
    lastNameKey: bytewise('last_name_key').generatedAlwaysAs(sql`lower(last_name)`),
    domain: bytewise('domain').generatedAlwaysAs(sql`split_part(email, '@', 2)`),
  },
  (t) => [
    primaryKey({ columns: [t.workspaceId, t.id] }),
    unique('contacts_email').on(t.workspaceId, t.email),
    // Search is by the beginning of address, name, last name or mail domain (lib/contacts/search.ts). The id makes the
    // order of equal names total, so that pages neither skip nor repeat. The unique constraint serves the address.
    index('contacts_name_key').on(t.workspaceId, t.nameKey, t.id),
    index('contacts_last_name_key').on(t.workspaceId, t.lastNameKey, t.id),
    index('contacts_domain').on(t.workspaceId, t.domain, t.id),
    index('contacts_no_email').on(t.workspaceId, t.id).where(sql`email is null`),
    // Who has sent a text message. Of those who get some, or did: an import of others pays nothing for it.
    index('contacts_sms')
      .on(t.workspaceId, t.phone)
      .where(sql`sms_subscribed or sms_unsubscribed_at is not null`),
    tenant(),
    onlyGranted(
      sql`exists (select from list_contacts l where l.workspace_id = contacts.workspace_id and l.contact_id = contacts.id)`,
    ),
  ],
);

/**
 * A contact's personal code (lib/codes). Made when somebody first asks for it, so that an import of many contacts need not
 * write and index one for each. Whoever shows a code is found by it in whatever workspace: `app.code` then names it.
 */
export const contactCodes = pgTable(
  'contact_codes',
  {
    workspaceId: workspaceId(),
    contactId: uuid('contact_id').$type<ContactId>().notNull(),
    code: bytewise('code').$type<ContactCode>().notNull(),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.workspaceId, t.contactId] }),
    foreignKey({
      columns: [t.workspaceId, t.contactId],
      foreignColumns: [contacts.workspaceId, contacts.id],
    }).onDelete('cascade'),
    // The code first: it is looked up by itself.
    uniqueIndex('contact_codes_code').on(t.code, t.workspaceId),
    pgPolicy('tenant', {
      using: sql`${inWorkspace} or code = (select nullif(current_setting('app.code', true), ''))`,
      withCheck: inWorkspace,
    }),
    onlyGranted(
      sql`exists (select from contacts c where c.workspace_id = contact_codes.workspace_id and c.id = contact_codes.contact_id)`,
    ),
  ],
);

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

export const lists = pgTable(
  'lists',
  {
    workspaceId: topWorkspaceId(),
    id: uuid('id').$type<ListId>().notNull(),
    name: text('name').notNull(),
    /** Kept by a trigger on list_contacts, so that no page has to count a million rows. */
    contactCount: integer('contact_count').notNull().default(0),
    sample: boolean('sample').notNull().default(false),
    archivedAt: at('archived_at'),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.workspaceId, t.id] }),
    uniqueIndex('lists_name').on(t.workspaceId, sql`lower(${t.name})`).where(sql`archived_at is null`),
    tenant(),
    onlyGranted(sql`id = any(${grantedLists})`),
  ],
);

/** What a marketer may do with a list. Owners, admins and viewers have their rights by role and no rows here. */
export const listGrants = pgTable(
  'list_grants',
  {
    workspaceId: workspaceId(),
    listId: uuid('list_id').$type<ListId>().notNull(),
    userId: uuid('user_id').$type<UserId>().notNull(),
    access: listAccess('access').notNull(),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.workspaceId, t.userId, t.listId] }),
    foreignKey({
      columns: [t.workspaceId, t.userId],
      foreignColumns: [members.workspaceId, members.userId],
    }).onDelete('cascade'),
    foreignKey({
      columns: [t.workspaceId, t.listId],
      foreignColumns: [lists.workspaceId, lists.id],
    }).onDelete('cascade'),
    index('list_grants_list').on(t.workspaceId, t.listId),
    tenant(),
  ],
);

/** By which a program acts: shown once, stored hashed. */
export const apiKeys = pgTable(
  'api_keys',
  {
    workspaceId: topWorkspaceId(),
    id: uuid('id').$type<ApiKeyId>().notNull(),
    name: text('name').notNull(),
    role: memberRole('role').notNull(),
    tokenHash: bytea('token_hash').notNull(),
    /** The last characters of its token, by which people tell keys apart. */
    hint: text('hint').notNull(),
    createdBy: uuid('created_by').$type<UserId>(),
    expiresAt: at('expires_at'),
    revokedAt: at('revoked_at'),
    lastUsedAt: at('last_used_at'),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.workspaceId, t.id] }),
    unique('api_keys_token').on(t.workspaceId, t.tokenHash),
    tenant(),
  ],
);

export const apiKeyGrants = pgTable(
  'api_key_grants',
  {
    workspaceId: workspaceId(),
    keyId: uuid('key_id').$type<ApiKeyId>().notNull(),
    listId: uuid('list_id').$type<ListId>().notNull(),
    access: listAccess('access').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.workspaceId, t.keyId, t.listId] }),
    foreignKey({
      columns: [t.workspaceId, t.keyId],
      foreignColumns: [apiKeys.workspaceId, apiKeys.id],
    }).onDelete('cascade'),
    foreignKey({
      columns: [t.workspaceId, t.listId],
      foreignColumns: [lists.workspaceId, lists.id],
    }).onDelete('cascade'),
    index('api_key_grants_list').on(t.workspaceId, t.listId),
    tenant(),
  ],
);

/**
 * What a request of the API under an `Idempotency-Key` was answered, so that it is answered the same when it comes again.
 * Without a status it is being worked on, or the process ended before its answer was written down.
 */
export const idempotencyKeys = pgTable(
  'idempotency_keys',
  {
    workspaceId: workspaceId(),
    keyId: uuid('key_id').$type<ApiKeyId>().notNull(),
    /** As the client chose it. */
    key: text('key').notNull(),
    /** Method and address. */
    request: text('request').notNull(),
    /** SHA-256 of the body. */
    bodyHash: bytea('body_hash'),
    status: integer('status'),
    /** Not jsonb, so that it is given back to the letter. */
    answer: json('answer').$type<unknown>(),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.workspaceId, t.keyId, t.key] }),
    foreignKey({
      columns: [t.workspaceId, t.keyId],
      foreignColumns: [apiKeys.workspaceId, apiKeys.id],
    }).onDelete('cascade'),
    index('idempotency_keys_created').on(t.workspaceId, t.createdAt),
    tenant(),
  ],
);

/** Where other programs are told of what happens. */
export const webhooks = pgTable(
  'webhooks',
  {
    workspaceId: topWorkspaceId(),
    id: uuid('id').$type<WebhookId>().notNull(),
    url: text('url').notNull(),
    events: text('events').array().$type<WebhookEvent[]>().notNull(),
    /** Encrypted, for the key signs each message. */
    secret: text('secret').notNull(),
    /** The one before, by which messages are signed as well until `previousUntil`. */
    previousSecret: text('previous_secret'),
    previousUntil: at('previous_until'),
    /** Since when no message has got through; null: the last one did. */
    failingSince: at('failing_since'),
    /** Since when it is told of nothing. */
    disabledAt: at('disabled_at'),
    /** Why, when nobody wanted it so. */
    problem: text('problem'),
    createdAt: createdAt(),
  },
  (t) => [primaryKey({ columns: [t.workspaceId, t.id] }), tenant()],
);

/**
 * One event for one webhook, written by triggers in the transaction of what it tells of (migration 0012). It names its
 * subject and nothing of it, so that nobody's data waits here: what is sent is read when it is sent.
 */
export const webhookMessages = pgTable(
  'webhook_messages',
  {
    workspaceId: workspaceId(),
    id: uuid('id').$type<WebhookMessageId>().notNull(),
    webhookId: uuid('webhook_id').$type<WebhookId>().notNull(),
    type: text('type').$type<WebhookMessageType>().notNull(),
    /** The campaign, delivery or contact. */
    subjectId: uuid('subject_id'),
    state: webhookMessageState('state').notNull().default('pending'),
    attempts: integer('attempts').notNull().default(0),
    /** Whether its job was written. */
    queued: boolean('queued').notNull().default(false),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.workspaceId, t.id] }),
    foreignKey({
      columns: [t.workspaceId, t.webhookId],
      foreignColumns: [webhooks.workspaceId, webhooks.id],
    }).onDelete('cascade'),
    // To forget what receivers answered about somebody who is erased.
    index('webhook_messages_subject').on(t.workspaceId, t.subjectId),
    index('webhook_messages_webhook').on(t.workspaceId, t.webhookId, t.id),
    index('webhook_messages_unqueued').on(t.workspaceId, t.id).where(sql`not queued`),
    tenant(),
  ],
);

/** Each try to hand a message over. */
export const webhookAttempts = pgTable(
  'webhook_attempts',
  {
    workspaceId: workspaceId(),
    id: uuid('id').notNull(),
    messageId: uuid('message_id').$type<WebhookMessageId>().notNull(),
    /** What HTTP status came back; null: none did. */
    status: integer('status'),
    /** What went wrong, or the beginning of what was answered. */
    detail: text('detail').notNull(),
    milliseconds: integer('milliseconds').notNull(),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.workspaceId, t.id] }),
    foreignKey({
      columns: [t.workspaceId, t.messageId],
      foreignColumns: [webhookMessages.workspaceId, webhookMessages.id],
    }).onDelete('cascade'),
    index('webhook_attempts_message').on(t.workspaceId, t.messageId, t.id),
    tenant(),
  ],
);

/** Somebody who is asked to join: by mail, bound to the address, or by a link for whoever gets it. Works once. */
export const invitations = pgTable(
  'invitations',
  {
    workspaceId: topWorkspaceId(),
    id: uuid('id').$type<InvitationId>().notNull(),
    /** Lower case; null: a link for anybody who is given it. */
    email: text('email'),
    role: memberRole('role').notNull(),
    /** What a marketer is granted on joining; lists that are gone by then are passed over. */
    grants: jsonb('grants').$type<{ listId: ListId; access: ListAccess }[]>().notNull().default([]),
    tokenHash: bytea('token_hash').notNull(),
    invitedBy: uuid('invited_by').$type<UserId>(),
    expiresAt: at('expires_at').notNull(),
    acceptedAt: at('accepted_at'),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.workspaceId, t.id] }),
    unique('invitations_token').on(t.workspaceId, t.tokenHash),
    tenant(),
  ],
);

export const listContacts = pgTable(
  'list_contacts',
  {
    workspaceId: workspaceId(),
    listId: uuid('list_id').$type<ListId>().notNull(),
    contactId: uuid('contact_id').$type<ContactId>().notNull(),
    addedAt: at('added_at').notNull().defaultNow(),
  },
  (t) => [
    primaryKey({ columns: [t.workspaceId, t.listId, t.contactId] }),
    foreignKey({
      columns: [t.workspaceId, t.listId],
      foreignColumns: [lists.workspaceId, lists.id],
    }).onDelete('cascade'),
    foreignKey({
      columns: [t.workspaceId, t.contactId],
      foreignColumns: [contacts.workspaceId, contacts.id],
    }).onDelete('cascade'),
    index('list_contacts_contact').on(t.workspaceId, t.contactId),
    tenant(),
    onlyGranted(sql`list_id = any(${grantedLists})`),
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

export type ImportSettings = {
  encoding: 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';
  delimiter: ',' | ';' | '\t' | '|';
  /** Whether the first record names the columns. */
  header: boolean;
  /** The columns' names as the file has them, or "Column 1" … where it has none. */
  names: string[];
  /** What each column of the file becomes, in order. `{ attribute }` names a contact attribute. */
  columns: ImportColumn[];
};
export type ImportColumn =
  | 'email'
  | 'phone'
  | 'first_name'
  | 'last_name'
  | 'full_name'
  | 'country'
  | 'time_zone'
  | 'email_consent'
  | 'sms_consent'
  | 'attributes_json'
  | 'ignore'
  | { attribute: string };

export const imports = pgTable(
  'imports',
  {
    workspaceId: topWorkspaceId(),
    id: uuid('id').$type<ImportId>().notNull(),
    listId: uuid('list_id').$type<ListId>(),
    createdBy: uuid('created_by').$type<UserId>(),
    createdByKey: uuid('created_by_key').$type<ApiKeyId>(),
    fileName: text('file_name').notNull(),
    bytes: bigint('bytes', { mode: 'number' }).notNull(),
    bytesRead: bigint('bytes_read', { mode: 'number' }).notNull().default(0),
    settings: jsonb('settings').$type<ImportSettings>(),
    status: importStatus('status').notNull().default('uploaded'),
    /** Records that are committed; a restarted import continues behind them. */
    rows: integer('rows').notNull().default(0),
    created: integer('created').notNull().default(0),
    updated: integer('updated').notNull().default(0),
    duplicates: integer('duplicates').notNull().default(0),
    invalid: integer('invalid').notNull().default(0),
    /** One sentence for the person, when the whole file was refused. */
    problem: text('problem'),
    createdAt: createdAt(),
    startedAt: at('started_at'),
    finishedAt: at('finished_at'),
  },
  (t) => [
    primaryKey({ columns: [t.workspaceId, t.id] }),
    foreignKey({
      columns: [t.workspaceId, t.listId],
      foreignColumns: [lists.workspaceId, lists.id],
    }).onDelete('cascade'),
    tenant(),
    onlyGranted(sql`created_by = ${byThemselves} or created_by_key = ${byThemselves}`),
  ],
);

/** Rows of an import that did not become a contact, in the order of the file. */
export const importRejections = pgTable(
  'import_rejections',
  {
    workspaceId: workspaceId(),
    importId: uuid('import_id').$type<ImportId>().notNull(),
    row: integer('row').notNull(), // 1 = the first record below the header
    reason: text('reason').notNull(),
    values: jsonb('values').$type<string[]>().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.workspaceId, t.importId, t.row] }),
    foreignKey({
      columns: [t.workspaceId, t.importId],
      foreignColumns: [imports.workspaceId, imports.id],
    }).onDelete('cascade'),
    tenant(),
    onlyGranted(
      sql`exists (select from imports i where i.workspace_id = import_rejections.workspace_id and i.id = import_rejections.import_id)`,
    ),
  ],
);

// ---------------------------------------------------------------- senders and campaigns

export const senders = pgTable(
  'senders',
  {
    workspaceId: topWorkspaceId(),
    id: uuid('id').$type<SenderId>().notNull(),
    name: text('name').notNull(),
    channel: channel('channel').notNull().default('email'),
    provider: provider('provider').notNull(),
    fromName: text('from_name').notNull(),
    fromEmail: text('from_email').notNull(),
    replyTo: text('reply_to'),
    /** The provider's settings, AES-256-GCM under APP_SECRET (lib/auth/secrets.ts); null where it needs none. */
    config: text('config'),
    /** The most messages in any second, minute, hour and day; all null: as fast as the provider takes them. */
    perSecond: integer('per_second'),
    perMinute: integer('per_minute'),
    perHour: integer('per_hour'),
    perDay: integer('per_day'),
    /** Nobody has set these limits, the provider's usual one stands there: it gives way to a campaign that asks for more. */
    limitsProposed: boolean('limits_proposed').notNull().default(false),
    isDefault: boolean('is_default').notNull().default(false),
    /** The names under which the keys of its signatures stand in the DNS; empty: the usual ones are tried. */
    dkimSelectors: text('dkim_selectors').array().notNull().default([]),
    /** What the DNS last said about the domain of its address. */
    domainReport: jsonb('domain_report').$type<DomainReport>(),
    domainCheckedAt: at('domain_checked_at'),
    /** Of the version before: what throttles now are `throttles`. */
    throttleTat: at('throttle_tat').notNull().defaultNow(),
    createdAt: createdAt(),
    updatedAt: at('updated_at').notNull().defaultNow(),
  },
  (t) => [
    primaryKey({ columns: [t.workspaceId, t.id] }),
    uniqueIndex('senders_default').on(t.workspaceId, t.channel).where(sql`is_default`),
    tenant(),
  ],
);

/**
 * Where a throttle stands, of a sender or a campaign: the theoretical arrival time of each window's GCRA (lib/throttle).
 * Apart from what it limits, because it is written with every few messages.
 */
export const throttles = pgTable(
  'throttles',
  {
    workspaceId: topWorkspaceId(),
    /** The sender's or the campaign's. */
    id: uuid('id').$type<SenderId | CampaignId>().notNull(),
    secondTat: at('second_tat').notNull(),
    minuteTat: at('minute_tat').notNull(),
    hourTat: at('hour_tat').notNull(),
    dayTat: at('day_tat').notNull(),
    /** Counts up with every grant: unused permits go back only while nobody has built on them. */
    grants: bigint('grants', { mode: 'number' }).notNull().default(0),
    /** What each message of the last grant counted for. */
    weight: integer('weight').notNull().default(1),
  },
  (t) => [primaryKey({ columns: [t.workspaceId, t.id] }), tenant()],
);

/** The circuit breaker of a sender that fails: no row, no failure. Shared by all workers. */
export const breakers = pgTable(
  'breakers',
  {
    workspaceId: workspaceId(),
    senderId: uuid('sender_id').$type<SenderId>().notNull(),
    /** How often in a row it was tried and failed. */
    failures: integer('failures').notNull(),
    /** Nobody sends before; then one message tries. */
    openUntil: at('open_until').notNull(),
    /** What the provider said, in a sentence for a person. */
    problem: text('problem').notNull(),
    since: at('since').notNull().defaultNow(),
  },
  (t) => [
    primaryKey({ columns: [t.workspaceId, t.senderId] }),
    foreignKey({
      columns: [t.workspaceId, t.senderId],
      foreignColumns: [senders.workspaceId, senders.id],
    }).onDelete('cascade'),
    tenant(),
  ],
);

/**
 * What was handed to the provider of a sender in each minute, as its workers add it up. What is older than some days is added
 * to the row of the epoch: so that the sums over all rows only grow.
 */
export const senderMinutes = pgTable(
  'sender_minutes',
  {
    workspaceId: workspaceId(),
    senderId: uuid('sender_id').$type<SenderId>().notNull(),
    minute: at('minute').notNull(),
    /** Calls of the provider, each for one message or many. */
    calls: bigint('calls', { mode: 'number' }).notNull(),
    messages: bigint('messages', { mode: 'number' }).notNull(),
    /** Those that the provider took. */
    sent: bigint('sent', { mode: 'number' }).notNull(),
    /** For how much those count under limits, text messages for their segments; null: each for one. */
    weight: bigint('weight', { mode: 'number' }),
    /** Those that failed, but for refusals of a recipient. */
    errors: bigint('errors', { mode: 'number' }).notNull(),
    /** How long the calls took, together and the longest. */
    milliseconds: bigint('milliseconds', { mode: 'number' }).notNull(),
    slowestMs: integer('slowest_ms').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.workspaceId, t.senderId, t.minute] }),
    foreignKey({
      columns: [t.workspaceId, t.senderId],
      foreignColumns: [senders.workspaceId, senders.id],
    }).onDelete('cascade'),
    index('sender_minutes_minute').on(t.workspaceId, t.minute),
    tenant(),
  ],
);

/** An editor's document, or source text. `html` beside a visual document is what the editor exported from it. */
export type EmailContent =
  | { format: 'visual'; document: unknown; html: string }
  | { format: 'markdown'; body: string }
  | { format: 'html'; body: string };
/** `text` is that of a text message, and of nothing else. */
export type CampaignContent = EmailContent | { format: 'text'; body: string };

/** What one revision of an e-mail campaign became: rendered once, merge tags left in as Liquid. */
export type CompiledMessage = {
  channel?: 'email';
  subject: string;
  preheader: string;
  html: string;
  text: string;
  /**
   * Where its links lead, each once; the number of a link is its place, from 1. What was launched before links were kept has
   * none, and is not tracked.
   */
  links?: string[];
  /** Who sends; what was launched before this was kept has none. */
  company?: { name: string; postalAddress: string };
  hash: string;
};

/** The same of a text message: with the short URL and the footer. */
export type CompiledText = {
  channel: 'sms';
  text: string;
  /** Where its links lead, in the order in which `short_link_1`, `short_link_2` … stand for them. */
  links: string[];
  company?: { name: string; postalAddress: string };
  hash: string;
};

export const campaigns = pgTable(
  'campaigns',
  {
    workspaceId: topWorkspaceId(),
    id: uuid('id').$type<CampaignId>().notNull(),
    name: text('name').notNull(),
    channel: channel('channel').notNull().default('email'),
    status: campaignStatus('status').notNull().default('draft'),
    subject: text('subject').notNull().default(''),
    preheader: text('preheader').notNull().default(''),
    content: jsonb('content').$type<CampaignContent>().notNull(),
    /** What the page of each recipient's code says: plain text; empty: this campaign offers nothing. */
    offerText: text('offer_text').notNull().default(''),
    /** The last day on which it holds, on the workspace's calendar. */
    offerUntil: date('offer_until', { mode: 'string' }),
    senderId: uuid('sender_id').$type<SenderId>(),
    /** Counts up with every saved change of a draft; a save that names an older one is refused. */
    revision: integer('revision').notNull().default(1),
    /** Frozen when the campaign launches. */
    compiled: jsonb('compiled').$type<CompiledMessage | CompiledText>(),
    /** Rows of the ledger, fixed once the launch has copied the whole audience; null until then. */
    planned: integer('planned'),
    /** Limits of this campaign besides its sender's. */
    perSecond: integer('per_second'),
    perMinute: integer('per_minute'),
    perHour: integer('per_hour'),
    perDay: integer('per_day'),
    /** When it is to be sent, and the time zone in which that was said. */
    scheduledAt: at('scheduled_at'),
    scheduledZone: text('scheduled_zone'), // IANA
    /** Scheduled, and yet it waits for a person; `problem` says why. */
    held: boolean('held').notNull().default(false),
    /** Where its first batch stands in the queue of its sender, so that campaigns which share one take turns. */
    turn: integer('turn').notNull().default(0),
    /** The last contact that the launch has copied: where it goes on after a crash. */
    launchCursor: uuid('launch_cursor').$type<ContactId>(),
    /** Why the system paused it, in a sentence for a person. */
    problem: text('problem'),
    sample: boolean('sample').notNull().default(false),
    createdBy: uuid('created_by').$type<UserId>(),
    createdByKey: uuid('created_by_key').$type<ApiKeyId>(),
    /** Who said that it shall go out by itself: they must still be allowed to when it does. Null: the system. */
    scheduledBy: uuid('scheduled_by').$type<UserId>(),
    scheduledByKey: uuid('scheduled_by_key').$type<ApiKeyId>(),
    createdAt: createdAt(),
    updatedAt: at('updated_at').notNull().defaultNow(),
    startedAt: at('started_at'),
    completedAt: at('completed_at'),
  },
  (t) => [
    primaryKey({ columns: [t.workspaceId, t.id] }),
    foreignKey({
      columns: [t.workspaceId, t.senderId],
      foreignColumns: [senders.workspaceId, senders.id],
    }),
    index('campaigns_status').on(t.workspaceId, t.status),
    index('campaigns_due').on(t.workspaceId, t.scheduledAt).where(sql`status = 'scheduled' and not held`),
    tenant(),
    // All its lists, or a draft of one's own that names none yet.
    onlyGranted(
      sql`coalesce((select bool_and(l.list_id = any(${grantedLists})) from campaign_lists l where l.workspace_id = campaigns.workspace_id and l.campaign_id = campaigns.id), created_by = ${byThemselves} or created_by_key = ${byThemselves}, false)`,
    ),
  ],
);

export const campaignLists = pgTable(
  'campaign_lists',
  {
    workspaceId: workspaceId(),
    campaignId: uuid('campaign_id').$type<CampaignId>().notNull(),
    listId: uuid('list_id').$type<ListId>().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.workspaceId, t.campaignId, t.listId] }),
    foreignKey({
      columns: [t.workspaceId, t.campaignId],
      foreignColumns: [campaigns.workspaceId, campaigns.id],
    }).onDelete('cascade'),
    foreignKey({
      columns: [t.workspaceId, t.listId],
      foreignColumns: [lists.workspaceId, lists.id],
    }).onDelete('cascade'),
    index('campaign_lists_list').on(t.workspaceId, t.listId),
    tenant(),
  ],
);

// ---------------------------------------------------------------- the ledger

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
    index('deliveries_state').on(t.workspaceId, t.campaignId, t.state, t.id),
    index('deliveries_contact').on(t.workspaceId, t.contactId, t.id),
    // The rate that a running campaign shows, and its history by time.
    index('deliveries_sent_at').on(t.workspaceId, t.campaignId, t.sentAt).where(sql`sent_at is not null`),
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
 * What recipients opened and clicked, as it came: each row was durable before it was answered. Append-only: a trigger lets
 * nothing change but the class and whether it is counted, and the agent be forgotten. No network address is kept.
 */
export const trackingEvents = pgTable(
  'tracking_events',
  {
    workspaceId: workspaceId(),
    id: uuid('id').notNull(),
    deliveryId: uuid('delivery_id').$type<DeliveryId>().notNull(),
    campaignId: uuid('campaign_id').$type<CampaignId>().notNull(),
    kind: text('kind', { enum: trackingKinds }).notNull(),
    /** The number of the link in its message; 0: the pixel, or a link that is not known. */
    link: smallint('link').notNull().default(0),
    class: text('class', { enum: trackingClasses }).notNull(),
    /** What the program said that it is, from which it can be judged anew. */
    agent: text('agent').notNull().default(''),
    at: at('at').notNull(),
    /** Whether the rollups hold it. */
    counted: boolean('counted').notNull().default(false),
  },
  (t) => [
    primaryKey({ columns: [t.workspaceId, t.id] }),
    // Deliveries go with their campaign and in no other way; to lock each of them at each click would cost more than the rest.
    foreignKey({
      columns: [t.workspaceId, t.campaignId],
      foreignColumns: [campaigns.workspaceId, campaigns.id],
    }).onDelete('cascade'),
    index('tracking_events_delivery').on(t.workspaceId, t.deliveryId, t.id),
    // The people behind a number of a link.
    index('tracking_events_link')
      .on(t.workspaceId, t.campaignId, t.kind, t.link, t.deliveryId)
      .where(sql`class = 'human'`),
    index('tracking_events_uncounted').on(t.workspaceId, t.id).where(sql`not counted`),
    tenant(),
    onlyGranted(
      sql`exists (select from campaigns c where c.workspace_id = tracking_events.workspace_id and c.id = tracking_events.campaign_id)`,
    ),
  ],
);

/** How many of them there were, kept by the worker: of a campaign in all, by minute and by quarter of an hour, by link. */
export const trackingRollups = pgTable(
  'tracking_rollups',
  {
    workspaceId: workspaceId(),
    campaignId: uuid('campaign_id').$type<CampaignId>().notNull(),
    grain: text('grain', { enum: trackingGrains }).notNull(),
    /** When it begins; 'all' has one of its own, the year 1970. */
    at: at('at').notNull(),
    kind: text('kind', { enum: trackingKinds }).notNull(),
    /** 0: all of them together. */
    link: smallint('link').notNull(),
    human: integer('human').notNull().default(0),
    machine: integer('machine').notNull().default(0),
    /** Recipients who did it for the first time. Whoever clicked has opened. */
    people: integer('people').notNull().default(0),
  },
  (t) => [
    primaryKey({ columns: [t.workspaceId, t.campaignId, t.grain, t.kind, t.link, t.at] }),
    foreignKey({
      columns: [t.workspaceId, t.campaignId],
      foreignColumns: [campaigns.workspaceId, campaigns.id],
    }).onDelete('cascade'),
    tenant(),
    onlyGranted(
      sql`exists (select from campaigns c where c.workspace_id = tracking_rollups.workspace_id and c.id = tracking_rollups.campaign_id)`,
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

/** The mailbox in which a sender's messages come back. */
export const mailboxes = pgTable(
  'mailboxes',
  {
    workspaceId: workspaceId(),
    senderId: uuid('sender_id').$type<SenderId>().notNull(),
    /** AES-256-GCM under APP_SECRET, as the sender's own settings. */
    config: text('config').notNull(),
    /** How far it was read, in the form of its protocol; null: not yet. */
    place: jsonb('place'),
    /** Another with each reading; what names it no longer writes down no place. */
    fence: uuid('fence'),
    /** Until then somebody reads it; null: nobody. */
    readingUntil: at('reading_until'),
    nextAt: at('next_at').notNull().defaultNow(),
    /** In a row. */
    failures: integer('failures').notNull().default(0),
    /** Why it could not be read the last time. */
    problem: text('problem'),
    /** When it was last read without one, how many reports were found by then, and when the last of them. */
    readAt: at('read_at'),
    reports: integer('reports').notNull().default(0),
    reportAt: at('report_at'),
  },
  (t) => [
    primaryKey({ columns: [t.workspaceId, t.senderId] }),
    foreignKey({
      columns: [t.workspaceId, t.senderId],
      foreignColumns: [senders.workspaceId, senders.id],
    }).onDelete('cascade'),
    tenant(),
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

/** Something that a person should look at: it opens when it lasts, and resolves when it has been well for a while. */
export const alerts = pgTable(
  'alerts',
  {
    workspaceId: topWorkspaceId(),
    id: uuid('id').$type<AlertId>().notNull(),
    kind: text('kind').$type<AlertKind>().notNull(),
    /** The sender's or campaign's; null: it is about the workspace. */
    subjectId: uuid('subject_id').$type<SenderId | CampaignId>(),
    severity: text('severity').$type<AlertSeverity>().notNull(),
    title: text('title').notNull(),
    /** What is the matter and what to do, in a sentence or two. */
    detail: text('detail').notNull(),
    /** When it was seen first. */
    since: at('since').notNull(),
    /** Null: it has not lasted long enough yet. */
    openedAt: at('opened_at'),
    /** Since when all has been well again; null: it is not. */
    wellSince: at('well_since'),
    resolvedAt: at('resolved_at'),
    /** When people were told by mail that it opened, and that it resolved. */
    openedToldAt: at('opened_told_at'),
    resolvedToldAt: at('resolved_told_at'),
  },
  (t) => [
    primaryKey({ columns: [t.workspaceId, t.id] }),
    uniqueIndex('alerts_unresolved')
      .on(t.workspaceId, t.kind, sql`coalesce(subject_id, '00000000-0000-0000-0000-000000000000')`)
      .where(sql`resolved_at is null`),
    index('alerts_opened').on(t.workspaceId, t.openedAt).where(sql`opened_at is not null`),
    tenant(),
  ],
);

/** Who did what to what. Written in the transaction of what it records; a trigger refuses UPDATE and DELETE. */
export const auditLog = pgTable(
  'audit_log',
  {
    workspaceId: topWorkspaceId(),
    id: uuid('id').notNull(),
    userId: uuid('user_id').$type<UserId>(), // null, and no key either: the system
    keyId: uuid('key_id').$type<ApiKeyId>(),
    /** The network address that it came from. */
    address: text('address'),
    action: text('action').notNull(), // 'campaign.launched'
    targetId: uuid('target_id'),
    detail: jsonb('detail').$type<Record<string, unknown>>().notNull().default({}),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.workspaceId, t.id] }),
    index('audit_log_target').on(t.workspaceId, t.targetId, t.id),
    index('audit_log_user').on(t.workspaceId, t.userId, t.id),
    index('audit_log_action').on(t.workspaceId, sql`${t.action} collate "C"`, t.id),
    tenant(),
  ],
);
