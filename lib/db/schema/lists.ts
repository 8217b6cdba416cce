import { sql } from 'drizzle-orm';
import {
  boolean,
  foreignKey,
  index,
  integer,
  jsonb,
  pgPolicy,
  pgTable,
  primaryKey,
  text,
  unique,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import type { ContactCode, ContactId, ImportId, ListId } from '../../ids';
import {
  at,
  bytewise,
  createdAt,
  grantedLists,
  inWorkspace,
  onlyGranted,
  tenant,
  workspaceId,
} from './columns';
import { topWorkspaceId } from './workspaces';

export const contacts = pgTable(
  'contacts',
  {
    workspaceId: topWorkspaceId(),
    id: uuid('id').$type<ContactId>().notNull(),
    /** Lower case, so that the unique constraint holds regardless of case. */
    email: bytewise('email'),
    phone: text('phone'), // E.164
    firstName: text('first_name').notNull().default(''),
    lastName: text('last_name').notNull().default(''),
    country: text('country'),
    timeZone: text('time_zone'),
    attributes: jsonb('attributes').$type<Record<string, unknown>>().notNull().default({}),
    emailSubscribed: boolean('email_subscribed').notNull().default(true),
    emailUnsubscribedAt: at('email_unsubscribed_at'),
    smsSubscribed: boolean('sms_subscribed').notNull().default(false),
    smsUnsubscribedAt: at('sms_unsubscribed_at'),
    /** False: nothing that they open or click is recorded, and their messages hold nothing that could. */
    tracking: boolean('tracking').notNull().default(true),
    /** The import that wrote this row last: a row of the same import that meets it again is a duplicate. */
    importId: uuid('import_id').$type<ImportId>(),
    sample: boolean('sample').notNull().default(false),
    createdAt: createdAt(),
    updatedAt: at('updated_at').notNull().defaultNow(),
    // What a search compares. Columns and not indexed expressions, because lower() and split_part() are not leakproof:
    // under row-level security PostgreSQL uses no index on them.
    nameKey: bytewise('name_key').generatedAlwaysAs(sql`lower(btrim(first_name || ' ' || last_name))`),
    lastNameKey: bytewise('last_name_key').generatedAlwaysAs(sql`lower(last_name)`),
    domain: bytewise('domain').generatedAlwaysAs(sql`split_part(email, '@', 2)`),
  },
  (t) => [
    primaryKey({ columns: [t.workspaceId, t.id] }),
    unique('contacts_email').on(t.workspaceId, t.email),
    // Search is by the beginning of address, name, last name or mail domain (lib/contacts/search.ts). The id makes the
    // order of equal names total, so that pages neither skip nor repeat. The unique constraint serves the address.
    index('contacts_name_key').on(t.workspaceId, t.nameKey, t.id),
    index('contacts_last_name_key').on(t.workspaceId, t.lastNameKey, t.id),
    index('contacts_domain').on(t.workspaceId, t.domain, t.id),
    index('contacts_no_email').on(t.workspaceId, t.id).where(sql`email is null`),
    // Who has sent a text message. Of those who get some, or did: an import of others pays nothing for it.
    index('contacts_sms')
      .on(t.workspaceId, t.phone)
      .where(sql`sms_subscribed or sms_unsubscribed_at is not null`),
    tenant(),
    onlyGranted(
      sql`exists (select from list_contacts l where l.workspace_id = contacts.workspace_id and l.contact_id = contacts.id)`,
    ),
  ],
);

/**
 * A contact's personal code (lib/codes). Made when somebody first asks for it, so that an import of many contacts need not
 * write and index one for each. Whoever shows a code is found by it in whatever workspace: `app.code` then names it.
 */
export const contactCodes = pgTable(
  'contact_codes',
  {
    workspaceId: workspaceId(),
    contactId: uuid('contact_id').$type<ContactId>().notNull(),
    code: bytewise('code').$type<ContactCode>().notNull(),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.workspaceId, t.contactId] }),
    foreignKey({
      columns: [t.workspaceId, t.contactId],
      foreignColumns: [contacts.workspaceId, contacts.id],
    }).onDelete('cascade'),
    // The code first: it is looked up by itself.
    uniqueIndex('contact_codes_code').on(t.code, t.workspaceId),
    pgPolicy('tenant', {
      using: sql`${inWorkspace} or code = (select nullif(current_setting('app.code', true), ''))`,
      withCheck: inWorkspace,
    }),
    onlyGranted(
      sql`exists (select from contacts c where c.workspace_id = contact_codes.workspace_id and c.id = contact_codes.contact_id)`,
    ),
  ],
);

export const lists = pgTable(
  'lists',
  {
    workspaceId: topWorkspaceId(),
    id: uuid('id').$type<ListId>().notNull(),
    name: text('name').notNull(),
    /** Kept by a trigger on list_contacts, so that no page has to count a million rows. */
    contactCount: integer('contact_count').notNull().default(0),
    sample: boolean('sample').notNull().default(false),
    archivedAt: at('archived_at'),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.workspaceId, t.id] }),
    uniqueIndex('lists_name').on(t.workspaceId, sql`lower(${t.name})`).where(sql`archived_at is null`),
    tenant(),
    onlyGranted(sql`id = any(${grantedLists})`),
  ],
);

export const listContacts = pgTable(
  'list_contacts',
  {
    workspaceId: workspaceId(),
    listId: uuid('list_id').$type<ListId>().notNull(),
    contactId: uuid('contact_id').$type<ContactId>().notNull(),
    addedAt: at('added_at').notNull().defaultNow(),
  },
  (t) => [
    primaryKey({ columns: [t.workspaceId, t.listId, t.contactId] }),
    foreignKey({
      columns: [t.workspaceId, t.listId],
      foreignColumns: [lists.workspaceId, lists.id],
    }).onDelete('cascade'),
    foreignKey({
      columns: [t.workspaceId, t.contactId],
      foreignColumns: [contacts.workspaceId, contacts.id],
    }).onDelete('cascade'),
    index('list_contacts_contact').on(t.workspaceId, t.contactId),
    tenant(),
    onlyGranted(sql`list_id = any(${grantedLists})`),
  ],
);
