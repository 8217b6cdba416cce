import { sql } from 'drizzle-orm';
import {
  boolean,
  index,
  integer,
  jsonb,
  pgPolicy,
  pgTable,
  primaryKey,
  text,
  time,
  unique,
  uuid,
} from 'drizzle-orm/pg-core';
import type { InvitationId, ListId, UserId, WorkspaceId } from '../../ids';
import { type ListAccess, unconfirmedPolicies } from '../states';
import { users } from './accounts';
import { at, bytea, createdAt, inWorkspace, memberRole, tenant, workspaceId } from './columns';

/** For tables that hang from no other tenant table; the rest get here through their composite foreign keys. */
export const topWorkspaceId = () => workspaceId().references(() => workspaces.id, { onDelete: 'cascade' });

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
