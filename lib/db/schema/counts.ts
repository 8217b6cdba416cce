import { sql } from 'drizzle-orm';
import { foreignKey, index, integer, jsonb, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import type { CampaignId } from '../../ids';
import { campaigns } from './campaigns';
import { at, bytewise, deliveryState, onlyGranted, tenant, workspaceId } from './columns';

/**
 * What each statement changed about the counts of a campaign's deliveries, written by a trigger in its transaction: appended, so
 * that workers never wait for each other. A worker adds it up (lib/analytics/fold-counts.ts). No foreign key: to lock the campaign with
 * each batch would make them wait.
 */
export const deliveryDeltas = pgTable(
  'delivery_deltas',
  {
    workspaceId: workspaceId(),
    campaignId: uuid('campaign_id').$type<CampaignId>().notNull(),
    id: uuid('id').notNull(),
    /** By 'part|state|reason|flags', as the columns of the rollups. */
    shapes: jsonb('shapes').$type<Record<string, number>>().notNull(),
    /** By mail domain: planned, sent, failed, bounced, opened, clicked. */
    domains: jsonb('domains').$type<Record<string, number[]>>().notNull(),
    /** By minute, as seconds since 1970: sent, delivered, bounced. */
    moments: jsonb('moments').$type<Record<string, number[]>>().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.workspaceId, t.campaignId, t.id] }),
    tenant(),
    onlyGranted(
      sql`exists (select from campaigns c where c.workspace_id = delivery_deltas.workspace_id and c.id = delivery_deltas.campaign_id)`,
    ),
  ],
);

/** How many deliveries of a campaign are alike in all that is counted. With what `delivery_deltas` still holds: exactly the ledger. */
export const deliveryRollups = pgTable(
  'delivery_rollups',
  {
    workspaceId: workspaceId(),
    campaignId: uuid('campaign_id').$type<CampaignId>().notNull(),
    /**
     * -1: everybody; 0 to 50: those of one list, by its place in the campaign's `audience`; larger: those who were sent to in one
     * quarter of an hour, by its number since 1970. Function `delivery_parts`.
     */
    part: integer('part').notNull(),
    state: deliveryState('state').notNull(),
    /** Empty: none. */
    reason: text('reason').notNull(),
    /** What else is known of them, as bits: function `delivery_flags`. */
    flags: integer('flags').notNull(),
    n: integer('n').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.workspaceId, t.campaignId, t.part, t.state, t.reason, t.flags] }),
    // Which campaigns wait for somebody to decide.
    index('delivery_rollups_unconfirmed')
      .on(t.workspaceId, t.campaignId)
      .where(sql`state = 'unconfirmed' and part = -1`),
    foreignKey({
      columns: [t.workspaceId, t.campaignId],
      foreignColumns: [campaigns.workspaceId, campaigns.id],
    }).onDelete('cascade'),
    tenant(),
    onlyGranted(
      sql`exists (select from campaigns c where c.workspace_id = delivery_rollups.workspace_id and c.id = delivery_rollups.campaign_id)`,
    ),
  ],
);

/** The same by mail domain, of those who were not erased. */
export const deliveryDomains = pgTable(
  'delivery_domains',
  {
    workspaceId: workspaceId(),
    campaignId: uuid('campaign_id').$type<CampaignId>().notNull(),
    domain: bytewise('domain').notNull(),
    planned: integer('planned').notNull(),
    sent: integer('sent').notNull(),
    failed: integer('failed').notNull(),
    bounced: integer('bounced').notNull(),
    opened: integer('opened').notNull(),
    clicked: integer('clicked').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.workspaceId, t.campaignId, t.domain] }),
    foreignKey({
      columns: [t.workspaceId, t.campaignId],
      foreignColumns: [campaigns.workspaceId, campaigns.id],
    }).onDelete('cascade'),
    tenant(),
    onlyGranted(
      sql`exists (select from campaigns c where c.workspace_id = delivery_domains.workspace_id and c.id = delivery_domains.campaign_id)`,
    ),
  ],
);

/** The same by the minute in which it happened, of those that count as sent. */
export const deliveryMoments = pgTable(
  'delivery_moments',
  {
    workspaceId: workspaceId(),
    campaignId: uuid('campaign_id').$type<CampaignId>().notNull(),
    /** When the minute begins. */
    at: at('at').notNull(),
    sent: integer('sent').notNull(),
    delivered: integer('delivered').notNull(),
    bounced: integer('bounced').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.workspaceId, t.campaignId, t.at] }),
    foreignKey({
      columns: [t.workspaceId, t.campaignId],
      foreignColumns: [campaigns.workspaceId, campaigns.id],
    }).onDelete('cascade'),
    tenant(),
    onlyGranted(
      sql`exists (select from campaigns c where c.workspace_id = delivery_moments.workspace_id and c.id = delivery_moments.campaign_id)`,
    ),
  ],
);
