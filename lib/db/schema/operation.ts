import { sql } from 'drizzle-orm';
import {
  bigint,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import type { AlertId, ApiKeyId, CampaignId, DeliveryId, SenderId, UserId } from '../../ids';
import type { AlertKind, AlertSeverity } from '../states';
import { at, createdAt, tenant } from './columns';
import { topWorkspaceId } from './workspaces';

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
