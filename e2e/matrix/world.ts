import { createSecretKey, randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { drizzle, type PostgresJsDatabase } from 'drizzle-orm/postgres-js';
import { encode } from 'next-auth/jwt';
import { hashPassword } from '@/lib/auth/password';
import { deriveKey, encrypt, sign } from '@/lib/auth/secrets';
import { hashToken, newSecret, newToken } from '@/lib/auth/tokens';
import { newCode } from '@/lib/codes/code';
import { apiKeyGrants, apiKeys, listGrants } from '@/lib/db/schema/access';
import { passwordResets, sessions, users } from '@/lib/db/schema/accounts';
import { campaignLists, campaigns } from '@/lib/db/schema/campaigns';
import {
  contactEvents,
  deliveries,
  deliveryAttempts,
  sandboxMessages,
  suppressions,
} from '@/lib/db/schema/deliveries';
import { imports } from '@/lib/db/schema/imports';
import { contactCodes, contacts, listContacts, lists } from '@/lib/db/schema/lists';
import { workers } from '@/lib/db/schema/operation';
import { mailboxes, senders } from '@/lib/db/schema/senders';
import { webhookMessages, webhooks } from '@/lib/db/schema/webhooks';
import { invitations, members, workspaces } from '@/lib/db/schema/workspaces';
import { campaignStatuses } from '@/lib/db/states';
import {
  ApiKeyId,
  CampaignId,
  ContactId,
  DeliveryId,
  ImportId,
  InvitationId,
  ListId,
  newId,
  SandboxMessageId,
  SenderId,
  SessionId,
  UserId,
  uuidv7,
  WebhookId,
  WebhookMessageId,
  WorkspaceId,
} from '@/lib/ids';
import type { BuiltApp } from './built-app';
import { type Principal, principals } from './principals';
import type { Noun, Place } from './rules';

const tables = {
  workers,
  workspaces,
  senders,
  mailboxes,
  lists,
  contacts,
  contactCodes,
  listContacts,
  contactEvents,
  campaigns,
  campaignLists,
  deliveries,
  deliveryAttempts,
  sandboxMessages,
  imports,
  users,
  sessions,
  members,
  listGrants,
  apiKeys,
  apiKeyGrants,
  passwordResets,
  invitations,
  suppressions,
  webhooks,
  webhookMessages,
};

/*
 * Two workspaces with a row of every kind in every place, and a session or key for everybody who asks. What hangs from a
 * list says so in its name ("in-own", "in-ungranted" …), so that an answer which shows it to the wrong person is found.
 */

const neverThere: Noun[] = [
  ...(['campaign', 'delivery', 'import', 'sandbox message', 'sender'] as const),
  ...([
    'session',
    'workspace',
    'invitation',
    'API key',
    'suppression',
    'webhook',
    'webhook message',
  ] as const),
];
const tomorrow = new Date(Date.now() + 24 * 3_600_000);

type Standing = Exclude<Place, 'deleted' | 'malformed'>;
const standing: Standing[] = ['own', 'ungranted', 'mixed', 'foreign'];
const kinds = ['active', 'archived'] as const;
type Kind = (typeof kinds)[number];

export class World {
  readonly here = newId(WorkspaceId);
  readonly there = newId(WorkspaceId);
  /** A sender's password: kept here, and shown to nobody again. */
  readonly keptSecret = 'the-password-of-a-sender';
  readonly webhookSecret = `whsec_${Buffer.from('the key of a webhook, 32 bytes !').toString('base64')}`;
  /** Everybody's. */
  readonly password = 'a long password';
  /** Of links that would let anybody in, here. */
  readonly invitationToken = newToken('invitation', this.here);
  readonly resetToken = newSecret();
  private readonly ids = new Map<string, string>();
  private readonly codes = new Map<string, string>();
  private readonly credentials = new Map<Principal, Record<string, string>>();
  private readonly passwordHash = hashPassword(this.password);
  private readonly importFiles: string[] = [];
  private readonly db: PostgresJsDatabase;

  constructor(private readonly app: BuiltApp) {
    this.db = drizzle(app.sql);
  }

  /** The id of a row; undefined where there is no such place for it. */
  id(noun: Noun, place: Place, who: Principal, state = 'active'): string | undefined {
    if (place === 'malformed') return 'no-id';
    if (place === 'deleted') return this.ids.get(`${noun} deleted`);
    if (noun === 'import' && place === 'own')
      return this.ids.get(`import ${who.name}`) ?? this.ids.get('import ungranted');
    if (noun === 'session' && place === 'own') return this.ids.get(`session ${who.name}`) ?? newId(SessionId);
    return this.ids.get(`${noun} ${place} ${state}`) ?? this.ids.get(`${noun} ${place}`);
  }

  /** The one of everybody's rows that must be there. */
  the(noun: Noun, place: Standing = 'own', state = 'active'): string {
    const id = this.ids.get(`${noun} ${place} ${state}`) ?? this.ids.get(`${noun} ${place}`);
    if (!id) throw new Error(`the world has no ${state} ${noun} in the place ${place}`);
    return id;
  }

  /** Another owner of the workspace to which somebody belongs. */
  secondOwner = (who: Principal): string =>
    this.the('member', who.at === 'there' ? 'foreign' : 'own', 'owner');

  /** The personal code of a contact; one that nobody has for whoever was erased. */
  codeOf(contactId: string): string {
    return contactId === 'no-id' ? 'no-code' : (this.codes.get(contactId) ?? newCode());
  }

  headersOf(who: Principal): Record<string, string> {
    return this.credentials.get(who) ?? {};
  }

  /** A link of a message that was sent from here. */
  unsubscribeToken(): string {
    const bytes = [this.here, this.the('delivery')].map((id) => Buffer.from(id.replaceAll('-', ''), 'hex'));
    const data = Buffer.concat(bytes);
    const key = createSecretKey(deriveKey('unsubscribe', this.app.secret));
    return Buffer.concat([data, sign('unsubscribe', data, [key])]).toString('base64url');
  }

  /** Uploaded files lie on the disk: what an import throws away has to come back with the rows. */
  async writeImportFiles(): Promise<void> {
    const directory = join(this.app.dataDir, 'imports');
    await mkdir(directory, { recursive: true });
    for (const id of this.importFiles)
      await writeFile(join(directory, `${id}.csv`), 'email,first name\nnew@example.org,New\n');
  }

  async build(): Promise<void> {
    const profile = { postalAddress: '1 Mill Lane', country: 'DE', timeZone: 'Europe/Berlin' };
    // None runs here, and nobody shall write alerts of that meanwhile.
    await this.db.insert(tables.workers).values({ id: randomUUID(), aliveUntil: tomorrow });
    await this.db.insert(tables.workspaces).values([
      { id: this.here, name: 'in-here Bakery', ...profile },
      { id: this.there, name: 'in-there Bakery', ...profile },
    ]);
    for (const place of ['own', 'foreign'] as const) await this.makeSenders(place);
    for (const kind of kinds) for (const place of standing) await this.makeList(place, kind);
    for (const kind of kinds) for (const place of standing) await this.makeContact(place, kind);
    for (const place of standing)
      for (const status of campaignStatuses) await this.makeCampaign(place, status);
    for (const place of ['ungranted', 'foreign'] as const) await this.makeImport(`import ${place}`, place);
    for (const who of principals) await this.makePrincipal(who);
    for (const place of ['own', 'foreign'] as const) {
      await this.makePeople(place);
      await this.makeWebhook(place);
    }
    await this.makeDeleted();
    await this.stopCounting();
    await this.writeImportFiles();
  }

  private workspaceOf = (place: Standing) => (place === 'foreign' ? this.there : this.here);
  private mark = (place: Standing) => (place === 'foreign' ? 'in-there' : `in-${place}`);

  private put<Id extends string>(name: string, id: Id): Id {
    this.ids.set(name, id);
    return id;
  }

  private listsOf(place: Standing, kind: Kind): ListId[] {
    const parts = place === 'mixed' ? (['own', 'ungranted'] as const) : [place];
    return parts.map((part) => ListId.parse(this.the('list', part, kind)));
  }

  private async makeSenders(place: 'own' | 'foreign') {
    const common = {
      workspaceId: this.workspaceOf(place),
      ...{ provider: 'sandbox' as const, fromName: 'Rose', fromEmail: 'rose@example.com' },
    };
    await this.db.insert(tables.senders).values([
      { ...common, id: this.put(`default sender ${place}`, newId(SenderId)), name: 'First', isDefault: true },
      { ...common, id: this.put(`sender ${place}`, newId(SenderId)), name: 'Second' },
    ]);
    if (place === 'foreign') return;
    const server = { host: '127.0.0.1', port: 9, security: 'none', user: 'rose', password: this.keptSecret };
    const key = deriveKey('provider-config', this.app.secret);
    await this.db.insert(tables.senders).values({
      ...common,
      ...{ id: this.put('sender own smtp', newId(SenderId)), name: 'Third', provider: 'smtp' as const },
      config: encrypt('provider-config', JSON.stringify(server), key),
    });
    const mailbox = { ...server, protocol: 'imap', folder: 'INBOX', afterwards: 'keep', moveTo: '' };
    await this.db.insert(tables.mailboxes).values({
      workspaceId: common.workspaceId,
      senderId: SenderId.parse(this.the('sender', 'own', 'smtp')),
      config: encrypt(
        'mailbox-config',
        JSON.stringify({ ...mailbox, acceptAnyCertificate: false }),
        deriveKey('mailbox-config', this.app.secret),
      ),
      nextAt: tomorrow,
    });
  }

  private async makeList(place: Standing, kind: Kind) {
    if (place === 'mixed') return;
    await this.db.insert(tables.lists).values({
      workspaceId: this.workspaceOf(place),
      id: this.put(`list ${place} ${kind}`, newId(ListId)),
      name: `${this.mark(place)} ${kind} list`,
      archivedAt: kind === 'archived' ? new Date() : null,
    });
  }

  private async makeContact(place: Standing, kind: Kind) {
    const workspaceId = this.workspaceOf(place);
    const contactId = this.put(`contact ${place} ${kind}`, newId(ContactId));
    // Whoever sees one of its lists may see it: so a mixed one bears no mark.
    const mark = place === 'mixed' ? 'on-both' : this.mark(place);
    await this.db.insert(tables.contacts).values({
      ...{ workspaceId, id: contactId, firstName: mark, lastName: kind },
      email: `${mark}-${kind}@example.com`,
    });
    const code = newCode();
    this.codes.set(contactId, code);
    await this.db.insert(tables.contactCodes).values({ workspaceId, contactId, code });
    await this.db
      .insert(tables.listContacts)
      .values(this.listsOf(place, kind).map((listId) => ({ workspaceId, listId, contactId })));
    for (const part of place === 'mixed' ? (['own', 'ungranted'] as const) : [place])
      await this.db.insert(tables.contactEvents).values({
        ...{ workspaceId, id: newId(ContactId), contactId, type: 'added_to_list' as const },
        detail: { listId: this.the('list', part, kind), name: `${this.mark(part)} ${kind} list` },
      });
  }

  private async makeCampaign(place: Standing, status: (typeof campaignStatuses)[number]) {
    const workspaceId = this.workspaceOf(place);
    const id = this.put(`campaign ${place} ${status}`, newId(CampaignId));
    if (status === 'draft') this.put(`campaign ${place}`, id);
    const isOut = status === 'sending' || status === 'paused' || status === 'completed';
    const compiled = { subject: 'Bread', preheader: '', html: '<p>Bread</p>', text: 'Bread', hash: 'x' };
    await this.db.insert(tables.campaigns).values({
      ...{ workspaceId, id, status, name: `${this.mark(place)} ${status}`, subject: 'Bread' },
      content: { format: 'markdown', body: 'Fresh bread.' },
      offerText: status === 'completed' ? `A bun, ${this.mark(place)}` : '',
      senderId: SenderId.parse(this.ids.get(`default sender ${place === 'foreign' ? 'foreign' : 'own'}`)),
      compiled: isOut ? compiled : null,
      planned: isOut ? 4 : null,
      startedAt: isOut ? new Date() : null,
      scheduledAt: status === 'scheduled' ? new Date(Date.now() + 7 * 24 * 3_600_000) : null,
      scheduledZone: status === 'scheduled' ? 'Europe/Berlin' : null,
    });
    await this.db
      .insert(tables.campaignLists)
      .values(this.listsOf(place, 'active').map((listId) => ({ workspaceId, campaignId: id, listId })));
    if (isOut) await this.makeDeliveries(place, id, status === 'completed');
  }

  private async makeDeliveries(place: Standing, campaignId: CampaignId, over: boolean) {
    const workspaceId = this.workspaceOf(place);
    const contactId = ContactId.parse(this.the('contact', place));
    const open = over ? 'skipped' : 'queued';
    const rows = (['sent', 'failed', 'unconfirmed', open] as const).map((state) => ({
      ...{ workspaceId, campaignId, state, contactId, id: newId(DeliveryId), channel: 'email' as const },
      address: `${this.mark(place)}-${state}@example.com`,
      batch: state === 'skipped' ? null : 0,
      reason: {
        sent: null,
        failed: 'temporary',
        unconfirmed: 'in_doubt',
        skipped: 'unsubscribed',
        queued: null,
      }[state] as 'temporary' | null,
      sentAt: state === 'sent' ? new Date() : null,
      codeScannedAt: new Date(), // to look a code up again changes nothing
    }));
    await this.db.insert(tables.deliveries).values(rows);
    const [sent, failed, unconfirmed] = rows;
    if (!over || !sent || !failed || !unconfirmed) return;
    this.put(`delivery ${place}`, unconfirmed.id);
    await this.db.insert(tables.deliveryAttempts).values({
      ...{
        workspaceId,
        id: newId(DeliveryId),
        deliveryId: failed.id,
        attempt: 1,
        reason: 'temporary' as const,
      },
      detail: `${this.mark(place)} said no`,
    });
    await this.db.insert(tables.sandboxMessages).values({
      ...{ workspaceId, id: this.put(`sandbox message ${place}`, newId(SandboxMessageId)), headers: [] },
      ...{
        deliveryId: sent.id,
        to: sent.address,
        from: 'rose@example.com',
        html: '<p>Bread</p>',
        text: 'Bread',
      },
      subject: `${this.mark(place)} message`,
    });
  }

  private async makeImport(name: string, place: Standing, by: { user?: UserId; key?: ApiKeyId } = {}) {
    const id = this.put(name, newId(ImportId));
    this.importFiles.push(id);
    await this.db.insert(tables.imports).values({
      ...{ workspaceId: this.workspaceOf(place), id, createdBy: by.user, createdByKey: by.key, bytes: 40 },
      fileName: name === `import ${place}` ? `${this.mark(place)}.csv` : 'mine.csv',
      settings: {
        ...{ encoding: 'utf-8', delimiter: ',', header: true },
        names: ['email', 'first name'],
        columns: ['email', 'first_name'],
      },
    });
  }

  private async makePrincipal(who: Principal) {
    if (who.by === 'session') await this.makeMember(who);
    if (who.by === 'key') await this.makeKey(who);
  }

  private grantsOf(who: Principal) {
    return kinds.flatMap((kind) =>
      (['own', 'ungranted'] as const).flatMap((place) => {
        const access = who.grants[place];
        return access ? [{ listId: ListId.parse(this.the('list', place, kind)), access }] : [];
      }),
    );
  }

  private async makeMember(who: Principal) {
    const userId = newId(UserId);
    const sid = newId(SessionId);
    const email = `${userId}@example.net`;
    const name = who.at === 'there' ? 'in-there Person' : 'Ann Person';
    const passwordHash = await this.passwordHash;
    await this.db.insert(tables.users).values({ id: userId, email, name, passwordHash });
    const other = this.put(`session ${who.name}`, newId(SessionId));
    for (const id of [sid, other])
      await this.db
        .insert(tables.sessions)
        .values({ id, userId, workspaceId: this.here, expiresAt: tomorrow });
    if (who.at === 'former') this.put('member deleted', userId);
    if (who.at !== 'former') {
      const workspaceId = who.at === 'there' ? this.there : this.here;
      await this.db.insert(tables.members).values({ workspaceId, userId, role: who.role });
      const grants = this.grantsOf(who).map((grant) => ({ ...grant, workspaceId, userId }));
      if (grants.length > 0) await this.db.insert(tables.listGrants).values(grants);
    }
    if (who.at === 'here') await this.makeImport(`import ${who.name}`, 'own', { user: userId });
    const salt = 'posthaste.session';
    const secret = deriveKey('session', this.app.secret).toString('base64');
    this.credentials.set(who, { Cookie: `${salt}=${await encode({ token: { sid }, secret, salt })}` });
  }

  private async makeKey(who: Principal) {
    const workspaceId = who.at === 'there' ? this.there : this.here;
    const id = newId(ApiKeyId);
    const token = newToken('api-key', workspaceId);
    const past = new Date(Date.now() - 1000);
    await this.db.insert(tables.apiKeys).values({
      ...{
        workspaceId,
        id,
        name: who.name,
        role: who.role,
        tokenHash: hashToken(token),
        hint: token.slice(0, 8),
      },
      revokedAt: who.name === 'key: revoked' ? past : null,
      expiresAt: who.name === 'key: expired' ? past : null,
    });
    const grants = this.grantsOf(who).map((grant) => ({ ...grant, workspaceId, keyId: id }));
    if (grants.length > 0) await this.db.insert(tables.apiKeyGrants).values(grants);
    if (who.at === 'here') await this.makeImport(`import ${who.name}`, 'own', { key: id });
    this.credentials.set(who, { Authorization: `Bearer ${token}` });
  }

  /** Who can be acted upon: nobody asks as them. */
  private async makePeople(place: 'own' | 'foreign') {
    const workspaceId = this.put(`workspace ${place}`, this.workspaceOf(place));
    const passwordHash = await this.passwordHash;
    for (const [name, role] of [
      [`member ${place}`, 'marketer'],
      [`member ${place} owner`, 'owner'],
    ] as const) {
      const userId = this.put(name, newId(UserId));
      await this.db
        .insert(tables.users)
        .values({ id: userId, email: `${userId}@example.net`, name: 'Bob Person', passwordHash });
      await this.db.insert(tables.members).values({ workspaceId, userId, role });
    }
    const userId = UserId.parse(this.the('member', place));
    if (place === 'foreign') {
      const id = this.put('session foreign', newId(SessionId));
      await this.db.insert(tables.sessions).values({ id, userId, workspaceId, expiresAt: tomorrow });
    } else
      await this.db
        .insert(tables.passwordResets)
        .values({ tokenHash: hashToken(this.resetToken), userId, expiresAt: tomorrow });
    const token = place === 'own' ? this.invitationToken : newToken('invitation', workspaceId);
    await this.db.insert(tables.invitations).values({
      ...{ workspaceId, id: this.put(`invitation ${place}`, newId(InvitationId)), email: null },
      ...{ role: 'viewer', tokenHash: hashToken(token), expiresAt: tomorrow },
    });
    await this.db.insert(tables.apiKeys).values({
      ...{ workspaceId, id: this.put(`API key ${place}`, newId(ApiKeyId)), name: 'Till', role: 'viewer' },
      ...{ tokenHash: hashToken(newToken('api-key', workspaceId)), hint: 'till' },
    });
    const id = this.put(`suppression ${place}`, uuidv7());
    const address = `${place === 'own' ? 'in-here' : 'in-there'}-stop@example.com`;
    await this.db
      .insert(tables.suppressions)
      .values({ workspaceId, id, channel: 'email', address, reason: 'manual' });
  }

  private async makeWebhook(place: 'own' | 'foreign') {
    const workspaceId = this.workspaceOf(place);
    const webhookId = this.put(`webhook ${place}`, newId(WebhookId));
    await this.db.insert(tables.webhooks).values({
      ...{ workspaceId, id: webhookId, url: `https://${this.mark(place)}.example.com`, events: [] },
      secret: encrypt('webhook-secret', this.webhookSecret, deriveKey('webhook-secret', this.app.secret)),
    });
    const id = this.put(`webhook message ${place}`, newId(WebhookMessageId));
    const message = {
      workspaceId,
      id,
      webhookId,
      type: 'webhook.test',
      state: 'failed',
      queued: true,
    } as const;
    await this.db.insert(tables.webhookMessages).values(message);
  }

  /** Limits of attempts have tests of their own; here everybody asks more often than anybody may. */
  private async stopCounting() {
    await this.app.sql.unsafe(`
      create function count_one() returns trigger language plpgsql as 'begin new.count = 1; return new; end';
      create trigger count_one before insert or update on attempts for each row execute function count_one()`);
  }

  /** Ids of rows that were there once. */
  private async makeDeleted() {
    const workspaceId = this.here;
    const listId = this.put('list deleted', newId(ListId));
    const contactId = this.put('contact deleted', newId(ContactId));
    await this.db.insert(tables.lists).values({ workspaceId, id: listId, name: 'Gone' });
    await this.db.insert(tables.contacts).values({ workspaceId, id: contactId, email: 'gone@example.com' });
    await this.db.insert(tables.listContacts).values({ workspaceId, listId, contactId });
    await this.app.sql`delete from contacts where id = ${contactId}`;
    await this.app.sql`delete from lists where id = ${listId}`;
    for (const noun of neverThere) this.put(`${noun} deleted`, uuidv7());
  }
}
