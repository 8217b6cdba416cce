import {
  foreignKey,
  index,
  integer,
  json,
  pgTable,
  primaryKey,
  text,
  unique,
  uuid,
} from 'drizzle-orm/pg-core';
import type { ApiKeyId, ListId, UserId } from '../../ids';
import { at, bytea, createdAt, listAccess, memberRole, tenant, workspaceId } from './columns';
import { lists } from './lists';
import { members, topWorkspaceId } from './workspaces';

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
