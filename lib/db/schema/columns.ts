import { type SQL, sql } from 'drizzle-orm';
import { customType, pgEnum, pgPolicy, timestamp, uuid } from 'drizzle-orm/pg-core';
import type { WorkspaceId } from '../../ids';
import {
  campaignStatuses,
  channels,
  deliveryStates,
  importStatuses,
  listAccesses,
  providerNames,
  roles,
  webhookMessageStates,
} from '../states';

export const at = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' });

export const createdAt = () => at('created_at').notNull().defaultNow();

export const workspaceId = () => uuid('workspace_id').$type<WorkspaceId>().notNull();

/**
 * Text compared byte by byte, so that what begins with a prefix is a range of an index, whatever the database's locale.
 * All addresses are such: a join of two collations could use no index.
 */
export const bytewise = customType<{ data: string }>({ dataType: () => 'text collate "C"' });

/** SHA-256 of a token that was drawn at random: only its holder has the token itself. */
export const bytea = customType<{ data: Buffer }>({ dataType: () => 'bytea' });

export const inWorkspace = sql`workspace_id = (select nullif(current_setting('app.workspace_id', true), '')::uuid)`;

export const tenant = () => pgPolicy('tenant', { using: inWorkspace, withCheck: inWorkspace });

/**
 * Whoever has the rights of single lists sees only what hangs from those (lib/auth/scope.ts): then `app.lists` names them,
 * be it none. For everybody else it is empty, and the first half a constant.
 */
export const onlyGranted = (condition: SQL) =>
  pgPolicy('granted', {
    as: 'restrictive',
    for: 'select',
    using: sql`(select coalesce(current_setting('app.lists', true), '') = '') or ${condition}`,
  });

export const grantedLists = sql`(select nullif(current_setting('app.lists', true), ''))::uuid[]`;

export const byThemselves = sql`(select nullif(current_setting('app.principal', true), '')::uuid)`;

export const campaignStatus = pgEnum('campaign_status', campaignStatuses);

export const deliveryState = pgEnum('delivery_state', deliveryStates);

export const channel = pgEnum('channel', channels);

export const importStatus = pgEnum('import_status', importStatuses);

export const memberRole = pgEnum('member_role', roles);

export const listAccess = pgEnum('list_access', listAccesses);

export const provider = pgEnum('provider', providerNames);

export const webhookMessageState = pgEnum('webhook_message_state', webhookMessageStates);

// ---------------------------------------------------------------- the directory: who there is, outside any workspace
