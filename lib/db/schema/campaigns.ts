import { sql } from 'drizzle-orm';
import {
  boolean,
  date,
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uuid,
} from 'drizzle-orm/pg-core';
import type { ApiKeyId, CampaignId, ContactId, ListId, SenderId, UserId } from '../../ids';
import {
  at,
  byThemselves,
  campaignStatus,
  channel,
  createdAt,
  grantedLists,
  onlyGranted,
  tenant,
  workspaceId,
} from './columns';
import { lists } from './lists';
import { senders } from './senders';
import { topWorkspaceId } from './workspaces';

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
    /** Its lists as they were when it launched: what `lists` of its deliveries counts by. */
    audience: uuid('audience').array().$type<ListId[]>(),
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
