import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import type { CampaignId, SenderId } from '../../ids';
import type { DomainReport } from '../domain-report';
import { at, channel, createdAt, provider, tenant, workspaceId } from './columns';
import { topWorkspaceId } from './workspaces';

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
