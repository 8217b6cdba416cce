import { sql } from 'drizzle-orm';
import { bigint, foreignKey, integer, jsonb, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import type { ApiKeyId, ImportId, ListId, UserId } from '../../ids';
import { at, byThemselves, createdAt, importStatus, onlyGranted, tenant, workspaceId } from './columns';
import { lists } from './lists';
import { topWorkspaceId } from './workspaces';

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
