import { sql } from 'drizzle-orm';
import {
  boolean,
  foreignKey,
  index,
  integer,
  pgTable,
  primaryKey,
  smallint,
  text,
  uuid,
} from 'drizzle-orm/pg-core';
import type { CampaignId, DeliveryId } from '../../ids';
import { trackingClasses, trackingGrains, trackingKinds } from '../states';
import { campaigns } from './campaigns';
import { at, onlyGranted, tenant, workspaceId } from './columns';

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
    // And behind one of machines.
    index('tracking_events_machine')
      .on(t.workspaceId, t.campaignId, t.kind, t.link, t.deliveryId)
      .where(sql`class <> 'human'`),
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
    /** Recipients with whose message a machine did it, each once. Of `all` alone. */
    machinePeople: integer('machine_people').notNull().default(0),
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
