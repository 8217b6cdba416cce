import { sql } from 'drizzle-orm';
import { boolean, foreignKey, index, integer, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import type { WebhookId, WebhookMessageId } from '../../ids';
import type { WebhookEvent, WebhookMessageType } from '../states';
import { at, createdAt, tenant, webhookMessageState, workspaceId } from './columns';
import { topWorkspaceId } from './workspaces';

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
